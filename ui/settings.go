package ui

import (
	"fyne.io/fyne/v2"

	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
)

// Settings are the choices that outlive the window. They hold nothing that a
// backup depends on.
type Settings struct {
	store       fyne.Preferences // nil: kept in memory only
	destination string
	phone       string
	allowed     feeds.Allowed
	policy      vault.Policy
	readAll     bool
}

const (
	destinationKey = "destination"
	phoneKey       = "phone"
	networkKey     = "network." // and the id of a source
	keepKey        = "keep."    // and the name of a count of the policy
	readAllKey     = "prove.all"
)

// gigabytes is the unit of the policy's limit, in bytes.
const gigabytes = 1_000_000_000

// counts names the counts of a policy.
func counts(p *vault.Policy) map[string]*int {
	return map[string]*int{"all": &p.All, "daily": &p.Daily, "weekly": &p.Weekly, "monthly": &p.Monthly, "trash": &p.Trash}
}

// NewSettings reads the choices from store; nil keeps them in memory only.
// Without a choice, backups go to fallback and the network is asked as
// allowed says.
func NewSettings(store fyne.Preferences, fallback string, allowed feeds.Allowed) *Settings {
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
		s.policy.Limit = gigabytes * int64(max(0, store.Int(keepKey+"gigabytes")))
		s.readAll = store.Bool(readAllKey)
	}
	return s
}

// Destination is the folder that backups go to.
func (s *Settings) Destination() string { return s.destination }

// SetDestination chooses another folder.
func (s *Settings) SetDestination(dir string) {
	s.destination = dir
	if s.store != nil {
		s.store.SetString(destinationKey, dir)
	}
}

// Override uses dir without remembering it.
func (s *Settings) Override(dir string) { s.destination = dir }

// Phone is the UDID of the phone that was chosen last.
func (s *Settings) Phone() string { return s.phone }

// SetPhone chooses a phone among several.
func (s *Settings) SetPhone(udid string) {
	s.phone = udid
	if s.store != nil {
		s.store.SetString(phoneKey, udid)
	}
}

// Policy says how long earlier backups are kept.
func (s *Settings) Policy() vault.Policy { return s.policy }

// SetPolicy chooses how long earlier backups are kept.
func (s *Settings) SetPolicy(p vault.Policy) {
	s.policy = p
	if s.store == nil {
		return
	}
	for name, count := range counts(&p) {
		s.store.SetInt(keepKey+name, *count)
	}
	s.store.SetInt(keepKey+"gigabytes", int(p.Limit/gigabytes))
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
	if s.store != nil {
		s.store.SetBool(readAllKey, on)
	}
}

// Allowed says which sources in the network may be asked.
func (s *Settings) Allowed() feeds.Allowed { return s.allowed }

// SetAllowed chooses which sources in the network may be asked.
func (s *Settings) SetAllowed(allowed feeds.Allowed) {
	s.allowed = allowed
	if s.store == nil {
		return
	}
	for _, source := range feeds.Sources() {
		s.store.SetBool(networkKey+string(source.ID), *allowed.Switch(source.ID))
	}
}
