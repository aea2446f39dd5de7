package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
)

// book remembers what a walk has made and what it has damaged itself, so that
// it can be distinguished from what the program has damaged.
type book struct {
	root, udid string
	versions   map[int]remembered
	// rotten are the SHA-256 of contents after the walk has changed a byte in
	// them, with what they were before.
	rotten map[string]string
	// blind are versions whose catalogue the walk has damaged, or one that
	// they need.
	blind map[int]bool
}

// remembered is a version as it was when it was made.
type remembered struct {
	password string
	files    map[string]string // SHA-256 in hexadecimal by path
}

func newBook(root, udid string) *book {
	return &book{root: root, udid: udid, versions: map[int]remembered{}, rotten: map[string]string{}, blind: map[int]bool{}}
}

// look reads a version, and proves it fully with its password. The damage is
// what the proof says, err why it could not be looked at.
func (b *book) look(number int, password string) (files map[string]string, damage, err error) {
	w, err := vault.OpenView(afero.NewOsFs(), b.root, b.udid, number)
	if err != nil {
		return nil, nil, err
	}
	defer w.Close()
	var ends []func()
	defer func() {
		for _, end := range ends {
			end()
		}
	}()
	list := func() (catalog.Stream, error) {
		s, end, err := w.Catalog()
		if err == nil {
			ends = append(ends, end)
		}
		return s, err
	}
	if files, err = fingerprint(w, list); err != nil {
		return nil, nil, err
	}
	_, damage = verify.Run(context.Background(), verify.Subject{Fs: w.FS(), Dir: "/", Tops: w.Tops(), Catalog: list},
		keybag.NewPassword(password), verify.Level{Depth: verify.Full}, nil)
	return files, damage, nil
}

// fingerprint hashes all files of a version.
func fingerprint(w *vault.View, list func() (catalog.Stream, error)) (map[string]string, error) {
	names := slices.Collect(maps.Keys(w.Tops()))
	contents, err := list()
	if err != nil {
		return nil, err
	}
	for {
		e, err := contents.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		id := e.ID.String()
		names = append(names, id[:2]+"/"+id)
	}
	files := map[string]string{}
	for _, name := range names {
		data, err := afero.ReadFile(w.FS(), "/"+name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(data)
		files[name] = hex.EncodeToString(sum[:])
	}
	return files, nil
}

// learn takes a new version in. What was damaged in the one before may have
// come into it, unless it was to build upon nothing.
func (b *book) learn(number int, password string, fresh bool) error {
	files, damage, err := b.look(number, password)
	if err != nil {
		return fmt.Errorf("version %d is new: %w", number, err)
	}
	hurt := b.repair(files)
	if hurt > 0 && fresh || hurt == 0 && damage != nil || hurt > 0 && damage == nil {
		return fmt.Errorf("version %d is new, %d of its files are damaged by us, built upon nothing: %v; the proof: %v", number, hurt, fresh, damage)
	}
	b.versions[number] = remembered{password, files}
	return nil
}

// repair replaces what the walk has damaged by what it was before, and counts it.
func (b *book) repair(files map[string]string) (hurt int) {
	for name, sum := range files {
		if was, rotten := b.rotten[sum]; rotten {
			files[name] = was
			hurt++
		}
	}
	return hurt
}

// check looks at a version that was remembered: it is what it was but for
// what the walk has damaged, and that is found.
func (b *book) check(number int) error {
	version := b.versions[number]
	files, damage, err := b.look(number, version.password)
	if b.blind[number] {
		if err == nil && damage == nil {
			return fmt.Errorf("version %d: its catalogue is damaged, and nobody sees it", number)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("version %d: %w", number, err)
	}
	hurt := b.repair(files)
	if d := cmp.Diff(version.files, files); d != "" {
		return fmt.Errorf("version %d has changed: %s", number, d)
	}
	if (hurt > 0) != (damage != nil) {
		return fmt.Errorf("version %d: %d files are damaged by us, and the proof says: %v", number, hurt, damage)
	}
	return nil
}

// damaged counts the files of a version that the walk has damaged.
func (b *book) damaged(number int) int {
	files, _, err := b.look(number, b.versions[number].password)
	if err != nil {
		return 1
	}
	return b.repair(files)
}

// inPlace looks at the folder of the current version itself: it has the files
// of the version and nothing else.
func (b *book) inPlace(number int) error {
	if b.blind[number] {
		return nil // what stands there is known, but is not remembered
	}
	files := map[string]string{}
	dir := vault.Dir(b.root, b.udid)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		return err
	}
	b.repair(files)
	if d := cmp.Diff(b.versions[number].files, files); d != "" {
		return fmt.Errorf("the folder of the current version %d is not what it should be: %s", number, d)
	}
	return nil
}

// rot changes a byte of a file in the vault, at a place given as a share, and
// remembers that.
func (b *book) rot(path string, place float64) error {
	data, err := os.ReadFile(path)
	if err != nil || len(data) == 0 {
		return errors.Join(err, errors.New("nothing to damage"))
	}
	was := sha256.Sum256(data)
	data[int(place*float64(len(data)))] ^= 4
	is := sha256.Sum256(data)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return err
	}
	if filepath.Base(path) == "changes" {
		return b.blinded(path)
	}
	original := hex.EncodeToString(was[:])
	if before, already := b.rotten[original]; already {
		original = before
	}
	if now := hex.EncodeToString(is[:]); now != original {
		b.rotten[now] = original
	}
	return nil
}

// blinded finds out which versions a damaged catalogue has made blind: its own,
// and maybe later ones.
func (b *book) blinded(path string) error {
	var number int
	fmt.Sscanf(filepath.Base(filepath.Dir(path)), "%d", &number)
	for other, version := range b.versions {
		_, damage, err := b.look(other, version.password)
		if other >= number && (err != nil || damage != nil && b.damaged(other) == 0) {
			b.blind[other] = true
		}
	}
	if !b.blind[number] && len(b.versions) > 0 {
		return fmt.Errorf("a byte of the catalogue of version %d was changed, and nobody sees it", number)
	}
	return nil
}

// files lists the files of the vault that the walk may damage.
func (b *book) files() (all []string, err error) {
	err = filepath.WalkDir(b.root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(filepath.Join(b.root, ".lifeboat", b.udid), path)
		ours := strings.HasPrefix(path, filepath.Join(b.root, ".lifeboat"))
		if d.IsDir() && ours && (rel == "run" || rel == "removing") {
			return filepath.SkipDir
		}
		name := d.Name()
		if d.Type().IsRegular() && (len(name) == 40 || name == "Manifest.db" || name == "changes") {
			all = append(all, path)
		}
		return nil
	})
	return all, err
}
