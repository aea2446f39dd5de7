package backupd

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"howett.net/plist"
)

// statusFile is Status.plist.
type statusFile struct {
	Version       string
	UUID          string
	Date          time.Time
	BackupState   string
	SnapshotState string
	IsFullBackup  bool
}

// manifestFile is Manifest.plist.
type manifestFile struct {
	Version              string
	Date                 time.Time
	SystemDomainsVersion string
	IsEncrypted          bool
	WasPasscodeSet       bool
	BackupKeyBag         []byte
	ManifestKey          []byte `plist:",omitempty"`
	Lockdown             map[string]any
	Applications         map[string]manifestApp
}

// manifestApp is an app in Manifest.plist.
type manifestApp struct {
	CFBundleIdentifier    string
	CFBundleVersion       string
	ContainerContentClass string
	Path                  string
}

// storedFile is what the host must have of one of the files that the closing
// check reads again.
type storedFile struct {
	Size int64
	Sum  []byte // SHA-256
}

func (s storedFile) same(as storedFile) bool { return s.Size == as.Size && bytes.Equal(s.Sum, as.Sum) }

// tell is the step that sends Status.plist with a state of the snapshot.
func tell(snapshotState string) func(*job, context.Context) error {
	return func(j *job, _ context.Context) error {
		if err := j.checkCancel(); err != nil {
			return err
		}
		data, err := plist.Marshal(statusFile{
			Version: "3.3", UUID: j.uuid, Date: j.date,
			BackupState: "new", SnapshotState: snapshotState, IsFullBackup: j.plan.base == nil && !j.faults.NotFull,
		}, plist.BinaryFormat)
		if err != nil {
			return fmt.Errorf("Status.plist: %w", err)
		}
		if j.faults.HugeFrame {
			return j.link.announce()
		}
		return j.sendAs("Status.plist", j.host("Status.plist"), source{device: temporaryName(), from: bytes.NewReader(data)}, int64(len(data)))
	}
}

// sendProperties sends Manifest.plist.
func (j *job) sendProperties(context.Context) error {
	data, err := j.properties()
	if err != nil {
		return err
	}
	return j.sendStored("Manifest.plist", source{device: temporaryName(), from: bytes.NewReader(data)}, int64(len(data)))
}

// properties makes Manifest.plist.
func (j *job) properties() ([]byte, error) {
	id := j.engine.cfg.Identity
	m := manifestFile{
		Version: "10.0", Date: j.date, SystemDomainsVersion: "24.0",
		IsEncrypted: j.state.Encrypted, WasPasscodeSet: j.engine.cfg.Passcode.Set,
		BackupKeyBag: j.state.TLV,
		Lockdown: map[string]any{
			"ProductVersion": id.ProductVersion, "ProductType": id.ProductType,
			"BuildVersion": id.BuildVersion, "DeviceName": id.DeviceName,
			"SerialNumber": id.SerialNumber, "UniqueDeviceID": j.engine.cfg.UDID,
		},
		Applications: map[string]manifestApp{},
	}
	for _, domain := range []string{
		"com.apple.MobileDeviceCrashCopy", "com.apple.TerminalFlashr", "com.apple.mobile.data_sync",
		"com.apple.mobile.iTunes.accessories", "com.apple.mobile.wireless_lockdown",
	} {
		m.Lockdown[domain] = map[string]any{}
	}
	for _, app := range j.survey.apps {
		m.Applications[app.BundleID] = manifestApp{
			CFBundleIdentifier: app.BundleID, CFBundleVersion: app.Version,
			ContainerContentClass: "Data/Application",
			Path:                  "/var/containers/Bundle/Application/" + app.BundleID + ".app",
		}
	}
	if key := j.manifestKey(); key != nil {
		wrapped, err := j.state.wrap(3, key)
		if err != nil {
			return nil, err
		}
		m.ManifestKey = wrapped
	}
	data, err := plist.Marshal(m, plist.BinaryFormat)
	if err != nil {
		return nil, fmt.Errorf("Manifest.plist: %w", err)
	}
	return data, nil
}

// sendStored sends a manifest to where files are uploaded to.
func (j *job) sendStored(name string, s source, size int64) error {
	return j.sendAs(name, j.host(j.order.into, name), s, size)
}

// sendAs sends one of the files that the closing check reads again.
func (j *job) sendAs(name, host string, s source, size int64) error {
	sum := sha256.New()
	s.host, s.sum = host, sum
	p := j.progress(size + messageWork)
	if name != "Manifest.db" && !j.link.layout.old {
		size = 0 // property lists announce no bytes
	}
	sent, err := j.link.uploadOne(p, size, s)
	if err != nil {
		return err
	}
	j.stored[name] = storedFile{Size: sent.stored, Sum: sum.Sum(nil)}
	return nil
}

// newUUID is a random UUID in capital letters.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
