package backupd

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/replay"
)

type timeSpan = time.Duration

// Codes of the frames of a file.
const (
	codeDone = 0x00
	codeData = 0x0c
)

// replayEntry is an invented content file.
type replayEntry struct {
	*entry
	sealed bool
	times  int // sent so far: other bytes each time
}

// newEntry invents a content file that is stored in so many bytes.
func (c *conversation) newEntry(stored int64) *replayEntry {
	r := c.engine.replayed
	r.made++
	path := fmt.Sprintf("Media/Replayed/%d/%d.bin", r.made/1000, r.made)
	e := &replayEntry{entry: newEntry(content.File{
		Domain: "MediaDomain", Path: path, Kind: content.Regular, Mode: 0o100644, ModTime: c.invent.Now.Truncate(time.Second),
	})}
	e.resize(stored, c.engine.WillEncrypt())
	return e
}

// resize makes it one that is stored in so many bytes.
func (e *replayEntry) resize(stored int64, encrypted bool) {
	e.stored, e.Size, e.sealed = stored, stored, false
	if encrypted && stored > 0 && stored%16 == 0 {
		e.sealed = true
		e.Size = stored - 1 - inode(e.id)%16
	}
}

// fileKey is the file's own key, nil for one that has none.
func (e *replayEntry) ownKey(s *state) []byte {
	if !s.Encrypted || e.stored == 0 {
		return nil
	}
	return s.derive(fmt.Sprintf("replay %d", e.times), e.id)
}

// open reads the stored bytes.
func (e *replayEntry) open(s *state) (io.Reader, error) {
	plain := io.LimitReader(pattern(e.id), e.Size)
	if !e.sealed {
		return plain, nil
	}
	seal, err := newSealer(e.ownKey(s))
	if err != nil {
		return nil, err
	}
	return &sealing{from: plain, seal: seal}, nil
}

// pattern is bytes without end.
func pattern(seed string) io.Reader { return &endless{unit: []byte(seed)} }

type endless struct {
	unit []byte
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.unit[e.at]
		e.at = (e.at + 1) % len(e.unit)
	}
	return len(p), nil
}

// sealing encrypts what it reads.
type sealing struct {
	from io.Reader
	seal *sealer
	out  []byte
	done bool
}

func (s *sealing) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.done {
			return 0, io.EOF
		}
		buf := make([]byte, 64<<10+16)
		n, err := io.ReadFull(s.from, buf[:64<<10])
		switch err {
		case nil:
			s.seal.blocks(buf[:n])
		case io.EOF, io.ErrUnexpectedEOF:
			s.done = true
			whole := n / 16 * 16
			s.seal.blocks(buf[:whole])
			n = whole + s.seal.last(buf[whole:], n-whole)
		default:
			return 0, err
		}
		s.out = buf[:n]
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// bind finds for each recorded file that was there before one that the host
// has: a listing had its size, or it was removed or moved.
func (c *conversation) bind() {
	r := c.engine.replayed
	free := map[bool][]*replayEntry{}
	for snapshot, all := range map[bool]map[string]*replayEntry{false: r.stands, true: r.waiting} {
		for _, id := range slices.Sorted(maps.Keys(all)) {
			free[snapshot] = append(free[snapshot], all[id])
		}
	}
	take := func(number int, snapshot bool, size int64) {
		if number == 0 || c.files[number] != nil {
			return
		}
		list := free[snapshot]
		i := slices.IndexFunc(list, func(e *replayEntry) bool { return e.stored == size })
		if i < 0 && size < 0 && len(list) > 0 {
			i = len(list) - 1
		}
		if i >= 0 {
			c.files[number] = list[i]
			free[snapshot] = slices.Delete(list, i, i+1)
		}
	}
	asked := replay.Path("")
	uploaded := map[int]bool{}
	for i := range c.stream.Messages {
		m := &c.stream.Messages[i]
		args, _ := m.Value.([]any)
		switch {
		case m.Phone && m.File != nil:
			number, _ := replay.Content(m.File.Path)
			uploaded[number] = true
		case m.Phone && len(args) > 0:
			asked, _ = args[0].(replay.Path)
			paths, _ := args[0].([]any)
			for _, v := range paths {
				path, _ := v.(replay.Path)
				if number, snapshot := replay.Content(path); m.Name == "DLMessageRemoveItems" && !uploaded[number] {
					take(number, snapshot, -1)
				}
			}
			if pairs, _ := args[0].(map[string]any); m.Name == "DLMessageMoveItems" {
				for _, from := range slices.Sorted(maps.Keys(pairs)) {
					number, snapshot := replay.Content(pathKey(from))
					if !uploaded[number] {
						take(number, snapshot, -1)
					}
				}
			}
		case !m.Phone && m.Name == "DLMessageStatusResponse" && len(args) == 3:
			names, _ := args[2].(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(names)) {
				if size, ok := names[name].(int64); ok {
					number, snapshot := replay.Content(asked + "/" + replay.Path(name))
					if !uploaded[number] {
						take(number, snapshot, size)
					}
				}
			}
		}
	}
}

// pathKey is the path in a key of a transcript.
func pathKey(key string) replay.Path {
	return replay.Path(strings.TrimSuffix(strings.TrimPrefix(key, "path("), ")"))
}

// entryOf is the content file with a recorded number.
func (c *conversation) entryOf(number int) *replayEntry {
	if c.files[number] == nil {
		c.files[number] = c.newEntry(0)
	}
	return c.files[number]
}

// name is the name that stands for a recorded one.
func (c *conversation) name(number int) string {
	e := c.entryOf(number)
	for i := c.at; i < len(c.stream.Messages); i++ { // its size counts before it is sent
		f := c.stream.Messages[i].File
		if f == nil || i > c.at {
			break
		}
		if n, _ := replay.Content(f.Path); n == number {
			e.resize(f.Bytes, c.engine.WillEncrypt())
			e.times++
		}
	}
	return e.id
}

// noteUpload notes that the host has a file.
func (c *conversation) noteUpload(f *replay.File) {
	number, snapshot := replay.Content(f.Path)
	if number == 0 {
		return
	}
	e := c.entryOf(number)
	if snapshot {
		c.engine.replayed.waiting[e.id] = e
	} else {
		c.engine.replayed.stands[e.id] = e
	}
}

// noteMoves notes what a message of the phone does to the files of the host.
func (c *conversation) noteMoves(m *replay.Message) {
	r := c.engine.replayed
	args, _ := m.Value.([]any)
	if len(args) == 0 {
		return
	}
	switch m.Name {
	case "DLMessageMoveItems":
		pairs, _ := args[0].(map[string]any)
		for from := range pairs {
			if number, snapshot := replay.Content(pathKey(from)); number > 0 && snapshot {
				e := c.entryOf(number)
				delete(r.waiting, e.id)
				r.stands[e.id] = e
			}
		}
	case "DLMessageRemoveItems":
		paths, _ := args[0].([]any)
		for _, v := range paths {
			path, _ := v.(replay.Path)
			number, snapshot := replay.Content(path)
			switch {
			case number > 0 && snapshot:
				delete(r.waiting, c.entryOf(number).id)
			case number > 0:
				delete(r.stands, c.entryOf(number).id)
			case strings.HasSuffix(string(path), "/Snapshot"):
				clear(r.waiting)
			}
		}
	}
}

// final are the files of the backup when all that is recorded was done.
func (c *conversation) final() map[string]*replayEntry {
	r := c.engine.replayed
	now, waiting := maps.Clone(r.stands), maps.Clone(r.waiting)
	at := c.at
	defer func() { c.at = at; r.stands, r.waiting = now, waiting }()
	r.stands, r.waiting = maps.Clone(now), maps.Clone(waiting)
	for c.at = at; c.at < len(c.stream.Messages); c.at++ {
		if m := &c.stream.Messages[c.at]; m.Phone {
			c.noteMoves(m)
			if m.File != nil {
				c.noteUpload(m.File)
			}
		}
	}
	return maps.Clone(r.stands)
}

// hasName reports whether a path ends in a name.
func hasName(path, name string) bool { return strings.HasSuffix(path, "/"+name) }

// statusFile is Status.plist with what the transcript says about it.
func (c *conversation) statusFile(f *replay.File) (io.Reader, error) {
	status, _ := c.invent.Value(f.Status, "").(map[string]any)
	data, err := plist.Marshal(status, plist.BinaryFormat)
	if err != nil {
		return nil, fmt.Errorf("Status.plist: %w", err)
	}
	f.Bytes = int64(len(data))
	return bytes.NewReader(data), nil
}

// manifestPlist is Manifest.plist, of a size where that can be.
func (c *conversation) manifestPlist(size int64) (io.Reader, error) {
	id, state := c.engine.cfg.Identity, c.engine.state
	manifest := map[string]any{
		"Version": "10.0", "Date": c.invent.Now, "SystemDomainsVersion": "24.0", "IsEncrypted": state.Encrypted,
		"WasPasscodeSet": true, "BackupKeyBag": state.TLV,
		"Lockdown": map[string]any{
			"ProductVersion": id.ProductVersion, "ProductType": id.ProductType, "BuildVersion": id.BuildVersion,
			"DeviceName": id.DeviceName, "SerialNumber": id.SerialNumber, "UniqueDeviceID": c.engine.cfg.UDID,
		},
		"Applications": map[string]any{},
	}
	if state.Encrypted {
		wrapped, err := state.wrap(3, state.derive("manifest", ""))
		if err != nil {
			return nil, err
		}
		manifest["ManifestKey"] = wrapped
	}
	data, err := plist.Marshal(manifest, plist.BinaryFormat)
	filling := int64(1)
	for range 6 { // its length changes with that of its own numbers
		missing := size - int64(len(data))
		if err != nil || missing == 0 || filling+missing < 1 {
			break
		}
		filling += missing
		manifest["Replayed"] = make([]byte, filling)
		data, err = plist.Marshal(manifest, plist.BinaryFormat)
	}
	if err != nil {
		return nil, fmt.Errorf("Manifest.plist: %w", err)
	}
	return sized(data, &c.stream.Messages[c.at]), nil
}

// sized is data as the content of the file that is being played, which gets
// its true length.
func sized(data []byte, m *replay.Message) io.Reader {
	m.File.Bytes = int64(len(data))
	return bytes.NewReader(data)
}

// manifestFile is Manifest.db with a row for each file of the backup, and
// folders, links and oddities in the recorded numbers.
func (c *conversation) manifestFile(size int64) (io.Reader, error) {
	dir, err := os.MkdirTemp(c.engine.cfg.StateDir, "replay")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "Manifest.db")
	db := newManifestDB(name)
	if err := c.rows(db); err != nil {
		_ = db.abandon()
		return nil, err
	}
	if err := db.close(); err != nil {
		return nil, err
	}
	if err := fillManifest(name, size/manifestPage); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if c.engine.state.Encrypted {
		seal, err := newSealer(c.engine.state.derive("manifest", ""))
		if err != nil {
			return nil, err
		}
		if size%manifestPage == 0 {
			seal.blocks(data) // some phones do not pad it
		} else {
			n := len(data)
			data = append(data, make([]byte, 16)...)
			seal.last(data, n)
		}
	}
	return sized(data, &c.stream.Messages[c.at]), nil
}

// manifestPage is the size of a page of Manifest.db, and what a page of a long
// value holds of it.
const (
	manifestPage = 4096
	valuePage    = manifestPage - 4
)

// fillManifest makes a database one of so many pages, if it has fewer, with
// values that nobody asks for. They fill its free pages first.
func fillManifest(name string, pages int64) error {
	for i := range 8 {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		missing := pages - info.Size()/manifestPage
		if missing <= 0 {
			return nil
		}
		db, err := sql.Open("sqlite", "file:"+name+manifestPragmas)
		if err != nil {
			return err
		}
		_, err = db.Exec(`INSERT INTO Properties(key, value) VALUES (?, zeroblob(?))`, fmt.Sprint("Replayed", i), missing*valuePage)
		if err := errors.Join(err, db.Close()); err != nil {
			return err
		}
	}
	return nil
}
