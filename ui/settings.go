package ui

import (
	"fyne.io/fyne/v2"
)

// Settings are the choices that outlive the window. They hold nothing that a
// backup depends on.
type Settings struct {
	store       fyne.Preferences // nil: kept in memory only
	destination string
	phone       string
}

const (
	destinationKey = "destination"
	phoneKey       = "phone"
)

// NewSettings reads the choices from store; nil keeps them in memory only.
// Without a choice, backups go to fallback.
func NewSettings(store fyne.Preferences, fallback string) *Settings {
	s := &Settings{store: store, destination: fallback}
	if store != nil {
		s.destination = store.StringWithFallback(destinationKey, fallback)
		s.phone = store.String(phoneKey)
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
