package vault

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// TestAsideComesBack: a program that dies while it sets a kept run aside, or
// brings it back, leaves it for the next run.
func TestAsideComesBack(t *testing.T) {
	one := files{}.with(1, files{"a": "a1"})
	for name, die := range map[string]func(v *Vault) error{
		"nothing was begun": func(v *Vault) error { return v.setAside() },
		"only its folder was made": func(v *Vault) error {
			return errors.Join(v.setAside(), v.fs.MkdirAll(v.own("run", treeName, v.udid), 0o700))
		},
		"nothing had arrived": func(v *Vault) error {
			r, err := v.Begin(Plan{Build: "1", Fresh: true, Now: epoch})
			return errors.Join(err, r.closeFiles())
		},
		"while it was brought back": func(v *Vault) error { return errors.Join(v.setAside(), v.discard(v.own("run"))) },
	} {
		root := t.TempDir()
		v := open(t, afero.NewOsFs(), root)
		r, err := v.Begin(Plan{Build: "1", Now: epoch})
		must(t, err, upload(r, nil, one), r.Keep(context.Background(), errors.New("broken"), epoch))
		must(t, die(v), v.Close())
		v = open(t, afero.NewOsFs(), root)
		r, err = v.Begin(Plan{Build: "1", Now: epoch})
		must(t, err)
		if there, _ := afero.Exists(r.FS(), r.Dir()+"/Snapshot/"+blob("a")); !r.Resumed() || !there {
			t.Errorf("%s: what was kept is gone", name)
		}
		if there, _ := v.exists(v.own(asideName)); there {
			t.Errorf("%s: it is aside still", name)
		}
		must(t, r.Discard(), v.Close())
	}
}

// TestAsideOnABreakingDisk: a disk that cannot be read now says nothing about
// how much was kept, so nothing is dropped.
func TestAsideOnABreakingDisk(t *testing.T) {
	one := files{}.with(1, files{"a": "a1"})
	for _, name := range []string{"run", asideName} {
		root := t.TempDir()
		v := open(t, afero.NewOsFs(), root)
		r, err := v.Begin(Plan{Build: "1", Now: epoch})
		must(t, err, upload(r, nil, one), r.Keep(context.Background(), errors.New("broken"), epoch))
		r, err = v.Begin(Plan{Build: "1", Fresh: true, Now: epoch})
		must(t, err, r.closeFiles())
		before := tree(t, root)
		whole := v.fs
		v.fs = unreadableFolder{whole, v.own(name, segmentName)}
		if _, err := v.Begin(Plan{Build: "1", Now: epoch}); fault.Of(err) != fault.DestFailed {
			t.Errorf("%s: %v", name, err)
		}
		if err := v.resolveAside(runState{Number: 1, Build: "1", Started: epoch}, nil); name == asideName && !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", name, err)
		} else if name == asideName && len(tree(t, root)) != len(before) {
			t.Errorf("%s: something was dropped", name)
		}
		v.fs = whole
		must(t, v.Close())
	}
}

// unreadableFolder is a disk that cannot read below one folder.
type unreadableFolder struct {
	afero.Fs
	dir string
}

func (f unreadableFolder) Open(name string) (afero.File, error) {
	if strings.HasPrefix(strings.ReplaceAll(name, `\`, "/"), f.dir) {
		return nil, syscall.EIO
	}
	return f.Fs.Open(name)
}

func (f unreadableFolder) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if strings.HasPrefix(strings.ReplaceAll(name, `\`, "/"), f.dir) {
		return nil, syscall.EIO
	}
	return f.Fs.OpenFile(name, flag, perm)
}
