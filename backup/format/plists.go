package format

import (
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/disk"
	"lifeboat/device/safeplist"
)

// maxPlist bounds the plists of a backup, in bytes. Info.plist is the
// largest: it holds an icon for each app.
const maxPlist = 256 << 20

// ErrContent: a file of the backup is there, but does not hold what it should.
var ErrContent = errors.New("unexpected content")

// readPlist reads one plist of a backup.
func readPlist(fs afero.Fs, dir, name string) (map[string]any, error) {
	file, err := fs.Open(path.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxPlist+1))
	if err != nil {
		return nil, disk.Read(file, err)
	}
	if len(data) > maxPlist {
		return nil, fmt.Errorf("%s: %w: longer than %d bytes", name, ErrContent, maxPlist)
	}
	d, err := safeplist.Dict(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, ErrContent, err)
	}
	return d, nil
}

// Status is Status.plist: how far the phone got.
type Status struct {
	Version       string    // of the backup protocol, "3.3"
	Date          time.Time // UTC; zero if absent
	SnapshotState string    // "uploading", "moving", "removing" or "finished"
}

// Finished reports whether the phone declared the backup complete.
func (s Status) Finished() bool { return s.SnapshotState == "finished" }

// ReadStatus reads Status.plist of the backup in dir.
func ReadStatus(fs afero.Fs, dir string) (Status, error) {
	d, err := readPlist(fs, dir, StatusName)
	if err != nil {
		return Status{}, err
	}
	var s Status
	s.Version, _ = d["Version"].(string)
	s.Date, _ = d["Date"].(time.Time)
	var ok bool
	if s.SnapshotState, ok = d["SnapshotState"].(string); !ok {
		return Status{}, fmt.Errorf("%s: %w: no SnapshotState", StatusName, ErrContent)
	}
	return s, nil
}

// Manifest is Manifest.plist: what the backup is and how it is locked.
type Manifest struct {
	Encrypted      bool
	KeyBag         []byte // BackupKeyBag
	ManifestKey    []byte // the key of Manifest.db, wrapped; only if Encrypted
	DeviceName     string
	ProductType    string
	ProductVersion string
	// Required is the oldest iOS that takes the backup, "" if it does not say.
	Required string
}

// ReadManifest reads Manifest.plist of the backup in dir.
func ReadManifest(fs afero.Fs, dir string) (Manifest, error) {
	d, err := readPlist(fs, dir, ManifestName)
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	var ok bool
	if m.Encrypted, ok = safeplist.Bool(d["IsEncrypted"]); !ok {
		return Manifest{}, fmt.Errorf("%s: %w: no IsEncrypted", ManifestName, ErrContent)
	}
	m.KeyBag, _ = d["BackupKeyBag"].([]byte)
	m.ManifestKey, _ = d["ManifestKey"].([]byte)
	if m.Encrypted && (len(m.KeyBag) == 0 || len(m.ManifestKey) == 0) {
		return Manifest{}, fmt.Errorf("%s: %w: encrypted, but without keys", ManifestName, ErrContent)
	}
	lockdown, _ := d["Lockdown"].(map[string]any)
	m.DeviceName, _ = lockdown["DeviceName"].(string)
	m.DeviceName = words.OneLine(m.DeviceName)
	m.ProductType, _ = lockdown["ProductType"].(string)
	m.ProductVersion, _ = lockdown["ProductVersion"].(string)
	m.Required, _ = d["RequiredProductVersion"].(string)
	return m, nil
}

// ReadInfo reads Info.plist of the backup in dir.
func ReadInfo(fs afero.Fs, dir string) (map[string]any, error) { return readPlist(fs, dir, InfoName) }
