package keyring

import (
	"errors"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

func TestSystem(t *testing.T) {
	keyring.MockInit()
	load := func(udid, want string) {
		t.Helper()
		got, ok, err := System{}.Load(udid)
		if err != nil || ok != (want != "") || got.Reveal() != want {
			t.Errorf("%s: %v, %v", udid, ok, err)
		}
	}
	load("A", "")
	for _, step := range []error{
		System{}.Save("A", keybag.NewPassword("one")), System{}.Save("B", keybag.NewPassword("two")), System{}.Save("A", keybag.NewPassword("three")),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	load("A", "three")
	load("B", "two")
	for range 2 {
		if err := (System{}).Save("A", keybag.Password{}); err != nil {
			t.Error(err)
		}
	}
	load("A", "")
	load("B", "two")
}

func TestSystemFails(t *testing.T) {
	keyring.MockInitWithError(errors.New("no keyring here"))
	_, _, err := System{}.Load("A")
	for _, err := range []error{err, System{}.Save("A", keybag.NewPassword("secret")), System{}.Save("A", keybag.Password{})} {
		if fault.Of(err) != fault.KeyringFailed {
			t.Error(err)
		}
	}
}

func TestWhatErrorsMean(t *testing.T) {
	exited := func(code int) error {
		err := exec.Command("sh", "-c", fmt.Sprintf("exit %d", code)).Run()
		if !errors.As(err, new(*exec.ExitError)) {
			t.Skip("no shell here")
		}
		return err
	}
	_, noProgram := exec.LookPath("lifeboat-no-such-program")
	for _, c := range []struct {
		err  error
		goos string
		want fault.Code
	}{
		{dbus.Error{Name: "org.freedesktop.DBus.Error.ServiceUnknown"}, "linux", fault.KeyringMissing},
		{fmt.Errorf("call: %w", &dbus.Error{Name: "org.freedesktop.DBus.Error.UnknownMethod"}), "linux", fault.KeyringMissing},
		{dbus.Error{Name: "org.freedesktop.Secret.Error.IsLocked"}, "linux", fault.KeyringLocked},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.NoReply"}, "linux", fault.KeyringFailed},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "linux", fault.KeyringMissing},
		{noProgram, "linux", fault.KeyringMissing}, // dbus-launch
		{exited(1), "linux", fault.KeyringMissing}, // which has no screen
		{exited(36), "darwin", fault.KeyringLocked},
		{exited(51), "darwin", fault.KeyringLocked},
		{exited(128), "darwin", fault.KeyringLocked},
		{exited(1), "darwin", fault.KeyringFailed},
		{syscall.Errno(1312), "windows", fault.KeyringMissing},
		{syscall.Errno(5), "windows", fault.KeyringFailed},
		{keyring.ErrUnsupportedPlatform, "plan9", fault.KeyringMissing},
		{keyring.ErrSetDataTooBig, "windows", fault.KeyringFailed},
		{errors.New("failed to unlock correct collection"), "linux", fault.KeyringFailed},
	} {
		if got := codeOf(c.err, c.goos); got != c.want {
			t.Errorf("%v on %s: %s, not %s", c.err, c.goos, got, c.want)
		}
	}
}

// memory is a keyring that may fail at its nth writing.
type memory struct {
	kept   map[string]string
	writes int
	fails  int // at this writing; 0 never
}

func (m *memory) Load(name string) (keybag.Password, bool, error) {
	text, ok := m.kept[name]
	return keybag.NewPassword(text), ok, nil
}

func (m *memory) Save(name string, p keybag.Password) error {
	if m.writes++; m.writes == m.fails {
		return fault.New(fault.KeyringFailed, "save", nil)
	}
	if p.Empty() {
		delete(m.kept, name)
	} else {
		m.kept[name] = p.Reveal()
	}
	return nil
}

func (m *memory) earlier(t *testing.T) (texts []string) {
	t.Helper()
	all, err := Earlier(m, "A")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		texts = append(texts, p.Reveal())
	}
	return texts
}

// TestEarlier: a password that is replaced stays for the backups made with it.
func TestEarlier(t *testing.T) {
	m := &memory{kept: map[string]string{"B": "of another phone"}}
	check := func(newest string, earlier ...string) {
		t.Helper()
		if got := m.earlier(t); m.kept["A"] != newest || !slices.Equal(got, earlier) {
			t.Errorf("%q and %q, not %q and %q", m.kept["A"], got, newest, earlier)
		}
	}
	keep := func(text string) {
		t.Helper()
		if err := Keep(m, "A", keybag.NewPassword(text)); err != nil {
			t.Fatal(err)
		}
	}
	check("")
	keep("one")
	check("one")
	keep("one")
	check("one")
	keep(`two "<&>"`)
	keep("drei ß 🛟")
	check("drei ß 🛟", `two "<&>"`, "one")
	if !strings.Contains(m.kept["A (earlier)"], "<&>") {
		t.Errorf("a person cannot read %s", m.kept["A (earlier)"])
	}
	keep("one") // again
	check("one", "drei ß 🛟", `two "<&>"`)
	if err := KeepEarlier(m, "A", keybag.NewPassword("four")); err != nil {
		t.Fatal(err)
	}
	check("one", "four", "drei ß 🛟", `two "<&>"`)
	for range 2 {
		if err := Retire(m, "A"); err != nil {
			t.Fatal(err)
		}
		check("", "one", "four", "drei ß 🛟", `two "<&>"`)
	}
	for _, text := range []string{"one", "four", "drei ß 🛟", `two "<&>"`, "never"} {
		if err := DropEarlier(m, "A", keybag.NewPassword(text)); err != nil {
			t.Fatal(err)
		}
	}
	check("")
	keep("x")
	keep("y")
	for range 2 {
		if err := Forget(m, "A"); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.kept) != 1 {
		t.Errorf("left: %v", m.kept)
	}
}

// TestEarlierIsBounded: what Windows holds is enough, and the oldest go first.
func TestEarlierIsBounded(t *testing.T) {
	m := &memory{kept: map[string]string{}}
	for i := range 40 {
		if err := Keep(m, "A", keybag.NewPassword(fmt.Sprintf("%02d", i))); err != nil {
			t.Fatal(err)
		}
	}
	if got := m.earlier(t); len(got) != maxEarlier || got[0] != "38" {
		t.Errorf("%q", got)
	}
	for i := range 4 {
		if err := Keep(m, "A", keybag.NewPassword(strings.Repeat(fmt.Sprint(i), 1000))); err != nil {
			t.Fatal(err)
		}
	}
	if got := m.earlier(t); len(got) != 2 || got[0][0] != '2' || len(m.kept["A (earlier)"]) > maxList {
		t.Errorf("%d passwords, %d bytes", len(got), len(m.kept["A (earlier)"]))
	}
	before := m.kept["A (earlier)"]
	if err := KeepEarlier(m, "A", keybag.NewPassword(strings.Repeat("x", maxList))); fault.Of(err) != fault.KeyringFailed || m.kept["A (earlier)"] != before {
		t.Errorf("one that never fits: %v", err)
	}
}

// TestKeepLosesNothing: whichever writing fails, no password is lost that was kept.
func TestKeepLosesNothing(t *testing.T) {
	for fails := 1; fails <= 3; fails++ {
		m := &memory{kept: map[string]string{"A": "two", "A (earlier)": `["one","three"]`}, fails: fails}
		err := Keep(m, "A", keybag.NewPassword("three"))
		if fault.Of(err) != fault.KeyringFailed {
			t.Errorf("at writing %d: %v", fails, err)
		}
		all := append(m.earlier(t), m.kept["A"])
		for _, want := range []string{"one", "two"} {
			if !slices.Contains(all, want) {
				t.Errorf("at writing %d %q is lost: %q", fails, want, all)
			}
		}
	}
}

// TestDamagedList: a list that a person has changed is not written over, and not
// shown to anybody.
func TestDamagedList(t *testing.T) {
	for _, list := range []string{"secret", `{"a":1}`, `["secret", 1]`, `"secret"`} {
		m := &memory{kept: map[string]string{"A": "two", "A (earlier)": list}}
		err := Keep(m, "A", keybag.NewPassword("three"))
		if fault.Of(err) != fault.KeyringFailed || m.kept["A"] != "two" || m.kept["A (earlier)"] != list || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v", list, err, m.kept)
		}
	}
	m := &memory{kept: map[string]string{"A (earlier)": `[` + strings.Repeat(`"x",`, 100) + `"",""]`}}
	if got := m.earlier(t); len(got) != maxEarlier {
		t.Errorf("%q", got)
	}
}
