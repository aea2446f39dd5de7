package engine

import (
	"bytes"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// memory is a keyring in memory. broken says what it does instead.
type memory struct {
	mu     sync.Mutex
	kept   map[string]string
	broken error
}

func (m *memory) Load(name string) (keybag.Password, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	text, ok := m.kept[name]
	return keybag.NewPassword(text), ok, m.broken
}

func (m *memory) Save(name string, p keybag.Password) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.Empty() {
		delete(m.kept, name)
	} else if m.broken == nil {
		m.kept[name] = p.Reveal()
	}
	return m.broken
}

// newest and earlier are how a phone's passwords lie in a keyring.
func lies(udid, newest, earlier string) map[string]string {
	kept := map[string]string{udid: newest, udid + " (earlier)": earlier}
	maps.DeleteFunc(kept, func(_, text string) bool { return text == "" })
	return kept
}

// TestEncryptKeepsTheKeyringInStep: whoever changes a phone's password finds the
// new one in the keyring if it is to be there, and never loses the one before.
func TestEncryptKeepsTheKeyringInStep(t *testing.T) {
	cfg := phonesim.DefaultConfig()
	cfg.Passcode.Set, cfg.Passcode.Wait = true, 50*time.Millisecond
	mux, phone := paired(t, cfg)
	failing := fault.New(fault.KeyringFailed, "test", nil)
	missing := fault.New(fault.KeyringMissing, "test", nil)
	set := func(old, new string) {
		t.Helper()
		e := &Engine{Mux: mux}
		if _, err := e.Encrypt(t.Context(), phone, keybag.NewPassword(old), keybag.NewPassword(new), nil); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		phone            string // what the phone has
		newest, earlier  string // what the keyring has
		old, new         string
		broken           error
		want             fault.Code
		newestAt, lastAt string
		done             Encrypted
	}{
		"as before, kept":     {phone: "a", newest: "a", old: "a", new: "b", newestAt: "b", lastAt: `["a"]`, done: Encrypted{Kept: true, Earlier: true}},
		"as before, not kept": {phone: "a", old: "a", new: "b"},
		"as before, stale":    {phone: "a", newest: "x", old: "a", new: "b", newestAt: "b", lastAt: `["x","a"]`, done: Encrypted{Kept: true, Earlier: true}},
		"as before, cleaned":  {phone: "a", newest: "a", old: "a", new: " b\t", newestAt: "b", lastAt: `["a"]`, done: Encrypted{Kept: true, Earlier: true}},
		"the first":           {new: "b"},
		"off":                 {phone: "a", newest: "a", earlier: `["z"]`, old: "a", lastAt: `["a","z"]`, done: Encrypted{Earlier: true}},
		"back to an older":    {phone: "a", newest: "a", earlier: `["b","z"]`, old: "a", new: "b", newestAt: "b", lastAt: `["a","z"]`, done: Encrypted{Kept: true, Earlier: true}},
		"wrong":               {phone: "a", newest: "a", earlier: `["z"]`, old: "nonsense", new: "b", want: fault.PasswordWrong, newestAt: "a", lastAt: `["z"]`},
		"wrong, to an older":  {phone: "a", newest: "a", earlier: `["b"]`, old: "nonsense", new: "b", want: fault.PasswordWrong, newestAt: "a", lastAt: `["b"]`},
		"keyring fails":       {phone: "a", newest: "a", old: "a", new: "b", broken: failing, newestAt: "a", done: Encrypted{Keyring: failing}},
		"no keyring":          {phone: "a", old: "a", new: "b", broken: missing},
	} {
		udid := phone.UDID
		if c.phone != "" {
			set("", c.phone)
		}
		m := &memory{kept: lies(udid, c.newest, c.earlier), broken: c.broken}
		e := &Engine{Mux: mux, Keyring: m}
		asked, known := false, false
		done, err := e.Encrypt(t.Context(), phone, keybag.NewPassword(c.old), keybag.NewPassword(c.new), func(bool) {
			all, _, err := e.passwords(udid)
			asked, known = true, known || err == nil && slices.ContainsFunc(all, keybag.NewPassword("b").Equal)
		})
		if c.done.Kept && !known {
			t.Errorf("%s: while the phone asks for its passcode, the keyring has not the new password", name)
		}
		if c.done.Kept && !asked {
			t.Errorf("%s: the phone did not ask for its passcode", name)
		}
		if fault.Of(err) != c.want && !(err == nil && c.want == "") {
			t.Errorf("%s: %v", name, err)
		}
		if done != c.done {
			t.Errorf("%s: %+v, not %+v", name, done, c.done)
		}
		if want := lies(udid, c.newestAt, c.lastAt); !maps.Equal(m.kept, want) {
			t.Errorf("%s: the keyring has %q, not %q", name, m.kept, want)
		}
		if has := strings.TrimSpace(c.new); c.want != "" {
			set(c.phone, "") // it has what it had
		} else if has != "" {
			set(has, "")
		}
	}
}

// TestHangingKeyring: a keyring that hangs takes no more than its time, and what
// it does later it does with the passwords that it was given.
func TestHangingKeyring(t *testing.T) {
	h := &hanging{memory: memory{kept: map[string]string{}}, until: make(chan struct{}), ended: make(chan struct{})}
	e := &Engine{Keyring: h, KeyringTimeout: time.Millisecond}
	p := keybag.NewPassword("secret")
	if err := e.KeepPassword(t.Context(), "A", p); fault.Of(err) != fault.KeyringFailed {
		t.Error(err)
	}
	p.Wipe()
	close(h.until)
	<-h.ended
	if h.kept["A"] != "secret" {
		t.Errorf("%q", h.kept)
	}
}

// hanging answers when until is closed, and closes ended after the first Save.
type hanging struct {
	memory
	until, ended chan struct{}
	once         sync.Once
}

func (h *hanging) Load(name string) (keybag.Password, bool, error) {
	<-h.until
	return h.memory.Load(name)
}

func (h *hanging) Save(name string, p keybag.Password) error {
	defer h.once.Do(func() { close(h.ended) })
	return h.memory.Save(name, p)
}

// TestOlderVersionsOpen: with the keyring, each version is checked with the
// password that it was made with, and nobody is asked.
func TestOlderVersionsOpen(t *testing.T) {
	cfg := phonesim.DefaultConfig()
	cfg.Content = content.Generate(3, 20, 1<<20)
	mux, phone := paired(t, cfg)
	root := t.TempDir()
	m := &memory{kept: map[string]string{}}
	e := &Engine{Library: library.Library{Own: root}, Mux: mux, Keyring: m, Program: "Lifeboat", Words: words.English()}
	back := func(text string) {
		t.Helper()
		password := keybag.NewPassword(text)
		order := Order{Phone: phone, Root: root, Password: password, AskAgain: func(context.Context) (keybag.Password, error) { return password, nil }}
		if _, err := e.BackUp(t.Context(), order, func(backup.Event) {}); err != nil {
			t.Fatal(err)
		}
	}
	change := func(old, new string) {
		t.Helper()
		if _, err := e.Encrypt(t.Context(), phone, keybag.NewPassword(old), keybag.NewPassword(new), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.KeepPassword(t.Context(), phone.UDID, keybag.NewPassword("first")); err != nil {
		t.Fatal(err)
	}
	back("first")
	change("first", "second")
	back("second")
	change("second", "third")
	k := library.Kept{Root: root, UDID: phone.UDID}
	for number, want := range map[int]string{0: "second", 1: "first", 2: "second"} {
		if got, err := e.PasswordOf(t.Context(), k, number); err != nil || got.Reveal() != want {
			t.Errorf("version %d opens with %q, %v", number, got.Reveal(), err)
		}
		newest, err := e.Password(t.Context(), phone.UDID)
		if err != nil || newest.Reveal() != "third" {
			t.Fatal(err)
		}
		for _, password := range []keybag.Password{newest, keybag.NewPassword("second")} {
			if r, _, err := e.Recheck(t.Context(), k, number, password, verify.Level{Depth: verify.Quick}, nil); err != nil || r.Locked {
				t.Errorf("version %d: %v", number, err)
			}
		}
	}
	kept, err := e.PasswordsKept(t.Context(), phone.UDID)
	if err != nil || kept != (KeptPasswords{Newest: true, Earlier: 2}) || !kept.Any() {
		t.Errorf("%+v, %v", kept, err)
	}
	if err := e.ForgetPassword(t.Context(), phone.UDID); err != nil || len(m.kept) > 0 {
		t.Errorf("%v, left %q", err, m.kept)
	}
	if kept, err := e.PasswordsKept(t.Context(), phone.UDID); err != nil || kept.Any() {
		t.Errorf("%+v, %v", kept, err)
	}
	if _, _, err := e.Recheck(t.Context(), k, 1, keybag.NewPassword("second"), verify.Level{Depth: verify.Quick}, nil); fault.Of(err) != fault.PasswordOlder {
		t.Errorf("without the keyring: %v", err)
	}
	if got, err := e.PasswordOf(t.Context(), k, 1); err != nil || !got.Empty() {
		t.Error(err)
	}
}

// TestPasswordWords: whatever became of the keyring has its words.
func TestPasswordWords(t *testing.T) {
	say, seen := words.English(), map[string]bool{}
	told := func(text words.Text) {
		t.Helper()
		s := say.Text(text)
		if strings.Contains(s, "[") || seen[s] {
			t.Errorf("%q", s)
		}
		seen[s] = true
	}
	for _, d := range []Encrypted{{}, {Kept: true}, {Earlier: true}, {Kept: true, Earlier: true}, {Keyring: context.Canceled}} {
		told(d.Told("Keychain"))
	}
	for _, k := range []KeptPasswords{{}, {Newest: true}, {Newest: true, Earlier: 1}, {Newest: true, Earlier: 2}, {Earlier: 1}, {Earlier: 2}} {
		told(k.Told("Keychain"))
	}
	for older, lines := range map[int]int{-1: 3, 0: 2, 1: 3, 2: 3} {
		means := say.Texts(ChangeMeans(older))
		if len(means) != lines || slices.ContainsFunc(means, func(s string) bool { return strings.Contains(s, "[") }) {
			t.Errorf("%d: %q", older, means)
		}
	}
}

// TestSaveRecoverySheet: the file is its owner's only, whole or not there.
func TestSaveRecoverySheet(t *testing.T) {
	e := &Engine{Words: words.English(), Cache: t.TempDir()}
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := e.SaveRecoverySheet(path, Sheet{Phone: "Anna's iPad", Device: "iPad", Made: time.Now(), Password: keybag.NewPassword("unfold-crispy")}); err != nil {
		t.Fatal(err)
	}
	data, err := afero.ReadFile(e.Files(), path)
	info, statErr := e.Files().Stat(path)
	if err != nil || statErr != nil || !bytes.HasPrefix(data, []byte("%PDF-")) || filepath.Separator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, %v", err, statErr, info)
	}
	if err := e.SaveRecoverySheet(path, Sheet{Password: keybag.NewPassword(strings.Repeat("x", 500))}); fault.Of(err) != fault.PasswordUnprintable {
		t.Error(err)
	}
	if again, err := afero.ReadFile(e.Files(), path); err != nil || !bytes.Equal(again, data) {
		t.Error("a sheet that could not be made took the place of the other")
	}
}
