package backupd

import (
	"crypto/rand"
	"encoding/binary"
	"strings"

	"lifeboat/device/phonesim/content"
)

// layout is how messages tell what they are about and how far the backup is.
//
// What was recorded of real phones is an options dictionary, empty or with one
// number of up to 64 bits that is an address on the phone, and one percentage,
// which holds after the message. The old layout, which nobody recorded, is two
// percentages (device/PROTOCOL.md#operations-of-the-phone).
type layout struct {
	old      bool
	callback int64 // the number; 0 leaves the dictionary empty
}

// newCallbacks is a layout with a number of its own.
func newCallbacks(old bool) layout {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return layout{old: old, callback: int64(binary.BigEndian.Uint64(b[:])>>1 | 1)}
}

// message makes a message: its name, items, how far the backup is, and what a
// number of bytes or the like adds at the end.
func (l layout) message(p progress, name string, rest ...any) []any {
	message := []any{name}
	var last []any
	switch name {
	case "DLMessageDownloadFiles":
		rest, last = rest[:1], rest[1:]
	case "DLMessageUploadFiles":
		rest, last = nil, rest
	}
	message = append(message, rest...)
	if l.old {
		return append(append(message, p.start, p.end), last...)
	}
	options := map[string]any{}
	if name == "DLMessageUploadFiles" && l.callback != 0 && last[0] != int64(0) {
		options["DLDeviceIOCallbacks"] = l.callback
	}
	return append(append(message, options, p.end), last...)
}

// step asks the host to do one thing and waits for its answer; about names it
// in the log of exchanges.
func (l *link) step(about string, p progress, name string, items ...any) (answer, error) {
	return l.ask(about, l.layout.message(p, name, items...)...)
}

// announced is how many bytes of a batch the host is asked to expect.
func (j *job) announced(bytes int64) int64 {
	if share := j.faults.Announced; share > 0 {
		return int64(share * float64(bytes))
	}
	return bytes
}

// sendDrafts sends the first files of a run as they were before, which takes
// another round of listings and folders: their right content follows.
func (j *job) sendDrafts(b *batch) error {
	wanted := j.faults.SendTwice
	if wanted == 0 || j.drafted {
		return nil
	}
	j.drafted = true
	draft := "as it was before it was written to again"
	if err := j.link.beginUploads(j.progress(b.bytes), b.bytes); err != nil {
		return err
	}
	for _, e := range b.entries {
		if wanted == 0 {
			break
		}
		if e.Kind != content.Regular || j.fateOf(e.number)&fateMask != fateSend {
			continue
		}
		wanted--
		s := source{device: deviceName(e), host: j.host(j.order.into, e.id[:2], e.id), from: strings.NewReader(draft), key: j.fileKey(e)}
		if _, err := j.link.upload(s); err != nil {
			return err
		}
	}
	if _, err := j.link.endUploads("drafts"); err != nil {
		return err
	}
	for _, folder := range []string{j.order.into, ""} {
		if _, err := j.list(j.host(folder)); err != nil {
			return err
		}
		if err := j.makeFolder(j.host(folder)); err != nil {
			return err
		}
	}
	return nil
}
