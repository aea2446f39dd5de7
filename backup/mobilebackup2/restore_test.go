package mobilebackup2

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/devicelink"
	"lifeboat/backup/keybag"
)

// TestRestoreRequest: every switch is sent, as Apple's programs set it, and a
// password only where there is one.
func TestRestoreRequest(t *testing.T) {
	for _, password := range []string{"", "pw 1"} {
		tp := &tape{in: &bytes.Buffer{}}
		s := &Session{dl: devicelink.NewConn(tp)}
		if err := s.Restore(udid, "source", keybag.NewPassword(password)); err != nil {
			t.Fatal(err)
		}
		m, err := devicelink.NewConn(&tape{in: &tp.out}).Receive()
		if err != nil {
			t.Fatal(err)
		}
		options := map[string]any{
			"RestoreSystemFiles": true, "RestorePreserveSettings": false, "RestoreShouldReboot": true,
			"RestoreDontCopyBackup": true, "RemoveItemsNotRestored": true,
		}
		if password != "" {
			options["Password"] = password
		}
		want := map[string]any{"MessageName": "Restore", "TargetIdentifier": udid, "SourceIdentifier": "source", "Options": options}
		if d := cmp.Diff([]any{want}, m.Args); d != "" {
			t.Error(d)
		}
	}
}

// written is a file system that notes who wants to change it, and lets them.
type written struct {
	afero.Fs
	calls []string
}

func (w *written) Rename(a, b string) error {
	w.calls = append(w.calls, "rename")
	return w.Fs.Rename(a, b)
}
func (w *written) Remove(a string) error {
	w.calls = append(w.calls, "remove")
	return w.Fs.Remove(a)
}
func (w *written) RemoveAll(a string) error {
	w.calls = append(w.calls, "remove")
	return w.Fs.RemoveAll(a)
}

// TestRestoreReadsOnly: the phone gets what it asks for below the name of the
// backup, and whatever else it asks for, nothing of the backup changes.
func TestRestoreReadsOnly(t *testing.T) {
	const source = "00008101-OTHERPHONE"
	id := "ab" + strings.Repeat("0", 38)
	content := strings.Repeat("x", 40<<10)
	memory := afero.NewMemMapFs()
	for name, data := range map[string]string{"Status.plist": "status", "ab/" + id: content} {
		if err := afero.WriteFile(memory, path.Join("/", name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := files(t, memory, "/")
	fsys := &written{Fs: memory}
	bytesSent, filesSent := 0, 0
	h := newHost(fsys, "/")
	h.UDID, h.ReadOnly, h.Space = source, true, nil
	h.OnBytes = func(n int) { bytesSent += n }
	h.OnFile = func() { filesSent++ }
	u := source + "/"
	answer, out := play(t, h,
		message(t, "DLContentsOfDirectory", source, map[string]any{}, 0.0),
		message(t, "DLMessageCreateDirectory", u+"Snapshot", map[string]any{}, 1.0),
		message(t, "DLMessageMoveItems", map[string]any{u + "Status.plist": u + "old"}, map[string]any{}, 1.0),
		message(t, "DLMessageCopyItem", source, u+"copy", map[string]any{}, 1.0),
		message(t, "DLMessageRemoveItems", []string{u + "Status.plist"}, map[string]any{}, 1.0),
		message(t, "DLMessageGetFreeDiskSpace"),
		message(t, "DLMessagePurgeDiskSpace", 5, 4),
		message(t, "DLMessageUploadFiles", map[string]any{}, 2.0, 6),
		unit("/dev"), unit(u+"Status.plist"), unit(0x0c, "evil"), unit(0), unit(),
		message(t, "DLMessageDownloadFiles", []string{u + "Status.plist", u + "none", udid + "/Status.plist", "/.b/6/x", u + "../x", u + "ab/" + id}, map[string]any{}, 97.0, 0))
	rest := out.Bytes()
	for _, sent := range [][]byte{
		append(unit(u+"Status.plist"), append(unit(0x0c, "status"), unit(0)...)...),
		append(unit(u+"none"), unit(6, "no such file or directory")...),
		append(unit(udid+"/Status.plist"), unit(3, "bad parameter")...),
		append(unit("/.b/6/x"), unit(3, "bad parameter")...),
		append(unit(u+"../x"), unit(3, "bad parameter")...),
		append(unit(u+"ab/"+id), append(unit(0x0c, content[:32<<10]), unit(0x0c, content[32<<10:])...)...),
	} {
		_, after, ok := bytes.Cut(rest, sent)
		if !ok {
			t.Fatalf("not sent, or not in this order: %.60q", sent)
		}
		rest = after
	}
	var codes []int
	all := answers(t, bytes.NewBuffer(out.Bytes()[:bytes.Index(out.Bytes(), unit(u+"Status.plist"))]))
	for _, m := range all {
		code, _ := m.Int(0)
		codes = append(codes, int(code))
	}
	if !slices.Equal(codes, []int{0, 0, -1, -1, 0, 0, -1, 0}) {
		t.Errorf("statuses %v", codes)
	}
	if listed, _ := all[0].Dict(2); len(listed) != 2 || listed["ab"] == nil {
		t.Errorf("listed %v", listed)
	}
	if free, ok := all[5].Int(2); free != 0 || !ok {
		t.Errorf("room for a copy: %v", all[5])
	}
	if d := cmp.Diff(before, files(t, memory, "/")); d != "" || len(fsys.calls) > 0 {
		t.Errorf("the backup was changed: %v\n%s", fsys.calls, d)
	}
	if !answer.Content || filesSent != 1 || bytesSent != len("status")+len(content) {
		t.Errorf("counted %d files, %d bytes, content %v", filesSent, bytesSent, answer.Content)
	}
	if h.Trouble() != nil {
		t.Error(h.Trouble())
	}
}
