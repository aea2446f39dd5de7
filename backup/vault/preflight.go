package vault

import "github.com/spf13/afero"

// Preflight finds out whether backups can be kept in root, before a phone is
// asked for anything. It is [Probe] for those who ask no more.
func Preflight(fsys afero.Fs, root string) error {
	_, err := Probe(fsys, root)
	return err
}
