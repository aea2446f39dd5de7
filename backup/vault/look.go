package vault

import (
	"github.com/spf13/afero"

	"lifeboat/backup/disk"
)

// Glance is what can be seen of a phone's versions without a write.
type Glance struct {
	// Versions are those that [List] gives.
	Versions []Version
	// Pending: an interrupted program had decided on something that the next
	// [Open] carries out. Until then parts of two versions may stand at DIR/<UDID>.
	Pending bool
	// Coming is the version that counts after that, as long as it is not among
	// the others. Its Number is 0 if there is none, or if it cannot be read.
	Coming Version
}

// Look reads the versions of a phone and leaves all as it is: it takes no lock,
// and finishes nothing that an interrupted program had begun. It is for those who
// were not asked to change anything, such as a diagnosis.
func Look(fsys afero.Fs, root, udid string) (Glance, error) {
	p, err := find(fsys, root, udid)
	if err != nil {
		return Glance{}, err
	}
	defer p.close()
	var g Glance
	if g.Versions, err = p.listed(); err == nil {
		err = p.lookAhead(&g)
	}
	return g, disk.Reading("look at the versions", root, err)
}

// listed are all versions, or else the one backup that no vault knows.
func (p *place) listed() ([]Version, error) {
	all, err := p.readVersions()
	if err == nil && len(all) == 0 {
		all, err = p.unmanaged()
	}
	return all, err
}

// lookAhead notes what is pending, and which version that brings.
func (p *place) lookAhead(g *Glance) (err error) {
	if g.Pending, err = p.exists(p.own(journalName)); !g.Pending {
		return err
	}
	var j journal
	if err := p.readJSON(p.own(journalName), &j); err != nil && !illegible(err) {
		return err
	}
	if current, has := last(g.Versions); j.Op != opChangeOver || has && j.Number <= current.Number {
		return nil
	}
	var m meta
	switch err := p.readJSON(p.own("run", versionName, metaName), &m); {
	case err == nil && m.Number == j.Number && m.Files >= 0 && m.Bytes >= 0:
		g.Coming = m.version()
	case err != nil && !illegible(err):
		return err
	}
	return nil
}
