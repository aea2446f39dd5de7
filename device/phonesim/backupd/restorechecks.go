package backupd

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"howett.net/plist"
)

// askOwner is the passcode, as far as it is asked for. A locked phone refuses.
func (j *restore) askOwner() error {
	if j.engine.cfg.Locked != nil && j.engine.cfg.Locked() {
		return &refusal{code: mbLocked, text: "Device locked"}
	}
	j.engine.mu.Lock()
	asks := j.engine.passcode.Restore
	j.engine.mu.Unlock()
	if !asks {
		return nil
	}
	return j.askPasscode(j.ctx, version{16, 1})
}

// checkAllowed refuses for what the phone is in the middle of, and for Find My.
func (j *restore) checkAllowed() error {
	cfg := &j.engine.cfg
	switch {
	case cfg.CloudRestore != nil && cfg.CloudRestore():
		return &refusal{code: mbCloudRestore, text: "A restore from iCloud is in progress"}
	case j.faults.RestoreLocked:
		return &refusal{code: mbInternal, text: "Another restore is in progress"}
	case cfg.FindMy != nil && cfg.FindMy():
		return &refusal{code: mbFindMy, text: "Find My iPhone must be turned off"}
	}
	return nil
}

// readSmall reads a property list of the host. Code is why it did not come.
func (j *restore) readSmall(name string) (data []byte, code int, err error) {
	var buffer limitedBuffer
	file := &wanted{path: j.host(name), into: &buffer}
	if err := j.link.download(progress{}, file); err != nil {
		return nil, 0, err
	}
	return buffer.Bytes(), file.code, nil
}

// readStatus reads Status.plist: whether there is a backup, of which format.
func (j *restore) readStatus() error {
	data, code, err := j.readSmall("Status.plist")
	var status statusFile
	switch {
	case err != nil:
		return err
	case code == dlNotFound, code == 0 && len(data) == 0:
		return &refusal{code: mbEmpty, text: "Backup is empty"}
	case code != 0:
		return reading(code, j.host("Status.plist"))
	}
	if _, err := plist.Unmarshal(data, &status); err != nil {
		return corrupt("Status.plist", "Error reading backup properties")
	}
	if version, err := strconv.ParseFloat(status.Version, 64); err != nil || version < 2.4 || version >= 4 {
		return &refusal{code: mbVersion, text: fmt.Sprintf("Unsupported backup version %.20q", status.Version)}
	}
	return nil
}

// readProperties reads Manifest.plist.
func (j *restore) readProperties() error {
	data, code, err := j.readSmall("Manifest.plist")
	if err != nil {
		return err
	}
	if code != 0 {
		return reading(code, j.host("Manifest.plist"))
	}
	if _, err := plist.Unmarshal(data, &j.manifest); err != nil {
		return corrupt("Manifest.plist", "Error reading backup properties")
	}
	return nil
}

// readDatabase reads Manifest.db.
func (j *restore) readDatabase() (err error) {
	if j.stored, err = newStoredList(j.engine.cfg.StateDir); err != nil {
		return err
	}
	file := &wanted{path: j.host("Manifest.db"), into: j.stored}
	if err := j.link.download(progress{}, file); err != nil {
		return err
	}
	if file.code != 0 {
		return reading(file.code, file.path)
	}
	return nil
}

// checkVersion refuses a backup of a newer iOS. Info.plist says about which it
// is; without one nothing does.
func (j *restore) checkVersion() error {
	data, code, err := j.readSmall("Info.plist")
	if err != nil {
		return err
	}
	var info struct {
		Version string `plist:"Product Version"`
	}
	if code == dlNotFound {
		return nil
	}
	if code != 0 {
		return reading(code, j.host("Info.plist"))
	}
	j.hasInfo = true
	if _, err := plist.Unmarshal(data, &info); err != nil {
		return corrupt("Info.plist", "Error reading backup properties")
	}
	phone := j.engine.cfg.Identity.ProductVersion
	required := j.manifest.RequiredProductVersion
	near := parseVersion(info.Version) == parseVersion(phone)
	if compareVersions(phone, info.Version) >= 0 || near && required != "" && compareVersions(phone, required) >= 0 {
		return nil
	}
	return &refusal{code: mbVersion, text: fmt.Sprintf("Backup of iOS %.20q is newer than the device's %s", info.Version, phone)}
}

// compareVersions compares numbers with dots between them.
func compareVersions(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		if m != n {
			return cmp.Compare(m, n)
		}
	}
	return 0
}

// unlock opens the keybag with the password of the request, which need not be
// the one that the phone has now.
func (j *restore) unlock() (err error) {
	if !j.manifest.IsEncrypted {
		return nil
	}
	options, _ := j.request["Options"].(map[string]any)
	password, _ := options["Password"].(string)
	j.keys, err = unlockKeybag(j.ctx, j.manifest.BackupKeyBag, password)
	return err
}

// openRows opens Manifest.db, which is decrypted as it is read.
func (j *restore) openRows() error {
	if j.keys != nil {
		key, err := fileKeyOf(j.keys, j.manifest.ManifestKey)
		if err != nil {
			return corrupt("Manifest.db", err.Error())
		}
		if err := j.stored.unlock(key); err != nil {
			return corrupt("Manifest.db", err.Error())
		}
	}
	rows, err := openRestoreRows(j.ctx, j.stored)
	j.rows = rows
	return err
}

// checkSpace refuses a backup that the phone has no room for.
func (j *restore) checkSpace() error {
	if j.engine.cfg.RestoreSpace == nil {
		return nil
	}
	free := j.engine.cfg.RestoreSpace()
	if j.rows.bytes > free {
		return &refusal{code: mbNoRoom, text: fmt.Sprintf("Insufficient free disk space on device: %d of %d bytes", free, j.rows.bytes)}
	}
	return nil
}

// checkLeft refuses what is not the first restore since the phone started: what
// the one before left is in the way.
func (j *restore) checkLeft() error {
	if j.engine.restoreBegan() {
		return &refusal{code: mbFileOnDevice, text: "/var/.backup.i exists"}
	}
	return nil
}

// room beside its size that a phone wants for a copy of a backup, in bytes.
const copyReserve = 128 << 20

// copyBackup has the host copy the backup before anything else, unless it
// forbids that or has no room. The name of the copy is a guess.
func (j *restore) copyBackup() error {
	if j.options["RestoreDontCopyBackup"] || !j.hasInfo {
		return nil
	}
	a, err := j.link.ask("", "DLMessageGetFreeDiskSpace")
	if err != nil {
		return err
	}
	if free, ok := integer(a.object); !ok || a.code != 0 || free < j.rows.bytes+copyReserve {
		return nil
	}
	to := j.source + j.engine.cfg.Now().UTC().Format("-20060102-150405")
	if a, err = j.link.step(j.source, progress{}, "DLMessageCopyItem", j.source, to); err != nil {
		return err
	}
	if a.code != 0 {
		return writing(a, to)
	}
	return nil
}

// erase is what iOS 27 does before a restore: from here on nothing that was on
// the phone is there any more.
func (j *restore) erase() error {
	if j.engine.version.atLeast(27, 0) && j.engine.cfg.Erase != nil {
		j.engine.cfg.Log.Info("backup agent: erased for a restore")
		j.engine.cfg.Erase()
	}
	return nil
}

// restoreBegan notes that a restore puts files on the phone, and reports whether
// one had done so since the phone started.
func (e *Engine) restoreBegan() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := e.restoreLeft
	e.restoreLeft = true
	return before
}
