package torture

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/powerfs"
	"lifeboat/backup/format"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// book knows, of each version by its number, what it was when success was
// said: digests by path. It is the truth that accidents are measured by.
type book struct {
	versions map[int]map[string]string
	good     map[string]bool // states of a vault that were found right
	// made is a version that was made again, of the same content: what carries
	// its date and number may differ.
	made int
}

func newBook() *book { return &book{map[int]map[string]string{}, map[string]bool{}, 0} }

// dated are the files that no two backups have alike. A phone writes the list
// anew for a full backup, which a run becomes when the disk does not give back
// what it could build upon; what it lists is the same, which the proof sees.
var dated = []string{format.InfoName, format.StatusName, format.ManifestName, format.ManifestDBName}

// differs compares a version with what it should be.
func (b *book) differs(number int, got map[string]string) string {
	want := b.versions[number]
	if number == b.made && number != 0 {
		want = maps.Clone(want)
		for _, name := range dated {
			if _, there := got[name]; there {
				want[name] = got[name]
			}
		}
	}
	return difference(want, got)
}

// digests reads all files below dir.
func digests(fsys afero.Fs, dir string) (map[string]string, error) {
	all := map[string]string{}
	err := afero.Walk(fsys, dir, func(name string, info fs.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := afero.ReadFile(fsys, name)
		sum := sha256.Sum256(data)
		all[strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(name), dir), "/")] = string(sum[:8])
		return err
	})
	if dir != "/" && errors.Is(err, fs.ErrNotExist) && len(all) == 0 {
		return all, nil
	}
	return all, err
}

// view reads a version.
func view(fsys afero.Fs, number int) (map[string]string, error) {
	w, err := vault.OpenView(fsys, root, udid, number)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return digests(w.FS(), "/")
}

// learn takes down the current version, and checks that the others are what
// they were.
func (b *book) learn(t testing.TB, fsys afero.Fs, files int) {
	t.Helper()
	numbers, err := list(fsys)
	if err != nil {
		t.Fatal(err)
	}
	current := numbers[len(numbers)-1]
	if b.versions[current], err = view(fsys, current); err != nil {
		t.Fatal(err)
	}
	report, err := inspect(fsys, current, secret)
	if err != nil || report.Depth != verify.Full || report.Files != files {
		t.Fatalf("version %d: %v, %d files instead of %d, %s", current, err, report.Files, files, report.Depth)
	}
	if err := b.holds(fsys, numbers); err != nil {
		t.Fatal(err)
	}
}

func list(fsys afero.Fs) (numbers []int, err error) {
	all, err := vault.List(fsys, root, udid)
	for _, v := range all {
		numbers = append(numbers, v.Number)
	}
	return numbers, err
}

// holds checks that a vault, after it was opened, has one of some lists of
// versions, and each of them intact, to the byte and by full verification.
func (b *book) holds(fsys afero.Fs, allowed ...[]int) error {
	numbers, err := list(fsys)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	if !slices.ContainsFunc(allowed, func(a []int) bool { return slices.Equal(a, numbers) }) {
		return fmt.Errorf("there are the versions %v, not %v", numbers, allowed)
	}
	state, known := "", false
	if img, ok := bare(fsys).(*powerfs.FS); ok {
		state = fingerprint(img)
		known = b.good[state]
	}
	if known {
		return nil
	}
	standing, err := digests(fsys, path.Join(root, udid))
	if err != nil {
		return fmt.Errorf("the folder of the backup: %w", err)
	}
	current := 0
	if len(numbers) > 0 {
		current = numbers[len(numbers)-1]
	}
	if d := b.differs(current, standing); d != "" {
		return fmt.Errorf("the folder of the backup: %s", d)
	}
	for _, number := range numbers {
		got, err := view(fsys, number)
		if err != nil {
			return fmt.Errorf("version %d: %w", number, err)
		}
		if d := b.differs(number, got); d != "" {
			return fmt.Errorf("version %d: %s", number, d)
		}
		if report, err := inspect(fsys, number, secret); err != nil {
			return fmt.Errorf("version %d: %w: %v", number, err, report.Problems)
		}
	}
	if state != "" {
		b.good[state] = true
	}
	return nil
}

func difference(want, got map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch sum, there := got[name]; {
		case !there:
			all = append(all, "lacks "+name)
		case sum != want[name]:
			all = append(all, name+" is another")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, known := want[name]; !known {
			all = append(all, "has "+name)
		}
	}
	if len(all) > 5 {
		all = append(all[:5], fmt.Sprintf("and %d more", len(all)-5))
	}
	return strings.Join(all, ", ")
}

// fingerprint is all that makes the versions of a vault: not what arrives, or
// is being removed.
func fingerprint(img *powerfs.FS) string {
	own := path.Join(root, ".lifeboat", udid)[1:]
	sum := img.Digest(func(name string) bool {
		return strings.HasPrefix(name, own+"/run/") || strings.HasPrefix(name, own+"/removing/")
	})
	return string(sum[:])
}

// proper says that an error is one that can be shown to a person.
func proper(err error) error {
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errStuck):
		return err
	case !errors.As(err, &known) || known.Code == fault.Internal || known.Code == "":
		return fmt.Errorf("an error without a code: %w", err)
	}
	return nil
}
