package backupd

import (
	"context"
	"crypto/aes"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lifeboat/device/phonesim/content"
)

// maxBatchEntries bounds how many entries without content wait for a batch.
const maxBatchEntries = 1024

// batch are entries that go to the host, or into the manifest, together.
type batch struct {
	entries []*entry
	files   int
	bytes   int64
}

// beginManifest begins Manifest.db: an empty one, or the one of the backup
// before without what is no longer on the phone.
func (j *job) beginManifest(context.Context) error {
	name := filepath.Join(j.work, plainName)
	if j.plan.base != nil {
		if err := copyFile(j.plan.base.plain(), name); err != nil {
			return fmt.Errorf("Manifest.db: %w", err)
		}
	}
	j.manifest = newManifestDB(name)
	if j.faults.OddRows {
		if err := j.manifest.addBare(bareRow); err != nil {
			return err
		}
	}
	for prefix := range prefixes {
		err := j.gone.each(byte(prefix), func(r record) error { return j.manifest.remove(r.key.String()) })
		if err != nil {
			return err
		}
	}
	return nil
}

// sendFiles walks over the content and uploads what has to be. Rows go into the
// manifest in the order of the walk.
func (j *job) sendFiles(ctx context.Context) error {
	var b batch
	var again survey
	err := j.content.Walk(func(file content.File) error {
		number := again.entries
		again.entries++
		if j.plan.fates != nil {
			again.sum = again.after(keyOf(file.Domain, file.Path), signature(&file))
		}
		what := j.fateOf(number) & fateMask
		if what == fateKeep {
			return nil
		}
		e := newEntry(file)
		e.number = number
		b.entries = append(b.entries, e)
		if file.Kind == content.Regular && what == fateSend {
			b.files++
			b.bytes += sealedSize(file.Size, j.state.Encrypted)
		}
		if b.files < j.order.batch && len(b.entries) < maxBatchEntries {
			return nil
		}
		return j.sendBatch(ctx, &b)
	})
	if err != nil {
		return err
	}
	if j.plan.fates != nil && (again.sum != j.survey.sum || again.entries != j.survey.entries) {
		return &refusal{code: mbInternal, text: "files changed while they were being listed"}
	}
	if err := j.sendBatch(ctx, &b); err != nil {
		return err
	}
	if j.faults.UploadErrors > 0 {
		return &refusal{code: mbWriteHost, text: "Multiple errors uploading files"}
	}
	return nil
}

// sendBatch uploads the files of a batch and empties it.
func (j *job) sendBatch(ctx context.Context, b *batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := j.checkCancel(); err != nil {
		return err
	}
	sent := b.entries
	if b.files > 0 {
		var err error
		if sent, err = j.uploadBatch(b); err != nil {
			return err
		}
	}
	for _, e := range sent {
		if err := j.note(e); err != nil {
			return err
		}
	}
	clear(b.entries)
	*b = batch{entries: b.entries[:0]}
	if j.batches++; j.batches == 2 {
		return j.sendUnknown()
	}
	return nil
}

// uploadBatch sends one list of files. It returns the entries of the batch
// without those whose content could not be sent.
func (j *job) uploadBatch(b *batch) ([]*entry, error) {
	if err := j.makeLazily(b); err != nil {
		return nil, err
	}
	if err := j.sendDrafts(b); err != nil {
		return nil, err
	}
	if err := j.link.beginUploads(j.progress(b.bytes+messageWork), j.announced(b.bytes)); err != nil {
		return nil, err
	}
	kept := b.entries[:0:0]
	first := ""
	for _, e := range b.entries {
		whole := true
		if e.Kind == content.Regular && j.fateOf(e.number)&fateMask == fateSend {
			first = e.id
			var err error
			if whole, err = j.uploadEntry(e); err != nil {
				return nil, err
			}
		}
		if whole {
			kept = append(kept, e)
			continue
		}
		if err := j.leaveOut(e); err != nil {
			return nil, err
		}
	}
	a, err := j.link.endUploads(first)
	if err != nil {
		return nil, err
	}
	if a.code != 0 {
		return nil, writing(a, "files")
	}
	return kept, nil
}

// uploadEntry sends one file. It returns false for one that the phone cannot
// read: iPhones then send no entry, or end it with an error.
func (j *job) uploadEntry(e *entry) (bool, error) {
	from, err := j.content.Open(e.File)
	if err != nil {
		j.engine.cfg.Log.Warn("backup agent: file left out", "domain", e.Domain, "path", e.Path, "error", err)
		return false, nil
	}
	defer from.Close()
	s := source{
		device: deviceName(e),
		host:   j.host(j.order.into, e.id[:2], e.id),
		from:   from,
		fault:  j.entryFault(e),
	}
	j.uploads++
	e.key = j.fileKey(e)
	if s.key, err = j.sentKey(e); err != nil {
		return false, err
	}
	var digest hash.Hash
	if hasDigest(e.Domain) {
		digest = sha1.New()
		s.sum = digest
	}
	sent, err := j.link.upload(s)
	if err != nil || sent.failed {
		return false, err
	}
	e.Size, e.stored = sent.plain, sent.stored
	if digest != nil {
		e.digest = digest.Sum(nil)
	}
	return true, nil
}

// sentKey is the key that a file is sent with, which a fault may spoil.
func (j *job) sentKey(e *entry) ([]byte, error) {
	if e.key == nil || !slices.Contains(j.faults.WrongKey, e.Path) {
		return e.key, nil
	}
	// One key of 256 would leave the file with right padding by chance.
	for n := 0; ; n++ {
		another := j.state.derive("another", fmt.Sprint(e.Path, n))
		if tells, err := j.paddingTells(e, another); err != nil || tells {
			return another, err
		}
	}
}

// paddingTells reports whether a file that was encrypted with sent, and decrypted
// with the key that the list has, ends with wrong padding. One without content
// has none.
func (j *job) paddingTells(e *entry, sent []byte) (bool, error) {
	from, err := j.content.Open(e.File)
	if err != nil {
		return false, err
	}
	defer from.Close()
	data, err := io.ReadAll(from)
	if err != nil || len(data) == 0 {
		return true, err
	}
	seal, err := newSealer(sent)
	if err != nil {
		return false, err
	}
	stored := make([]byte, len(data)+aes.BlockSize)
	stored = stored[:seal.last(stored, copy(stored, data))]
	opened := &opener{plain: sha256.New(), stored: sha1.New()}
	if err := opened.unlock(e.key); err != nil {
		return false, err
	}
	if _, err := opened.Write(stored); err != nil {
		return false, err
	}
	return opened.close() != nil, nil
}

// fileKey is the key of a file, nil without encryption.
func (j *job) fileKey(e *entry) []byte {
	if !j.state.Encrypted {
		return nil
	}
	return j.state.derive("file", e.Domain+"-"+e.Path)
}

// leaveOut takes a file that the phone cannot read out of the backup, also
// what the backup before has of it.
func (j *job) leaveOut(e *entry) error {
	if j.fateOf(e.number)&fateKnown == 0 {
		return nil
	}
	if err := j.gone.add(record{key: e.file}); err != nil {
		return err
	}
	return j.manifest.remove(e.id)
}

// takeKept fills in what is known of a file that was uploaded before.
func (j *job) takeKept(e *entry) error {
	r, err := j.keptRecord(e.number)
	if err != nil {
		return err
	}
	e.Size, e.stored = r.plain, r.stored
	e.key = j.fileKey(e)
	if hasDigest(e.Domain) {
		e.digest = r.digest[:]
	}
	return nil
}

// note puts an entry that the host has into the manifest, and among what the
// phone remembers.
func (j *job) note(e *entry) error {
	what := j.fateOf(e.number) & fateMask
	if what == fateHave || what == fatePlaced {
		if err := j.takeKept(e); err != nil {
			return err
		}
	}
	r := record{key: e.file, stored: e.stored, plain: e.Size, sign: e.sign}
	r.moves = e.Kind == content.Regular && what != fatePlaced
	copy(r.digest[:], e.digest)
	if err := j.final.add(r); err != nil {
		return err
	}
	if e.Kind == content.Regular && what == fateSend && j.snapshot != nil {
		if err := j.snapshot.uploaded.add(r); err != nil {
			return err
		}
	}
	var encryptionKey []byte
	if e.key != nil {
		var err error
		if encryptionKey, err = j.state.wrap(e.class, e.key); err != nil {
			return err
		}
	}
	j.misstate(e)
	return j.manifest.add(e, encryptionKey)
}

// entryFault is the fault that is meant for a file, or nil.
func (j *job) entryFault(e *entry) *EntryError {
	for i := range j.faults.Entries {
		if f := &j.faults.Entries[i]; f.Domain == e.Domain && f.Path == e.Path {
			return f
		}
	}
	return j.nthFault(e)
}

// maxDeviceName is the longest path of iOS, in bytes.
const maxDeviceName = 1024

// outsideSnapshot are domains whose files are read where they are. All others
// are read in a snapshot of the phone's disk, which is mounted at /.ba.
var outsideSnapshot = map[string]bool{"HealthDomain": true, "KeychainDomain": true}

// deviceName is where a file lies on the phone, as hosts see it.
func deviceName(e *entry) string {
	folder, bundle, isApp := "/.ba/mobile/", "", false
	if outsideSnapshot[e.Domain] {
		folder = "/var/mobile/"
	}
	if bundle, isApp = strings.CutPrefix(e.Domain, "AppDomain-"); isApp {
		folder += "Containers/Data/Application/" + bundle + "/"
	}
	name := folder + e.Path
	return name[:min(len(name), maxDeviceName)]
}

// temporaryName is a file on the phone that was made for the host.
func temporaryName() string { return "/var/tmp/tmp.2." + rand.Text()[:6] }

// sendManifest finishes Manifest.db and sends it, encrypted like a file.
func (j *job) sendManifest(context.Context) error {
	if err := j.manifest.close(); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(j.work, plainName))
	if err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	return j.sendStored("Manifest.db", source{device: "/var/root/Library/Caches/Backup/" + j.uuid + "/Manifest.db", from: f, key: j.sentManifestKey()}, sealedSize(info.Size(), j.state.Encrypted))
}

// manifestKey is the key of Manifest.db, nil without encryption.
func (j *job) manifestKey() []byte {
	if !j.state.Encrypted {
		return nil
	}
	return j.state.derive("manifest", "")
}

// sentManifestKey is the key that Manifest.db is sent with, which a fault may
// spoil: its header tells then.
func (j *job) sentManifestKey() []byte {
	if key := j.manifestKey(); key == nil || !slices.Contains(j.faults.WrongKey, "Manifest.db") {
		return key
	}
	return j.state.derive("another", "Manifest.db")
}
