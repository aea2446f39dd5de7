package mobilebackup2

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/devicelink"
	"lifeboat/device/fault"
)

const fileID = "3d0d7e5fb2ce288813306e4d4636395e047a3d28"

func TestUploadFiles(t *testing.T) {
	const u = udid + "/"
	fsys := with(t, u+"Status.plist", "an older, longer one")
	h := newHost(fsys, root)
	var bytes, count int
	var percents []float64
	h.OnBytes = func(n int) { bytes += n }
	h.OnFile = func() { count++ }
	h.OnPercent = func(p float64) { percents = append(percents, p) }
	big := strings.Repeat("big!", 100_000)
	got := statuses(t, h,
		message(t, "DLMessageUploadFiles", 10.0, 30.0, 2*len(big)),
		unit("/sms.db"), unit(u+"Snapshot/3d/"+fileID), unit(0x0c, big), unit(0x0c, big), unit(0),
		unit("/empty"), unit(u+"Snapshot/00/"+strings.Repeat("0", 40)), unit(0),
		unit("/photo"), unit(u+"Snapshot/11/half"), unit(0x0c, "half"), unit(0x0b, "I/O error"),
		unit("/secret"), unit(u+"Snapshot/11/none"), unit(6, "gone"),
		unit("/status"), unit(u+"Status.plist"), unit(0x0c, "new"), unit(0),
		unit(),
		message(t, "DLMessageUploadFiles", 30.0, 30.0, 0), unit(),
	)
	if !slices.Equal(got, []int{0, 0}) {
		t.Errorf("statuses %v", got)
	}
	want := map[string]string{
		udid: "/", u + "Snapshot": "/", u + "Snapshot/3d": "/", u + "Snapshot/00": "/", u + "Snapshot/11": "/",
		u + "Snapshot/3d/" + fileID: big + big, u + "Snapshot/00/" + strings.Repeat("0", 40): "", u + "Status.plist": "new",
	}
	if d := cmp.Diff(want, files(t, fsys, root)); d != "" {
		t.Error(d)
	}
	list, n := h.Skipped()
	if d := cmp.Diff([]Skipped{{"/photo", devicelink.IOError, "I/O error"}, {"/secret", devicelink.NoEntry, "gone"}}, list); d != "" || n != 2 {
		t.Error(n, d)
	}
	if bytes != 2*len(big)+len("half")+len("new") || count != 2 {
		t.Errorf("%d bytes, %d files", bytes, count)
	}
	if !slices.IsSorted(percents) || percents[0] <= 10 || slices.Max(percents) != 30 {
		t.Errorf("percentages %v", percents)
	}
	if h.Trouble() != nil {
		t.Error(h.Trouble())
	}
}

// failing fails writes to files whose name contains match.
type failing struct {
	afero.Fs
	match       string
	open, write error
	close       error
}

func (f failing) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if !strings.Contains(name, f.match) || flag&os.O_CREATE == 0 {
		return f.Fs.OpenFile(name, flag, perm)
	}
	if f.open != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: f.open}
	}
	file, err := f.Fs.OpenFile(name, flag, perm)
	return failingFile{file, f}, err
}

type failingFile struct {
	afero.File
	fs failing
}

func (f failingFile) Write(p []byte) (int, error) {
	if f.fs.write != nil {
		return 0, fmt.Errorf("write: %w", f.fs.write)
	}
	return f.File.Write(p)
}

func (f failingFile) Close() error { return errors.Join(f.File.Close(), f.fs.close) }

// TestUploadWhenDiskFails: the list is drained, its answer names the cause,
// no partial file stays, and nothing more is written.
func TestUploadWhenDiskFails(t *testing.T) {
	long := strings.Repeat("more than one write ", 20_000)
	for name, c := range map[string]struct {
		fs     failing
		status int
		code   fault.Code
	}{
		"full at open":   {failing{open: syscall.ENOSPC}, -15, fault.DestFull},
		"full at write":  {failing{write: syscall.ENOSPC}, -15, fault.DestFull},
		"full at close":  {failing{close: syscall.ENOSPC}, -15, fault.DestFull},
		"broken":         {failing{write: syscall.EIO}, -11, fault.DestFailed},
		"not allowed":    {failing{open: syscall.EACCES}, -1, fault.DestNotAllowed},
		"pulled out":     {failing{write: syscall.ENODEV}, -1, fault.DestFailed},
		"only text says": {failing{write: errors.New("no space left on device")}, -1, fault.DestFailed},
	} {
		c.fs.Fs, c.fs.match = with(t), "bad"
		h := newHost(c.fs, root)
		got := statuses(t, h,
			message(t, "DLMessageUploadFiles", 0.0, 1.0, 9),
			unit("/1"), unit(udid+"/good"), unit(0x0c, "one"), unit(0),
			unit("/2"), unit(udid+"/bad"), unit(0x0c, long), unit(0x0c, long), unit(0),
			unit("/3"), unit(udid+"/later"), unit(0x0c, "three"), unit(0), unit(),
			message(t, "DLMessageCreateDirectory", udid+"/still", 0.0, 1.0),
			message(t, "DLMessageUploadFiles", 0.0, 1.0, 9),
			unit("/4"), unit(udid+"/last"), unit(0x0c, "four"), unit(0), unit())
		if !slices.Equal(got, []int{c.status, 0, c.status}) {
			t.Errorf("%s: statuses %v, want %d", name, got, c.status)
		}
		if fault.Of(h.Trouble()) != c.code {
			t.Errorf("%s: %v", name, h.Trouble())
		}
		want := map[string]string{udid: "/", udid + "/good": "one", udid + "/still": "/"}
		if d := cmp.Diff(want, files(t, c.fs.Fs, root)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestDownloadFiles(t *testing.T) {
	const u = udid + "/"
	h := newHost(with(t, u+"Status.plist", "status", u+"Manifest.plist", ""), root)
	_, out := play(t, h, message(t, "DLMessageDownloadFiles",
		[]string{u + "gone", u + "Status.plist", udid, "/" + u + "Manifest.plist"}, 0.0, 1.0, 0))
	raw := bytes.Join([][]byte{
		unit(u + "gone"), unit(6, "no such file or directory"),
		unit(u + "Status.plist"), unit(0x0c, "status"), unit(0),
		unit(udid), unit(9, "is a directory"),
		unit("/" + u + "Manifest.plist"), unit(0),
		{0, 0, 0, 0},
	}, nil)
	if !bytes.HasPrefix(out.Bytes(), raw) {
		t.Fatalf("sent %q\nwant %q", out.Bytes(), raw)
	}
	out.Next(len(raw))
	all := answers(t, out)
	want := devicelink.Message{Name: "DLMessageStatusResponse", Args: []any{int64(-13), "Multi status", map[string]any{
		u + "gone": map[string]any{"DLFileErrorCode": int64(-6), "DLFileErrorString": "no such file or directory"},
		udid:       map[string]any{"DLFileErrorCode": int64(-9), "DLFileErrorString": "is a directory"},
	}}}
	if d := cmp.Diff([]devicelink.Message{want}, all); d != "" {
		t.Error(d)
	}
	if h.Trouble() != nil {
		t.Error(h.Trouble())
	}

	_, out = play(t, h, message(t, "DLMessageDownloadFiles", []string{u + "Status.plist"}, 0.0, 1.0, 0))
	out.Next(len(unit(u+"Status.plist")) + len(unit(0x0c, "status")) + len(unit(0)) + len(unit()))
	if all := answers(t, out); len(all) != 1 || all[0].Args[0] != uint64(0) {
		t.Errorf("all well: %v", all)
	}
}

func FuzzServe(f *testing.F) {
	f.Add(bytes.Join([][]byte{
		message(f, "DLMessageUploadFiles", 0.0, 1.0, 6),
		unit("/dev"), unit(udid + "/a"), unit(0x0c, "data"), unit(0), unit(),
		message(f, "DLMessageMoveItems", map[string]any{udid + "/a": udid + "/b/c"}, 0.0, 1.0),
		message(f, "DLMessageCopyItem", udid+"/b", udid+"/d", 0.0, 1.0, 0),
		message(f, "DLContentsOfDirectory", udid+"/b", 0.0, 1.0),
		message(f, "DLMessageRemoveItems", []string{udid + "/b"}, 0.0, 1.0),
		message(f, "DLMessageDownloadFiles", []string{udid + "/d/c", "../x"}, 0.0, 1.0, 0),
	}, nil))
	f.Add(message(f, "DLMessagePurgeDiskSpace", int64(-1), 4))
	f.Fuzz(func(t *testing.T, in []byte) {
		fsys := afero.NewMemMapFs()
		for name, data := range map[string]string{"/b/keep": "outside", "/b/stage/" + udid + "/x": "inside"} {
			if err := afero.WriteFile(fsys, name, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		newSession(in).Serve(newHost(fsys, "/b/stage"))
		if data, err := afero.ReadFile(fsys, "/b/keep"); err != nil || string(data) != "outside" {
			t.Fatalf("a file outside changed: %q, %v", data, err)
		}
		if infos, err := afero.ReadDir(fsys, "/b"); err != nil || len(infos) != 2 {
			t.Fatalf("something appeared outside: %v, %v", infos, err)
		}
	})
}
