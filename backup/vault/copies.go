package vault

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/format"
)

// copied are the small files beside the content that any program which backs
// up into the phone's folder writes over at its very beginning. Each version
// keeps a copy, so that one which loses nothing else to such a program can
// still be restored.
var copied = []string{format.InfoName, format.StatusName, format.ManifestName}

// copyMost bounds the length of what is copied, in bytes.
const copyMost = 4 << 20

// keepCopies copies the small files of a backup into a version's folder.
func (v *Vault) keepCopies(from afero.Fs, dir, to string) error {
	for _, name := range copied {
		if err := v.keepCopy(from, join(dir, name), join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

func (v *Vault) keepCopy(from afero.Fs, name, to string) error {
	in, err := from.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, copyMost+1))
	if err != nil || len(data) > copyMost {
		return err
	}
	out, err := v.fs.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return errors.Join(err, disk.SyncFile(out), out.Close())
}

// copyOf is where the copy of a version's file beside the content lies, if the
// copy is what is remembered of that file.
func (p *place) copyOf(version Version, name string) (string, bool) {
	kept := p.versionDir(version.Number, name)
	if want, known := version.meta.Tops[name]; !format.IsTop(name) || !known || want.Digest == "" {
		return "", false
	}
	same, err := p.asRemembered(kept, version.meta.Tops, name)
	return kept, same && err == nil
}

// topsKept reports whether all files beside the content of the version that stood
// at DIR/<UDID> can still be had, there or as copies.
func (p *place) topsKept(version Version) (bool, error) {
	for name := range version.meta.Tops {
		same, err := p.asRemembered(join(p.udid, name), version.meta.Tops, name)
		if err != nil && !illegible(err) {
			return false, err
		}
		if _, kept := p.copyOf(version, name); !same && !kept {
			return false, nil
		}
	}
	return true, nil
}
