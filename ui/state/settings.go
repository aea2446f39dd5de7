package state

import (
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
)

// Store keeps choices by a name, as fyne.Preferences does.
type Store interface {
	Bool(key string) bool
	BoolWithFallback(key string, fallback bool) bool
	SetBool(key string, value bool)
	Int(key string) int
	IntWithFallback(key string, fallback int) int
	SetInt(key string, value int)
	String(key string) string
	StringWithFallback(key, fallback string) string
	SetString(key, value string)
}

// Settings are the choices that outlive the window. They hold nothing that a
// backup depends on.
type Settings struct {
	store       Store
	destination string
	phone       string
	allowed     feeds.Allowed
	policy      vault.Policy
	readAll     bool
	appearance  Appearance
	background  bool
	onPlug      bool
	width       int
	height      int
	reminders   string
}

// Appearance is which form of the colours is shown.
type Appearance string

const (
	AsSystem Appearance = ""
	Light    Appearance = "light"
	Dark     Appearance = "dark"
)

const (
	destinationKey = "destination"
	phoneKey       = "phone"
	networkKey     = "network." // and the id of a source
	keepKey        = "keep."    // and the name of a count of the policy
	readAllKey     = "prove.all"
	appearanceKey  = "appearance"
	backgroundKey  = "background"
	onPlugKey      = "start-on-plug"
	widthKey       = "window.width"
	heightKey      = "window.height"
	remindersKey   = "reminders"
)

// Gigabytes is the unit of the policy's limit, in bytes.
const Gigabytes = 1_000_000_000

// counts names the counts of a policy.
func counts(p *vault.Policy) map[string]*int {
	return map[string]*int{"all": &p.All, "daily": &p.Daily, "weekly": &p.Weekly, "monthly": &p.Monthly, "trash": &p.Trash}
}

// NewSettings reads the choices from store; nil keeps them in memory only.
// Without a choice, backups go to fallback and the network is asked as
// allowed says.
func NewSettings(store Store, fallback string, allowed feeds.Allowed) *Settings {
	s := &Settings{store: store, destination: fallback, allowed: allowed, policy: vault.DefaultPolicy}
	if store != nil {
		s.destination = store.StringWithFallback(destinationKey, fallback)
		s.phone = store.String(phoneKey)
		for _, source := range feeds.Sources() {
			on := s.allowed.Switch(source.ID)
			*on = store.BoolWithFallback(networkKey+string(source.ID), *on)
		}
		for name, count := range counts(&s.policy) {
			*count = max(0, store.IntWithFallback(keepKey+name, *count))
		}
		s.policy.Limit = Gigabytes * int64(max(0, store.Int(keepKey+"gigabytes")))
		s.readAll = store.Bool(readAllKey)
		if a := Appearance(store.String(appearanceKey)); a == Light || a == Dark {
			s.appearance = a
		}
		s.background, s.onPlug = store.Bool(backgroundKey), store.Bool(onPlugKey)
		s.reminders = store.String(remindersKey)
		s.width, s.height = store.Int(widthKey), store.Int(heightKey)
	} else {
		s.store = forgetful{}
	}
	return s
}

// forgetful keeps nothing.
type forgetful struct{ Store }

func (forgetful) SetString(string, string) {}
func (forgetful) SetInt(string, int)       {}
func (forgetful) SetBool(string, bool)     {}

// Destination is the folder that backups go to.
func (s *Settings) Destination() string { return s.destination }

// SetDestination chooses another folder.
func (s *Settings) SetDestination(dir string) {
	s.destination = dir
	s.store.SetString(destinationKey, dir)
}

// Override uses dir without remembering it.
func (s *Settings) Override(dir string) { s.destination = dir }

// Phone is the UDID of the phone that was chosen last.
func (s *Settings) Phone() string { return s.phone }

// SetPhone chooses a phone among several.
func (s *Settings) SetPhone(udid string) {
	s.phone = udid
	s.store.SetString(phoneKey, udid)
}

// Policy says how long earlier backups are kept.
func (s *Settings) Policy() vault.Policy { return s.policy }

// SetPolicy chooses how long earlier backups are kept.
func (s *Settings) SetPolicy(p vault.Policy) {
	s.policy = p
	for name, count := range counts(&p) {
		s.store.SetInt(keepKey+name, *count)
	}
	s.store.SetInt(keepKey+"gigabytes", int(p.Limit/Gigabytes))
}

// Level is how deeply each backup is proven; the zero value leaves that to the
// job.
func (s *Settings) Level() verify.Level {
	if s.readAll {
		return verify.Level{Depth: verify.Full}
	}
	return verify.Level{}
}

// SetReadAll chooses whether every file is read after each backup, and not
// only what is new.
func (s *Settings) SetReadAll(on bool) {
	s.readAll = on
	s.store.SetBool(readAllKey, on)
}

// Allowed says which sources in the network may be asked.
func (s *Settings) Allowed() feeds.Allowed { return s.allowed }

// SetAllowed chooses which sources in the network may be asked.
func (s *Settings) SetAllowed(allowed feeds.Allowed) {
	s.allowed = allowed
	for _, source := range feeds.Sources() {
		s.store.SetBool(networkKey+string(source.ID), *allowed.Switch(source.ID))
	}
}

// Appearance is which form of the colours is shown.
func (s *Settings) Appearance() Appearance { return s.appearance }

// SetAppearance chooses the form of the colours.
func (s *Settings) SetAppearance(a Appearance) {
	s.appearance = a
	s.store.SetString(appearanceKey, string(a))
}

// Background is whether Lifeboat goes on running when its window is closed.
func (s *Settings) Background() bool { return s.background }

// SetBackground chooses it.
func (s *Settings) SetBackground(on bool) {
	s.background = on
	s.store.SetBool(backgroundKey, on)
}

// StartOnPlug is whether a backup starts by itself when a phone is plugged in
// whose last one here is older than a day.
func (s *Settings) StartOnPlug() bool { return s.onPlug }

// SetStartOnPlug chooses it.
func (s *Settings) SetStartOnPlug(on bool) {
	s.onPlug = on
	s.store.SetBool(onPlugKey, on)
}

// WindowSize is how large the window was when it was closed last, in
// device-independent pixels; 0 if it never was.
func (s *Settings) WindowSize() (width, height float32) { return float32(s.width), float32(s.height) }

// SetWindowSize remembers how large the window is.
func (s *Settings) SetWindowSize(width, height float32) {
	w, h := int(width), int(height)
	if w == s.width && h == s.height {
		return
	}
	s.width, s.height = w, h
	s.store.SetInt(widthKey, w)
	s.store.SetInt(heightKey, h)
}

// Reminders is what is remembered for reminders, as [reminder.Memory.String] wrote it.
func (s *Settings) Reminders() string { return s.reminders }

// SetReminders remembers it.
func (s *Settings) SetReminders(text string) {
	s.reminders = text
	s.store.SetString(remindersKey, text)
}
