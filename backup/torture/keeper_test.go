package torture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// epoch is the time of all runs here.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// backUp does with the vault what backup.Job does, without the wire. said is
// called at the moment when success is reported.
func backUp(fsys afero.Fs, p *phone, full bool, said func()) (err error) {
	v, err := vault.Open(fsys, root, udid, nil)
	if err != nil {
		return err
	}
	defer v.Close()
	r, err := v.Begin(vault.Plan{Full: full, Fresh: full, Encrypted: true, Build: build, Now: epoch})
	if err != nil {
		return err
	}
	defer func() { leave(r, err) }()
	if err := p.send(r.FS(), r.Dir(), !r.Incremental() && !r.Resumed()); err != nil {
		return err
	}
	if err := r.Seal(context.Background(), epoch); err != nil {
		return err
	}
	proof, err := prove(r)
	if err != nil {
		return err
	}
	if _, err := r.Commit(proof); err != nil {
		return err
	}
	said()
	return nil
}

// leave keeps what has arrived, whatever the error.
func leave(r *vault.Run, err error) {
	switch {
	case err == nil || fault.Of(err) == fault.PlacePending:
	case r.Untouched():
		r.Discard()
	default:
		r.Keep(context.Background(), err, epoch)
	}
}

// stream makes one of the vault's lists one that a proof can read; what it
// opened is closed by done.
func stream(open func() (catalog.Stream, func(), error), done *[]func()) func() (catalog.Stream, error) {
	return func() (catalog.Stream, error) {
		s, end, err := open()
		if err == nil {
			*done = append(*done, end)
		}
		return s, err
	}
}

func finish(done *[]func()) {
	for _, end := range *done {
		end()
	}
}

// prove proves a sealed run as deeply as backup.Job does.
func prove(r *vault.Run) (vault.Proof, error) {
	var done []func()
	defer finish(&done)
	level := verify.Level{Depth: verify.Full}
	if r.Incremental() {
		level.Depth = verify.Quick
	}
	report, err := verify.Run(context.Background(), verify.Subject{
		Fs: r.FS(), Dir: r.Dir(), Tops: r.Tops(),
		Catalog: stream(r.Catalog, &done), Arrived: stream(r.Arrived, &done),
	}, keybag.NewPassword(secret), level, nil)
	return vault.Proof{Level: string(report.Level.Depth), Date: epoch, By: "test", Digests: true}, err
}

// inspect proves a version of a vault fully, with the password or, without
// one, by its digests.
func inspect(fsys afero.Fs, number int, password string) (report verify.Report, err error) {
	w, err := vault.OpenView(fsys, root, udid, number)
	if err != nil {
		return report, err
	}
	defer w.Close()
	if !w.Managed() {
		return report, errors.New("the vault does not know it")
	}
	var done []func()
	defer finish(&done)
	b, err := verify.Open(verify.Subject{Fs: w.FS(), Dir: "/", Catalog: stream(w.Catalog, &done), Tops: w.Tops()})
	if err != nil {
		return report, err
	}
	if password != "" {
		if err := b.Unlock(context.Background(), keybag.NewPassword(password)); err != nil {
			return report, err
		}
	}
	return b.Prove(context.Background(), verify.Level{Depth: verify.Full}, nil)
}

// kept are the contents that have arrived of runs which did not end, those set
// aside too: sizes by path, for each of the two.
func kept(fsys afero.Fs) (all [2]map[string]int64, err error) {
	for i, name := range []string{"run", "aside"} {
		dir := path.Join(root, ".lifeboat", udid, name, "tree")
		all[i] = map[string]int64{}
		walkErr := afero.Walk(fsys, dir, func(name string, info fs.FileInfo, err error) error {
			name = filepath.ToSlash(name)
			if err == nil && !info.IsDir() && format.ValidFileID(path.Base(name)) {
				all[i][strings.TrimPrefix(name, dir)] = info.Size()
			}
			return err
		})
		if walkErr != nil && !errors.Is(walkErr, fs.ErrNotExist) {
			err = errors.Join(err, walkErr)
		}
	}
	return all, err
}

// holdsKept reports whether what had arrived of an interrupted run is there still,
// and whether the next run has it, or more.
func holdsKept(fsys afero.Fs, want map[string]int64) error {
	there, err := kept(fsys)
	if err != nil {
		return err
	}
	lacks := func(some map[string]int64) (n int) {
		for name, size := range want {
			if got, has := some[name]; !has || got != size {
				n++
			}
		}
		return n
	}
	if in, beside := lacks(there[0]), lacks(there[1]); in > 0 && beside > 0 {
		return fmt.Errorf("of %d kept files run/ lacks %d and aside/ %d", len(want), in, beside)
	}
	v, err := vault.Open(fsys, root, udid, nil)
	if err != nil {
		return err
	}
	defer v.Close()
	r, err := v.Begin(vault.Plan{Encrypted: true, Build: build, Now: epoch})
	if err != nil {
		return err
	}
	defer r.Keep(context.Background(), nil, epoch)
	if there, err = kept(fsys); err != nil {
		return err
	}
	if has, had := total(there[0]), total(want); has < had {
		return fmt.Errorf("the next run has %d bytes of the %d that were kept", has, had)
	}
	return nil
}

func total(sizes map[string]int64) (n int64) {
	for _, size := range sizes {
		n += size
	}
	return n
}

// reopen recovers, as the next start of the program does.
func reopen(fsys afero.Fs) error {
	v, err := vault.Open(fsys, root, udid, nil)
	if err != nil {
		return err
	}
	return v.Close()
}
