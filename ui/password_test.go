package ui

import (
	"context"
	"testing"

	"lifeboat/device"
	"lifeboat/device/facts"
)

// TestPasswordSpeaksOfThisComputer: the keyring has the name that its system
// gives it.
func TestPasswordSpeaksOfThisComputer(t *testing.T) {
	for goos, name := range map[string]string{"darwin": "Keychain", "windows": "Credential Manager", "linux": "your keyring"} {
		t.Run(goos, func(t *testing.T) {
			inWindow(t, func(o *Options) { o.OS = goos }, func(r *rig) {
				r.engine.keyringErr = errKeyring
				r.plug(phoneA)
				r.tap("Back Up Now")
				r.sees("Keep it in " + name + ", so that Lifeboat doesn't have to ask")
				r.fill("correct horse", "correct horse")
				r.tap("Start the backup")
				r.sees("The password couldn't be kept in " + name)
			})
		})
	}
}

// TestForgottenPasswordNamesTheMenu of the phone's own iOS.
func TestForgottenPasswordNamesTheMenu(t *testing.T) {
	for version, menu := range map[string]string{
		"14.8": "Settings > General > Reset > Reset All Settings",
		"18.7": "Settings > General > Transfer or Reset iPhone > Reset > Reset All Settings",
		"":     "Settings > General > Transfer or Reset iPhone > Reset > Reset All Settings",
	} {
		inWindow(t, nil, func(r *rig) {
			r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) {
				s := summaryOf(facts.Ready)
				s.Version = version
				return s, nil
			}
			r.encrypted()
			r.plug(phoneA)
			r.tap("Back Up Now")
			r.sees("open " + menu + ".")
		})
	}
}
