package state

import (
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
)

// Store keeps choices by a name, as fyne.Preferences does.
type Store interface {
	BoolWithFallback(key string, fallback bool) bool
	SetBool(key string, value bool)
	IntWithFallback(key string, fallback int) int
	SetInt(key string, value int)
	StringWithFallback(key, fallback string) string
	SetString(key, value string)
}

// Settings are the choices that outlive the window. They hold nothing that a
// backup depends on.
type Settings struct {
	store       Store
	destination string
	allowed     feeds.Allowed // without a choice
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

// NewSettings are the choices in store; nil keeps them in memory only. Without a
// choice, backups go to fallback and the network is asked as allowed says.
func NewSettings(store Store, fallback string, allowed feeds.Allowed) *Settings {
	if store == nil {
		store = inMemory{}
	}
	return &Settings{store: store, destination: store.StringWithFallback(destinationKey, fallback), allowed: allowed}
}

// inMemory is a [Store] that forgets all when the program ends.
type inMemory map[string]any

func (m inMemory) BoolWithFallback(key string, fallback bool) bool { return orElse(m, key, fallback) }
func (m inMemory) SetBool(key string, value bool)                  { m[key] = value }
func (m inMemory) IntWithFallback(key string, fallback int) int    { return orElse(m, key, fallback) }
func (m inMemory) SetInt(key string, value int)                    { m[key] = value }
func (m inMemory) StringWithFallback(key, fallback string) string  { return orElse(m, key, fallback) }
func (m inMemory) SetString(key, value string)                     { m[key] = value }

func orElse[T any](m inMemory, key string, fallback T) T {
	if value, ok := m[key].(T); ok {
		return value
	}
	return fallback
}

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
func (s *Settings) Phone() string { return s.store.StringWithFallback(phoneKey, "") }

// SetPhone chooses a phone among several.
func (s *Settings) SetPhone(udid string) { s.store.SetString(phoneKey, udid) }

// Policy says how long earlier backups are kept.
func (s *Settings) Policy() vault.Policy {
	p := vault.DefaultPolicy
	for name, count := range counts(&p) {
		*count = max(0, s.store.IntWithFallback(keepKey+name, *count))
	}
	p.Limit = Gigabytes * int64(max(0, s.store.IntWithFallback(keepKey+"gigabytes", 0)))
	return p
}

// SetPolicy chooses how long earlier backups are kept.
func (s *Settings) SetPolicy(p vault.Policy) {
	for name, count := range counts(&p) {
		s.store.SetInt(keepKey+name, *count)
	}
	s.store.SetInt(keepKey+"gigabytes", int(p.Limit/Gigabytes))
}

// Level is how deeply each backup is proven; the zero value leaves that to the
// job.
func (s *Settings) Level() verify.Level {
	if s.store.BoolWithFallback(readAllKey, false) {
		return verify.Level{Depth: verify.Full}
	}
	return verify.Level{}
}

// SetReadAll chooses whether every file is read after each backup, and not
// only what is new.
func (s *Settings) SetReadAll(on bool) { s.store.SetBool(readAllKey, on) }

// Allowed says which sources in the network may be asked.
func (s *Settings) Allowed() feeds.Allowed {
	allowed := s.allowed
	for _, source := range feeds.Sources() {
		on := allowed.Switch(source.ID)
		*on = s.store.BoolWithFallback(networkKey+string(source.ID), *on)
	}
	return allowed
}

// SetAllowed chooses which sources in the network may be asked.
func (s *Settings) SetAllowed(allowed feeds.Allowed) {
	for _, source := range feeds.Sources() {
		s.store.SetBool(networkKey+string(source.ID), *allowed.Switch(source.ID))
	}
}

// Appearance is which form of the colours is shown.
func (s *Settings) Appearance() Appearance {
	if a := Appearance(s.store.StringWithFallback(appearanceKey, "")); a == Light || a == Dark {
		return a
	}
	return AsSystem
}

// SetAppearance chooses the form of the colours.
func (s *Settings) SetAppearance(a Appearance) { s.store.SetString(appearanceKey, string(a)) }

// Background is whether Lifeboat goes on running when its window is closed.
func (s *Settings) Background() bool { return s.store.BoolWithFallback(backgroundKey, false) }

// SetBackground chooses it.
func (s *Settings) SetBackground(on bool) { s.store.SetBool(backgroundKey, on) }

// StartOnPlug is whether a backup starts by itself when a phone is plugged in
// whose last one here is older than a day.
func (s *Settings) StartOnPlug() bool { return s.store.BoolWithFallback(onPlugKey, false) }

// SetStartOnPlug chooses it.
func (s *Settings) SetStartOnPlug(on bool) { s.store.SetBool(onPlugKey, on) }

// WindowSize is how large the window was when it was closed last, in
// device-independent pixels; 0 if it never was.
func (s *Settings) WindowSize() (width, height float32) {
	return float32(s.store.IntWithFallback(widthKey, 0)), float32(s.store.IntWithFallback(heightKey, 0))
}

// SetWindowSize remembers how large the window is.
func (s *Settings) SetWindowSize(width, height float32) {
	s.store.SetInt(widthKey, int(width))
	s.store.SetInt(heightKey, int(height))
}

// Reminders is what is remembered for reminders, as [reminder.Memory.String] wrote it.
func (s *Settings) Reminders() string { return s.store.StringWithFallback(remindersKey, "") }

// SetReminders remembers it.
func (s *Settings) SetReminders(text string) { s.store.SetString(remindersKey, text) }
