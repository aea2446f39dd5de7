// Package places remembers where backups were seen, so that a drive that is
// not plugged in is "offline since Tuesday" and not an error.
//
// It is one small file in the user's own configuration folder. It names no phone.
package places

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// Place is a folder in which backups were seen.
type Place struct {
	// Root is the folder that was chosen, absolute.
	Root string `json:"root"`
	// Drive is where the folder's drive is mounted; "" on this computer's own
	// disk. Volume is what people call it, as far as that is known. Both are
	// filled in by [Registry.Remember] if empty.
	Drive  string `json:"drive,omitempty"`
	Volume string `json:"volume,omitempty"`
	// Serial is the number of the drive's file system where the system names
	// drives by a letter that another may have tomorrow; 0 if there is none.
	// Remember fills it in.
	Serial uint32 `json:"serial,omitempty"`
	// LastSeen is when the folder was last there; now if zero.
	LastSeen time.Time `json:"last_seen"`
}

// Bounds of what is remembered; what was seen longest ago is forgotten first.
const (
	mostPlaces = 64
	mostName   = 4096    // bytes of a path or a name
	mostFile   = 1 << 20 // bytes
)

// Registry is a file of places. The zero Registry is the user's own, at
// lifeboat/places.json in [os.UserConfigDir].
type Registry struct{ Path string }

// book is what the file holds.
type book struct {
	Places []Place `json:"places"`
}

// writing keeps this program's changes apart. Two programs that write at the
// same moment may lose one of two sightings, and nothing else.
var writing sync.Mutex

func (b Registry) path() (string, error) {
	if b.Path != "" {
		return b.Path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("places: %w", err)
	}
	return filepath.Join(dir, "lifeboat", "places.json"), nil
}

// Remember notes that a place was seen. A file that cannot be read is replaced.
func (b Registry) Remember(place Place) error {
	root, err := absolute(place.Root)
	if err != nil {
		return err
	}
	place.Root = root
	if place.Drive == "" {
		place.Drive = driveOf(root)
	}
	if place.Volume == "" {
		place.Volume = labelOf(place.Drive)
	}
	if place.Serial == 0 {
		place.Serial, _ = serialOf(place.Drive)
	}
	if place.LastSeen.IsZero() {
		place.LastSeen = time.Now()
	}
	place.LastSeen = place.LastSeen.UTC().Truncate(time.Second)

	writing.Lock()
	defer writing.Unlock()
	path, err := b.path()
	if err != nil {
		return err
	}
	all := read(path)
	all.Places = slices.DeleteFunc(all.Places, func(p Place) bool { return sameRoot(p.Root, place.Root) })
	all.Places = append(all.Places, place)
	slices.SortStableFunc(all.Places, func(a, b Place) int { return b.LastSeen.Compare(a.LastSeen) })
	all.Places = all.Places[:min(len(all.Places), mostPlaces)]
	return write(path, all)
}

// Recall looks a place up; ok is false if it was never seen.
func (b Registry) Recall(root string) (place Place, ok bool, err error) {
	if root, err = absolute(root); err != nil {
		return Place{}, false, err
	}
	path, err := b.path()
	if err != nil {
		return Place{}, false, err
	}
	for _, p := range read(path).Places {
		if sameRoot(p.Root, root) {
			return p, true, nil
		}
	}
	return Place{}, false, nil
}

// All are the places that are remembered, the one that was seen last first.
func (b Registry) All() ([]Place, error) {
	path, err := b.path()
	if err != nil {
		return nil, err
	}
	return read(path).Places, nil
}

// Explain turns a [fault.DestMissing] about root into a [fault.DestOffline]
// if the place is known. Other errors are returned as they are.
func (b Registry) Explain(root string, err error) error {
	if fault.Of(err) != fault.DestMissing {
		return err
	}
	place, ok, recallErr := b.Recall(root)
	if recallErr != nil || !ok {
		return err
	}
	return thisComputer.offline(place, err)
}

// plainName is the first name that can be shown on one line.
func plainName(names ...string) string {
	for _, name := range names {
		if name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return name
		}
	}
	return "?"
}

// sameRoot reports whether two folders are one. Windows and macOS call a folder
// by capital and small letters alike.
func sameRoot(a, b string) bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

func absolute(root string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", fmt.Errorf("places: %w", err)
	}
	if len(root) > mostName {
		return "", fmt.Errorf("places: a path of %d bytes", len(root))
	}
	return root, nil
}

// read reads the file; one that is missing or damaged is empty.
func read(path string) book {
	file, err := os.Open(path)
	if err != nil {
		return book{}
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostFile+1))
	if err != nil || len(data) > mostFile {
		return book{}
	}
	return parse(data)
}

// parse reads what a file holds, within its bounds.
func parse(data []byte) (all book) {
	if json.Unmarshal(data, &all) != nil {
		return book{}
	}
	all.Places = slices.DeleteFunc(all.Places, func(p Place) bool {
		return !filepath.IsAbs(p.Root) || len(p.Root)+len(p.Drive)+len(p.Volume) > mostName
	})
	all.Places = all.Places[:min(len(all.Places), mostPlaces)]
	return all
}

// write replaces the file in one step.
func write(path string, all book) (err error) {
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("places: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("places: %w", err)
	}
	if err := disk.Replace(afero.NewOsFs(), path, disk.Fresh(path), append(data, '\n')); err != nil {
		return fmt.Errorf("places: %w", err)
	}
	return nil
}
