package vault

import (
	"errors"
	"io/fs"

	"github.com/spf13/afero"

	"lifeboat/device/phoneid"
)

// respell gives the phone's folders the name that the phone has. Some programs
// leave out the dash of a UDID or write it in small letters, and a volume that
// keeps capital and small letters apart would show no backup there: the phone
// would send everything again, beside it. Only names change, and each of the
// two without help, so that the next Open goes on after a crash between them.
func (v *Vault) respell() error {
	for _, dir := range []string{hidden, "."} {
		if there, err := v.exists(join(dir, v.udid)); there || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		other, err := v.otherSpelling(dir)
		if err != nil {
			return err
		}
		if other == "" {
			continue
		}
		v.log.Info("the phone's folder has its UDID in another spelling; it is renamed", "from", other, "to", v.udid)
		if err := v.fs.Rename(join(dir, other), join(dir, v.udid)); err != nil {
			return err
		}
		if err := v.syncDirs(dir); err != nil {
			return err
		}
	}
	return nil
}

// otherSpelling is the one folder in dir that has the phone's UDID as its name,
// written in another way; "" if there is none. Of several nobody knows which
// is the phone's, and each is left as it is.
func (v *Vault) otherSpelling(dir string) (string, error) {
	entries, err := afero.ReadDir(v.fs, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	found := ""
	for _, entry := range entries {
		if !entry.IsDir() || !phoneid.Same(entry.Name(), v.udid) {
			continue
		}
		if found != "" {
			v.log.Warn("several folders have the UDID of one phone; none is taken for it", "one", found, "another", entry.Name())
			return "", nil
		}
		found = entry.Name()
	}
	return found, nil
}
