package backupd

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"howett.net/plist"
)

// This file is a restore, as far as it is known how phones do it: which files
// they ask for, what they refuse, and in which order. What is on the simulated
// phone stays: of what would have been put there it keeps the digests, see
// restored.go. A copy of the backup that phones make first where a host does
// not forbid it (RestoreDontCopyBackup) is left out: nobody recorded one.

// restore is one restore under way.
type restore struct {
	*session
	ctx     context.Context
	request request
	source  string // the folder of the backup on the host
	work    string // folder for what is being read

	manifest restoreManifest
	keys     map[uint32][]byte
	rows     *restoreRows
	list     *restoredList
	done     int64 // files
}

// restoreManifest is what a restore needs of Manifest.plist.
type restoreManifest struct {
	IsEncrypted            bool
	BackupKeyBag           []byte
	ManifestKey            []byte
	RequiredProductVersion string
}

// restore does a restore: see the steps.
func (s *session) restore(ctx context.Context, r request) error {
	_, faults := s.engine.current()
	if err := s.checkTarget(r); err != nil {
		return err
	}
	switch {
	case faults.Restore.Code != 0:
		return &refusal{code: faults.Restore.Code, text: faults.Restore.Text}
	case s.engine.cfg.FindMy != nil && s.engine.cfg.FindMy():
		return &refusal{code: mbFindMy, text: "Find My iPhone must be turned off"}
	}
	s.engine.exchanges.reset()
	s.link.layout = newCallbacks(faults.OldLayout)
	j := &restore{session: s, ctx: ctx, request: r, source: cmp.Or(r.text("SourceIdentifier"), s.engine.cfg.UDID), work: filepath.Join(s.engine.cfg.StateDir, "restore")}
	defer j.end()
	for _, step := range []func() error{
		j.begin, j.readStatus, j.readProperties, j.readDatabase, j.checkVersion, j.unlock, j.openRows, j.checkSpace, j.readFiles, j.keep,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	s.restarts = r.optionOr("RestoreShouldReboot", true)
	return nil
}

func (j *restore) begin() (err error) {
	if err := os.RemoveAll(j.work); err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	if err := os.Mkdir(j.work, 0o700); err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	j.list, err = newRestoredList(j.engine.cfg.StateDir, j.source, j.request)
	return err
}

func (j *restore) end() {
	if j.rows != nil {
		_ = j.rows.close()
	}
	if j.list != nil {
		j.list.abandon()
	}
	_ = os.RemoveAll(j.work)
}

// host is a path in the folder of the backup.
func (j *restore) host(name string) string { return j.source + "/" + name }

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

// storedName is Manifest.db as the host has it, in the folder of the work.
func (j *restore) storedName() string { return filepath.Join(j.work, "Manifest.stored") }

// readDatabase reads Manifest.db.
func (j *restore) readDatabase() error {
	f, err := os.Create(j.storedName())
	if err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	file := &wanted{path: j.host("Manifest.db"), into: f}
	err = j.link.download(progress{}, file)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	switch {
	case err != nil:
		return err
	case file.code != 0:
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
	j.keys, err = unlockKeybag(j.manifest.BackupKeyBag, password)
	return err
}

// openRows decrypts Manifest.db and opens it.
func (j *restore) openRows() error {
	stored, err := os.ReadFile(j.storedName())
	if err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	var plain bytes.Buffer
	o, err := newOpener(j.keys, j.manifest.ManifestKey, &plain)
	if err != nil {
		return corrupt("Manifest.db", err.Error())
	}
	if _, err := o.Write(stored); err != nil {
		return err
	}
	if err := o.close(paddingOptional); err != nil {
		return corrupt("Manifest.db", err.Error())
	}
	name := filepath.Join(j.work, plainName)
	if err := os.WriteFile(name, plain.Bytes(), 0o600); err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	j.rows, err = openRestoreRows(name)
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

// readFiles asks for the content, batch by batch, and tells at the end how
// many files did not come or are not what they should be.
func (j *restore) readFiles() error {
	var batch []*restoreRow
	failed, why := 0, ""
	flush := func() error {
		defer func() { batch = batch[:0] }()
		j.done += int64(len(batch))
		return j.readBatch(batch, func(row *restoreRow, problem string) {
			if failed++; why == "" {
				why = row.id + ": " + problem
			}
		})
	}
	err := j.rows.each(func(row *restoreRow) error {
		if !row.hasContent() {
			return j.list.add(row.entry())
		}
		if batch = append(batch, row); len(batch) < batchSize {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	if err != nil {
		return err
	}
	if failed > 0 {
		return &refusal{code: mbCorrupt, text: fmt.Sprintf("Multiple errors downloading files: %d, such as %s", failed, why)}
	}
	return nil
}

// readBatch asks for some files with one message.
func (j *restore) readBatch(batch []*restoreRow, fail func(*restoreRow, string)) error {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	files := make([]*wanted, len(batch))
	openers := make([]*opener, len(batch))
	for i, row := range batch {
		var err error
		files[i] = &wanted{path: j.host(row.id[:2] + "/" + row.id)}
		if openers[i], err = newOpener(j.keys, row.key, nil); err != nil {
			fail(row, err.Error())
			openers[i], _ = newOpener(nil, nil, nil)
			openers[i].useless = true
		}
		files[i].into = openers[i]
	}
	percent := 100 * float64(j.done) / float64(max(j.rows.files, 1))
	if err := j.link.download(progress{end: percent}, files...); err != nil {
		return err
	}
	for i, row := range batch {
		switch o := openers[i]; {
		case o.useless:
		case files[i].code != 0:
			fail(row, fmt.Sprintf("status %d", files[i].code))
		default:
			if err := o.close(paddingDue); err != nil {
				fail(row, err.Error())
				continue
			}
			if len(row.digest) > 0 && !bytes.Equal(row.digest, o.stored.Sum(nil)) {
				fail(row, "it has another digest")
				continue
			}
			entry := row.entry()
			entry.Size, entry.SHA256 = o.size, fmt.Sprintf("%x", o.plain.Sum(nil))
			if err := j.list.add(entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep makes what was restored last.
func (j *restore) keep() error {
	if err := j.list.keep(); err != nil {
		return err
	}
	j.engine.cfg.Log.Info("backup agent: restored", "from", j.source, "files", j.rows.files, "entries", j.list.entries)
	return nil
}

// optionOr is a switch of the request's Options, with what an absent one means.
func (r request) optionOr(key string, absent bool) bool {
	options, _ := r["Options"].(map[string]any)
	if on, given := options[key].(bool); given {
		return on
	}
	return absent
}
