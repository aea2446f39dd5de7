package backupd

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"lifeboat/device/phonesim/content"
)

// RestoredName is the file in [Config.StateDir] that says about the last restore
// that succeeded: a [Restored] without its files, then each [RestoredFile], one
// line of JSON each.
const RestoredName = "restored.jsonl"

// Restored is what a restore would have put on the phone.
type Restored struct {
	// Source is the folder of the backup on the host.
	Source string
	// Options are the switches of the request, those that it left out too.
	Options map[string]bool
	// Apps are those that were to be reinstalled.
	Apps []string `json:",omitempty"`
	// Files are all entries, in the order in which they came.
	Files []RestoredFile `json:",omitempty"`
}

// RestoredFile is a file, a folder or a link that was restored.
type RestoredFile struct {
	// ID is its name in the backup.
	ID           string
	Domain, Path string
	Kind         content.Kind
	Mode         uint32
	// Size is how long the file is, whatever its row says, and SHA256 the sum
	// of its bytes in hexadecimal digits.
	Size   int64  `json:",omitempty"`
	SHA256 string `json:",omitempty"`
	// Target is that of a link.
	Target string `json:",omitempty"`
}

// Restored tells what the phone was restored with last, and false where it
// was not.
func (e *Engine) Restored() (Restored, bool, error) {
	f, err := os.Open(filepath.Join(e.cfg.StateDir, RestoredName))
	if errors.Is(err, fs.ErrNotExist) {
		return Restored{}, false, nil
	}
	if err != nil {
		return Restored{}, false, fmt.Errorf("restored: %w", err)
	}
	defer f.Close()
	in := json.NewDecoder(bufio.NewReader(f))
	var r Restored
	if err := in.Decode(&r); err != nil {
		return r, false, fmt.Errorf("restored: %w", err)
	}
	for {
		var file RestoredFile
		switch err := in.Decode(&file); {
		case errors.Is(err, io.EOF):
			return r, true, nil
		case err != nil:
			return r, false, fmt.Errorf("restored: %w", err)
		}
		r.Files = append(r.Files, file)
	}
}

// restoreSink takes what a restore brings.
type restoreSink interface {
	// add takes an entry that came as it should, and failed one that did not.
	add(RestoredFile) error
	failed(file RestoredFile, why string)
	// keep makes what came the last restore; without it, abandon drops it.
	keep() error
	abandon()
}

// restoredList writes the file of a restore under way.
type restoredList struct {
	name   string
	f      *os.File
	buffer *bufio.Writer
	out    *json.Encoder
}

// newRestoredList begins one, with the head of a [Restored].
func newRestoredList(dir string, head Restored) (*restoredList, error) {
	l := &restoredList{name: filepath.Join(dir, RestoredName)}
	f, err := os.Create(l.name + ".new")
	if err != nil {
		return nil, fmt.Errorf("restored: %w", err)
	}
	l.f, l.buffer = f, bufio.NewWriter(f)
	l.out = json.NewEncoder(l.buffer)
	return l, l.write(head)
}

func (l *restoredList) write(v any) error {
	if err := l.out.Encode(v); err != nil {
		return fmt.Errorf("restored: %w", err)
	}
	return nil
}

func (l *restoredList) add(file RestoredFile) error { return l.write(file) }

func (*restoredList) failed(RestoredFile, string) {}

// keep makes the list the one of the last restore.
func (l *restoredList) keep() error {
	err := l.buffer.Flush()
	if cerr := l.f.Close(); err == nil {
		err = cerr
	}
	l.f = nil
	if err == nil {
		err = os.Rename(l.name+".new", l.name)
	}
	if err != nil {
		return fmt.Errorf("restored: %w", err)
	}
	return nil
}

// abandon takes away what was not kept.
func (l *restoredList) abandon() {
	if l.f == nil {
		return
	}
	_ = l.f.Close()
	_ = os.Remove(l.name + ".new")
}
