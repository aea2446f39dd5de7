package changes

import (
	"lifeboat/backup/content/source"
	"lifeboat/device/fault"
)

// names is what a version calls its files.
type names struct {
	*source.Backup // nil: locked, or not to be read
	wrong          bool
}

func (n *names) close() {
	if n.Backup != nil {
		n.Close()
	}
}

// open opens the names of a version. other is one whose keys may be the same, since
// to derive them takes seconds; nil if there is none. A list that is damaged, or
// not there, counts as locked: what its names were nobody knows.
func (c *comparer) open(number int, other *names) (*names, error) {
	var known *source.Backup
	if other != nil {
		known = other.Backup
	}
	b, err := source.OpenLike(c.ctx, known, c.fs, c.root, c.udid, number, c.password)
	switch fault.Of(err) {
	case fault.PasswordWrong:
		return &names{wrong: true}, nil
	case fault.PasswordNeeded, fault.BackupDamaged, fault.OlderFormat:
		return &names{}, nil
	}
	return &names{Backup: b}, err
}

// app is the name of an app; "" if it has none.
func (n *names) app(bundle string) string {
	if n.Backup == nil {
		return ""
	}
	return n.AppName(bundle)
}
