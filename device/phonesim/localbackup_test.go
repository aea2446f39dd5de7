package phonesim_test

import (
	"encoding/binary"
	"io"
	"path"
	"testing"
	"time"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// memoryHost is a host that keeps a backup in memory: files by their path.
type memoryHost struct {
	*frames
	files map[string][]byte
}

func (h *memoryHost) number() int {
	var n uint32
	if err := binary.Read(h, binary.BigEndian, &n); err != nil {
		h.t.Fatal(err)
	}
	return int(n)
}

func (h *memoryHost) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(h, b); err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h *memoryHost) answer(object any) {
	h.send([]any{"DLMessageStatusResponse", 0, "___EmptyParameterString___", object})
}

// backup asks for a backup and serves the phone until its final answer.
func (h *memoryHost) backup(udid string) (code uint64) {
	h.t.Helper()
	h.send([]any{"DLMessageProcessMessage", dict{"MessageName": "Backup", "TargetIdentifier": udid, "Options": dict{"ForceFullBackup": true}}})
	for {
		m := dl(h.frames)
		switch m[0] {
		case "DLMessageProcessMessage":
			return m[1].(dict)["ErrorCode"].(uint64)
		case "DLMessageGetFreeDiskSpace":
			h.answer(uint64(1) << 50)
		case "DLMessageUploadFiles":
			h.uploads()
			h.answer(dict{})
		case "DLMessageDownloadFiles":
			h.downloads(m[1].([]any))
		case "DLContentsOfDirectory":
			h.answer(h.list(m[1].(string)))
		case "DLMessageMoveItems", "DLMessageMoveFiles":
			for from, to := range m[1].(dict) {
				h.files[to.(string)] = h.files[from]
				delete(h.files, from)
			}
			h.answer(dict{})
		default: // folders are nothing here, and nothing is removed
			h.answer(dict{})
		}
	}
}

func (h *memoryHost) uploads() {
	for {
		n := h.number() // the name on the phone
		if n == 0 {
			return
		}
		h.bytes(n)
		name := string(h.bytes(h.number()))
		h.files[name] = nil
		for {
			piece := h.bytes(h.number())
			if piece[0] != 0x0C {
				break
			}
			h.files[name] = append(h.files[name], piece[1:]...)
		}
	}
}

func (h *memoryHost) downloads(names []any) {
	chunk := func(b []byte) { h.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)) }
	missing := dict{}
	for _, name := range names {
		chunk([]byte(name.(string)))
		if content, ok := h.files[name.(string)]; ok {
			chunk(append([]byte{0x0C}, content...))
			chunk([]byte{0})
		} else {
			chunk([]byte("\x06No such file"))
			missing[name.(string)] = dict{"DLFileErrorString": "No such file", "DLFileErrorCode": -6}
		}
	}
	chunk(nil)
	if len(missing) > 0 {
		h.send([]any{"DLMessageStatusResponse", -13, "Multi status", missing})
		return
	}
	h.answer(dict{})
}

func (h *memoryHost) list(folder string) dict {
	listing := dict{}
	for name, content := range h.files {
		if path.Dir(name) == folder {
			listing[path.Base(name)] = dict{"DLFileType": "DLFileTypeRegular", "DLFileSize": len(content), "DLFileModificationDate": time.Unix(0, 0)}
		}
	}
	return listing
}

// A backup to this computer moves its date, a failed one does not.
func TestLocalBackupMovesItsDate(t *testing.T) {
	const domain, changed = "com.apple.mobile.backup", "com.apple.mobile.backup.domain_changed"
	tick := newClock()
	l := newLab(t, func(c *phonesim.Config) {
		c.Now = tick.now
		c.Content = content.Generate(1, 3, 1000)
		with(t, "last-local", "never", "fault", "error-at-end=105")(c)
	})
	r := l.pair("HOST")
	notices := l.service(r, "com.apple.mobile.notification_proxy")
	for _, name := range []string{changed, "sync"} {
		notices.send(dict{"Command": "ObserveNotification", "Name": name})
	}
	backup := func() uint64 {
		t.Helper()
		h := &memoryHost{l.backupAgent(r), map[string][]byte{}}
		defer h.Close()
		return h.backup(l.phone.UDID())
	}
	s, _ := l.session(r)
	if code := backup(); code != 105 {
		t.Errorf("a backup that fails ended with %d", code)
	}
	if got := value(s, domain, "LastiTunesBackupDate"); got != "error MissingValue" {
		t.Errorf("after a failure: %v", got)
	}
	faults := phonesim.DefaultConfig().Faults.Backup
	l.phone.Agent().SetFaults(faults)
	if code := backup(); code != 0 {
		t.Fatalf("the backup ended with %d", code)
	}
	if got := value(s, domain, "LastiTunesBackupDate"); got != uint64(tick.now().Unix()-978307200) {
		t.Errorf("after a backup: %v", got)
	}
	if got := value(s, domain, "LastiTunesBackupTZ"); got != "GMT+1" {
		t.Errorf("time zone %v", got)
	}
	l.phone.Notify("sync")
	if got := notices.receive()["Name"]; got != changed {
		t.Errorf("notification %v", got)
	}
	if got := notices.receive()["Name"]; got != "sync" {
		t.Errorf("a second notification: %v", got)
	}
}
