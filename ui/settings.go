package ui

import (
	"fyne.io/fyne/v2"

	"lifeboat/checks/feeds"
)

// Settings are the choices that outlive the window. They hold nothing that a
// backup depends on.
type Settings struct {
	store       fyne.Preferences // nil: kept in memory only
	destination string
	phone       string
	allowed     feeds.Allowed
}

const (
	destinationKey = "destination"
	phoneKey       = "phone"
	networkKey     = "network." // and the id of a source
)

// NewSettings reads the choices from store; nil keeps them in memory only.
// Without a choice, backups go to fallback and the network is asked as
// allowed says.
func NewSettings(store fyne.Preferences, fallback string, allowed feeds.Allowed) *Settings {
	s := &Settings{store: store, destination: fallback, allowed: allowed}
	if store != nil {
		s.destination = store.StringWithFallback(destinationKey, fallback)
		s.phone = store.String(phoneKey)
		for _, source := range feeds.Sources() {
			on := s.allowed.Switch(source.ID)
			*on = store.BoolWithFallback(networkKey+string(source.ID), *on)
		}
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
