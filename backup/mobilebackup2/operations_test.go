package mobilebackup2

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/links"
	"lifeboat/backup/disk/rootfs"
	"lifeboat/device/fault"
)

const root = "/b/staging"

// files lists what lies under dir: names, and the content of files.
func files(t *testing.T, fsys afero.Fs, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := afero.Walk(fsys, dir, func(path string, info fs.FileInfo, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if info.IsDir() {
			all[filepath.ToSlash(name)] = "/"
			return nil
		}
		data, err := afero.ReadFile(fsys, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// with makes a file system that holds files below the root.
func with(t *testing.T, pairs ...string) afero.Fs {
	t.Helper()
	fsys := afero.NewMemMapFs()
	if err := fsys.MkdirAll(root, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		name := path.Join(root, pairs[i])
		if err := fsys.MkdirAll(path.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := afero.WriteFile(fsys, name, []byte(pairs[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fsys
}

// contained is a folder of this computer as backups are made in it.
func contained(t *testing.T, dir string) afero.Fs {
	t.Helper()
	fsys, err := rootfs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fsys.Close() })
	return fsys
}

// TestOperations plays one message each, by both of its names.
func TestOperations(t *testing.T) {
	const u = udid + "/"
	cases := map[string]struct {
		before []string
		in     []any
		status int
		after  map[string]string
	}{
		"create":              {nil, []any{"DLMessageCreateDirectory", u + "Snapshot/00", 0.0, 1.0}, 0, map[string]string{udid: "/", u + "Snapshot": "/", u + "Snapshot/00": "/"}},
		"create again":        {[]string{u + "00/f", "x"}, []any{"DLMessageCreateDirectory", u + "00", 0.0, 1.0}, 0, map[string]string{udid: "/", u + "00": "/", u + "00/f": "x"}},
		"create over a file":  {[]string{u + "f", "x"}, []any{"DLMessageCreateDirectory", u + "f", 0.0, 1.0}, -8, map[string]string{udid: "/", u + "f": "x"}},
		"create nothing":      {nil, []any{"DLMessageCreateDirectory"}, -3, map[string]string{}},
		"move":                {[]string{u + "a", "1"}, []any{"DLMessageMoveItems", map[string]any{u + "a": u + "d/b"}, 0.0, 1.0}, 0, map[string]string{udid: "/", u + "d": "/", u + "d/b": "1"}},
		"move, old name":      {[]string{u + "a", "1"}, []any{"DLMessageMoveFiles", map[string]any{u + "a": u + "b"}}, 0, map[string]string{udid: "/", u + "b": "1"}},
		"move over a file":    {[]string{u + "a", "1", u + "b", "2"}, []any{"DLMessageMoveItems", map[string]any{u + "a": u + "b"}, 0.0, 1.0}, 0, map[string]string{udid: "/", u + "b": "1"}},
		"move over a folder":  {[]string{u + "a/f", "1", u + "b/g", "2"}, []any{"DLMessageMoveItems", map[string]any{u + "a": u + "b"}, 0.0, 1.0}, 0, map[string]string{udid: "/", u + "b": "/", u + "b/f": "1"}},
		"move onto itself":    {[]string{u + "a", "1"}, []any{"DLMessageMoveItems", map[string]any{u + "a": u + "a"}, 0.0, 1.0}, 0, map[string]string{udid: "/", u + "a": "1"}},
		"move into itself":    {[]string{u + "a/f", "1"}, []any{"DLMessageMoveItems", map[string]any{u + "a": u + "a/b"}, 0.0, 1.0}, -3, map[string]string{udid: "/", u + "a": "/", u + "a/f": "1"}},
		"move what is absent": {[]string{u + "b", "2"}, []any{"DLMessageMoveItems", map[string]any{u + "a": u + "b"}, 0.0, 1.0}, -6, map[string]string{udid: "/", u + "b": "2"}},
		"move to a number":    {[]string{u + "b", "2"}, []any{"DLMessageMoveItems", map[string]any{u + "b": 7}, 0.0, 1.0}, -3, map[string]string{udid: "/", u + "b": "2"}},
		"remove":              {[]string{u + "a/f", "1", u + "b", "2"}, []any{"DLMessageRemoveItems", []string{u + "a", u + "zz", u + "q/r/s"}, 0.0, 1.0}, 0, map[string]string{udid: "/", u + "b": "2"}},
		"remove, old name":    {[]string{u + "b", "2"}, []any{"DLMessageRemoveFiles", []string{u + "b"}}, 0, map[string]string{udid: "/"}},
		"remove, one path":    {[]string{u + "a/f", "2"}, []any{"DLMessageRemoveDirectory", u + "a"}, 0, map[string]string{udid: "/"}},
		"remove a number":     {[]string{u + "b", "2"}, []any{"DLMessageRemoveItems", []any{7}}, -3, map[string]string{udid: "/", u + "b": "2"}},
		"copy a file":         {[]string{u + "a", "1"}, []any{"DLMessageCopyItem", u + "a", u + "d/b", 0.0, 1.0, 0}, 0, map[string]string{udid: "/", u + "a": "1", u + "d": "/", u + "d/b": "1"}},
		"copy a tree":         {[]string{u + "a/b/c", "1", u + "a/d", "2"}, []any{"DLMessageCopyItem", u + "a", u + "z", 0.0, 1.0, 0}, 0, map[string]string{udid: "/", u + "a": "/", u + "a/b": "/", u + "a/b/c": "1", u + "a/d": "2", u + "z": "/", u + "z/b": "/", u + "z/b/c": "1", u + "z/d": "2"}},
		"copy into itself":    {[]string{u + "a/f", "1"}, []any{"DLMessageCopyItem", u + "a", u + "a/b", 0.0, 1.0, 0}, -3, map[string]string{udid: "/", u + "a": "/", u + "a/f": "1"}},
		"copy absent":         {nil, []any{"DLMessageCopyItem", u + "a", u + "b", 0.0, 1.0, 0}, -6, map[string]string{}},
		"unknown":             {nil, []any{"DLMessageMakeCoffee", 1}, -2, map[string]string{}},
		"known as unknown":    {nil, []any{"DLMessageAcquireLock"}, -2, map[string]string{}},
	}
	for name, c := range cases {
		fsys := with(t, c.before...)
		h := newHost(fsys, root)
		if got := statuses(t, h, message(t, c.in...)); !slices.Equal(got, []int{c.status}) {
			t.Errorf("%s: status %v, want %d", name, got, c.status)
		}
		if d := cmp.Diff(c.after, files(t, fsys, root)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		if h.Trouble() != nil {
			t.Errorf("%s: attributed to the disk: %v", name, h.Trouble())
		}
	}
}

// TestHostilePaths: whatever place of a message a bad path is in, it is
// refused, nothing outside the root changes, and the session goes on.
func TestHostilePaths(t *testing.T) {
	bad := []string{
		"", "/", ".", "..", "../x", udid + "/../../x", udid + "/a/../../../x", "/etc/passwd", "etc/passwd",
		udid + "/\x00", udid + "/a\x00b", "C:/x", udid + "/C:", udid + `/a\b`, `\\server\share`,
		udid + "/NUL", udid + "/con.txt", udid + "/COM1", udid + "/lpt9.log", udid + "/x.", udid + "/x ", udid + "/a|b",
		"00008110-FFFFFFFFFFFFFFFF/Status.plist", udid + "x/Status.plist", strings.ToLower(udid) + "/x",
		udid + "/" + strings.Repeat("n", 256), udid + strings.Repeat("/d", 40), udid + "/\n",
	}
	for _, path := range bad {
		dir := t.TempDir()
		stage := filepath.Join(dir, "stage")
		if err := os.MkdirAll(filepath.Join(stage, udid), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string]string{filepath.Join(dir, "x"): "outside", filepath.Join(stage, udid, "good"): "inside"} {
			if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		before := files(t, afero.NewOsFs(), dir)
		good := udid + "/good"
		got := statuses(t, newHost(contained(t, stage), "/"),
			message(t, "DLMessageCreateDirectory", path, 0.0, 1.0),
			message(t, "DLContentsOfDirectory", path, 0.0, 1.0),
			message(t, "DLMessageMoveItems", map[string]any{path: udid + "/stolen"}, 0.0, 1.0),
			message(t, "DLMessageMoveItems", map[string]any{good: path}, 0.0, 1.0),
			message(t, "DLMessageRemoveItems", []string{path}, 0.0, 1.0),
			message(t, "DLMessageCopyItem", path, udid+"/stolen", 0.0, 1.0, 0),
			message(t, "DLMessageCopyItem", good, path, 0.0, 1.0, 0),
			message(t, "DLMessageCreateDirectory", udid, 0.0, 1.0),
		)
		if !slices.Equal(got, []int{-3, -3, -3, -3, -3, -3, -3, 0}) {
			t.Errorf("%q: statuses %v", path, got)
		}
		if d := cmp.Diff(before, files(t, afero.NewOsFs(), dir)); d != "" {
			t.Errorf("%q changed files:\n%s", path, d)
		}
		h := newHost(contained(t, stage), "/")
		_, out := play(t, h,
			message(t, "DLMessageUploadFiles", 0.0, 1.0, 6),
			unit("/dev"), unit(path), unit(0x0c, "evil"), unit(0),
			unit("/dev"), unit(good), unit(0x0c, "in"), unit(0), unit(),
			message(t, "DLMessageDownloadFiles", []string{path}, 0.0, 1.0, 0))
		if !bytes.Contains(out.Bytes(), append(unit(path), unit(3, "bad parameter")...)) {
			t.Errorf("%q: the download was not refused in its list", path)
		}
		after := files(t, afero.NewOsFs(), dir)
		before["stage/"+good] = "in" // the file behind the refused one still came through
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("%q: upload:\n%s", path, d)
		}
	}
}

func TestResolve(t *testing.T) {
	h := newHost(with(t), root)
	for in, want := range map[string]string{
		udid:                           udid,
		udid + "/":                     udid,
		"/" + udid + "/00/f":           udid + "/00/f",
		udid + "-20261123-150000/Info": udid + "-20261123-150000/Info",
		"/.b/6/x":                      ".b/6/x",
		udid + "/Zoë 📱.plist":          udid + "/Zoë 📱.plist",
		udid + "/COM10":                udid + "/COM10",
		udid + "/nullable":             udid + "/nullable",
	} {
		if got, err := h.resolve(in); err != nil || got != root+"/"+want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{udid + "/\xff\xfe", udid + "//x", udid + "-x/f", udid + "-../f"} {
		if got, err := h.resolve(in); err == nil {
			t.Errorf("%q became %q", in, got)
		}
	}
}

// TestAnyRoot: whatever the root is called, all comes to lie below it.
func TestAnyRoot(t *testing.T) {
	for _, root := range []string{"/", "", ".", "stage", "stage/", "./stage", "/b/../stage/", `C:\Users\x`, `C:\`, `\\nas\share\x\`} {
		fsys := afero.NewMemMapFs()
		if err := fsys.MkdirAll(path.Clean(root), 0o700); err != nil {
			t.Fatal(err)
		}
		h := newHost(fsys, root)
		got := statuses(t, h,
			message(t, "DLMessageCreateDirectory", udid+"/deep/deeper", 0.0, 1.0),
			message(t, "DLMessageMoveItems", map[string]any{udid + "/deep": udid + "/other"}, 0.0, 1.0),
			message(t, "DLMessageRemoveItems", []string{udid + "/other"}, 0.0, 1.0))
		if !slices.Equal(got, []int{0, 0, 0}) {
			t.Errorf("%q: statuses %v", root, got)
		}
		if ok, err := afero.DirExists(fsys, path.Join(root, udid)); !ok {
			t.Errorf("%q: no folder below it: %v", root, err)
		}
	}
}

// TestLinksAreNotFollowed: links planted in the folder lead nowhere.
func TestLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	stage, out := filepath.Join(dir, "stage"), filepath.Join(dir, "out")
	for _, d := range []string{filepath.Join(stage, udid), out} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(out, "f"), []byte("outside"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"dir": out, "file": filepath.Join(out, "f")} {
		links.Make(t, to, filepath.Join(stage, udid, name))
	}
	before := files(t, afero.NewOsFs(), out)
	h := newHost(contained(t, stage), "/")
	u := udid + "/"
	got := statuses(t, h,
		message(t, "DLMessageCreateDirectory", u+"dir/new", 0.0, 1.0),
		message(t, "DLContentsOfDirectory", u+"dir", 0.0, 1.0),
		message(t, "DLMessageMoveItems", map[string]any{u + "dir/f": u + "stolen"}, 0.0, 1.0),
		message(t, "DLMessageRemoveItems", []string{u + "dir/f"}, 0.0, 1.0),
		message(t, "DLMessageCopyItem", u+"file", u+"stolen", 0.0, 1.0, 0),
		message(t, "DLMessageUploadFiles", 0.0, 1.0, 4),
		unit("/dev"), unit(u+"dir/evil"), unit(0x0c, "evil"), unit(0), unit(),
		message(t, "DLMessageUploadFiles", 0.0, 1.0, 4),
		unit("/dev"), unit(u+"file"), unit(0x0c, "mine"), unit(0), unit(),
	)
	if !slices.Equal(got, []int{-10, -10, -10, -10, -10, -10, 0}) {
		t.Errorf("statuses %v", got)
	}
	if d := cmp.Diff(before, files(t, afero.NewOsFs(), out)); d != "" {
		t.Errorf("outside changed:\n%s", d)
	}
	if info, err := os.Lstat(filepath.Join(stage, udid, "file")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the link was not replaced by the file: %v, %v", info, err)
	}
}

func TestContentsOfDirectory(t *testing.T) {
	fsys := with(t, udid+"/Status.plist", "12345", udid+"/00/f", "x")
	when := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	if err := fsys.Chtimes(path.Join(root, udid, "Status.plist"), when, when); err != nil {
		t.Fatal(err)
	}
	_, out := play(t, newHost(fsys, root),
		message(t, "DLContentsOfDirectory", udid, 0.0, 1.0),
		message(t, "DLContentsOfDirectory", udid+"/ff", 0.0, 1.0),
		message(t, "DLContentsOfDirectory", udid+"/Status.plist", 0.0, 1.0))
	all := answers(t, out)
	list, _ := all[0].Dict(2)
	want := map[string]any{"DLFileType": "DLFileTypeRegular", "DLFileSize": uint64(5), "DLFileModificationDate": when}
	if d := cmp.Diff(want, list["Status.plist"]); d != "" {
		t.Error(d)
	}
	if dir, _ := list["00"].(map[string]any); dir["DLFileType"] != "DLFileTypeDirectory" || len(list) != 2 {
		t.Errorf("list %v", list)
	}
	if empty, _ := all[1].Dict(2); len(empty) != 0 {
		t.Errorf("an absent folder: %v", all[1])
	}
	if code, _ := all[1].Int(0); code != 0 {
		t.Errorf("an absent folder: %v", all[1])
	}
	if code, _ := all[2].Int(0); code != -8 {
		t.Errorf("a file: %v", all[2])
	}
}

func TestSpace(t *testing.T) {
	h := newHost(with(t), root)
	_, out := play(t, h, message(t, "DLMessageGetFreeDiskSpace"),
		message(t, "DLMessagePurgeDiskSpace", int64(3<<30), 4))
	all := answers(t, out)
	if free, _ := all[0].Int(2); free != 5<<30 {
		t.Errorf("free space: %v", all[0])
	}
	code, _ := all[1].Int(0)
	freed, ok := all[1].Int(2)
	if code != -1 || freed != 0 || !ok {
		t.Errorf("purge: %v", all[1])
	}
	if d := cmp.Diff(&Shortage{Need: 6 << 30, Have: 5 << 30}, h.Shortage()); d != "" {
		t.Error(d)
	}
}

func TestFinalAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		in   []byte
		want Response
		code fault.Code
	}{
		"success":          {response(t, map[string]any{"ErrorCode": 0}), Response{}, ""},
		"locked":           {response(t, map[string]any{"ErrorCode": int64(208), "ErrorDescription": "Device locked"}), Response{Code: 208, Text: "Device locked"}, ""},
		"no text":          {response(t, map[string]any{"ErrorCode": 105}), Response{Code: 105}, ""},
		"after other talk": {append(append(message(t, "DLMessagePing", "hi"), message(t, "DLMessageProcessMessage", map[string]any{"MessageName": "News"})...), response(t, map[string]any{"ErrorCode": 1})...), Response{Code: 1}, ""},
		"no code":          {response(t, map[string]any{}), Response{}, fault.PhoneNonsense},
		"code is a text":   {response(t, map[string]any{"ErrorCode": "0"}), Response{}, fault.PhoneNonsense},
		"no dictionary":    {message(t, "DLMessageProcessMessage", 7), Response{}, fault.PhoneNonsense},
		"goodbye":          {message(t, "DLMessageDisconnect", "bye"), Response{}, fault.PhoneGone},
	} {
		s := newSession(c.in)
		got, err := s.Serve(newHost(with(t), root))
		if got != c.want || fault.Of(err) != c.code {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if err := (Response{Code: 208}).Fault("x"); fault.Of(err) != fault.DeviceLocked {
		t.Error(err)
	}
	if err := (Response{}).Fault("x"); err != nil {
		t.Error(err)
	}
}

func TestOpen(t *testing.T) {
	greeting := append(message(t, "DLMessageVersionExchange", 400, 0), message(t, "DLMessageDeviceReady")...)
	for name, c := range map[string]struct {
		in   []byte
		want fault.Code
	}{
		"yes":       {append(greeting, response(t, map[string]any{"ErrorCode": 0, "ProtocolVersion": 2.1})...), ""},
		"no common": {append(greeting, response(t, map[string]any{"ErrorCode": 1})...), fault.ProtocolRefused},
		"nonsense":  {append(greeting, message(t, "DLMessageUploadFiles", 0, 0, 0)...), fault.PhoneNonsense},
	} {
		if _, err := Open(&tape{in: bytes.NewReader(c.in)}); fault.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
