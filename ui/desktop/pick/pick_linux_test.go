package pick

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"lifeboat/ui/desktop/desktoptest"
)

// fakePortal answers as a test has it.
type fakePortal struct {
	conn    *dbus.Conn
	version uint32
	answer  func(f *fakePortal, request dbus.ObjectPath)

	closed chan struct{}

	mu   sync.Mutex
	last request
}

// request is what the portal was asked.
type request struct {
	method, parent, title string
	options               map[string]dbus.Variant
}

// asked is what it was asked last.
func (f *fakePortal) asked() request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

func (f *fakePortal) ask(method string, sender dbus.Sender, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	f.mu.Lock()
	f.last = request{method, parent, title, options}
	f.mu.Unlock()
	token, _ := options["handle_token"].Value().(string)
	handle := dbus.ObjectPath(portalPath + "/request/" + strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_") + "/" + token)
	f.conn.ExportMethodTable(map[string]any{"Close": func() *dbus.Error { close(f.closed); return nil }}, handle, requestIface)
	f.answer(f, handle)
	return handle, nil
}

func (f *fakePortal) OpenFile(s dbus.Sender, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return f.ask("OpenFile", s, parent, title, options)
}

func (f *fakePortal) SaveFile(s dbus.Sender, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return f.ask("SaveFile", s, parent, title, options)
}

// start puts the portal on the test's bus.
func (f *fakePortal) start(t *testing.T) {
	t.Helper()
	conn := desktoptest.Connect(t)
	f.conn, f.closed = conn, make(chan struct{})
	if err := conn.Export(f, portalPath, chooser); err != nil {
		t.Fatal(err)
	}
	if _, err := prop.Export(conn, portalPath, prop.Map{chooser: {"version": {Value: f.version}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(portalName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

// says emits a response, before the call itself is answered.
func says(body ...any) func(*fakePortal, dbus.ObjectPath) {
	return func(f *fakePortal, request dbus.ObjectPath) { f.conn.Emit(request, requestIface+".Response", body...) }
}

func uris(all ...string) map[string]dbus.Variant {
	return map[string]dbus.Variant{"uris": dbus.MakeVariant(all)}
}

func TestAnswers(t *testing.T) {
	desktoptest.Bus(t)
	if _, err := Folder(t.Context(), Options{}); !errors.Is(err, ErrNone) {
		t.Errorf("without a portal: %v", err)
	}
	none := map[string]dbus.Variant{}
	for _, c := range []struct {
		name string
		says func(*fakePortal, dbus.ObjectPath)
		want string
		bad  bool
	}{
		{"a folder", says(uint32(0), uris("file:///home/anna/My%20Backups")), "/home/anna/My Backups", false},
		{"signs of addresses", says(uint32(0), uris("file:///mnt/C++%20100%25%20%C3%BC%23%3F/")), "/mnt/C++ 100% ü#?", false},
		{"not UTF-8", says(uint32(0), uris("file:///mnt/%FF")), "/mnt/\xff", false},
		{"cancelled", says(uint32(1), none), "", false},
		{"ended", says(uint32(2), none), "", true},
		{"nothing", says(uint32(0), none), "", true},
		{"two", says(uint32(0), uris("file:///a", "file:///b")), "", true},
		{"of the network", says(uint32(0), uris("sftp://host/a")), "", true},
		{"of another computer", says(uint32(0), uris("file://host/a")), "", true},
		{"no path", says(uint32(0), uris("file:a")), "", true},
		{"of another type", says(uint32(0), map[string]dbus.Variant{"uris": dbus.MakeVariant("file:///a")}), "", true},
		{"no code", says("0", none), "", true},
		{"nothing at all", says(), "", true},
		{"it dies", func(f *fakePortal, _ dbus.ObjectPath) { f.conn.ReleaseName(portalName) }, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fakePortal{version: 4, answer: c.says}
			f.start(t)
			defer f.conn.ReleaseName(portalName)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got, err := Folder(ctx, Options{Title: "Where to?", Dir: "/mnt/ä", Parent: 0x1a})
			if got != c.want || (err != nil) != c.bad || ctx.Err() != nil {
				t.Errorf("%q, %v", got, err)
			}
			asked := f.asked()
			if dir, _ := asked.options["current_folder"].Value().([]byte); asked.method != "OpenFile" || asked.title != "Where to?" || asked.parent != "x11:1a" ||
				string(dir) != "/mnt/ä\x00" || asked.options["directory"].Value() != true {
				t.Errorf("asked %+v", asked)
			}
		})
	}
}

func TestSave(t *testing.T) {
	desktoptest.Bus(t)
	f := &fakePortal{version: 1, answer: says(uint32(0), uris("file:///home/anna/report.txt"))}
	f.start(t)
	if got, err := Save(t.Context(), Options{Name: "report.txt"}); got != "/home/anna/report.txt" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if asked := f.asked(); asked.method != "SaveFile" || asked.parent != "" || asked.options["current_name"].Value() != "report.txt" {
		t.Errorf("asked %+v", asked)
	}
	if _, err := Folder(t.Context(), Options{}); !errors.Is(err, ErrNone) {
		t.Errorf("of a portal that knows no folders: %v", err)
	}
}

// TestEnds: when ctx ends, the picker is closed.
func TestEnds(t *testing.T) {
	desktoptest.Bus(t)
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakePortal{version: 4, answer: func(*fakePortal, dbus.ObjectPath) { time.AfterFunc(20*time.Millisecond, cancel) }}
	f.start(t)
	if got, err := Folder(ctx, Options{}); got != "" || !errors.Is(err, context.Canceled) || errors.Is(err, ErrNone) {
		t.Errorf("%q, %v", got, err)
	}
	select {
	case <-f.closed:
	case <-time.After(time.Minute):
		t.Error("the picker stays open")
	}
}

// TestNoBus: none is started for a picker.
func TestNoBus(t *testing.T) {
	desktoptest.NoBus(t)
	if _, err := Folder(t.Context(), Options{}); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}
