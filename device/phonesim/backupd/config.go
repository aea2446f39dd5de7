package backupd

import (
	"errors"
	"log/slog"
	"time"

	"lifeboat/device/phonesim/content"
)

// Config is a phone as its backup agent sees it.
type Config struct {
	// StateDir is an existing folder in which the agent keeps its keybag and
	// its secrets between runs. It must belong to this phone alone.
	StateDir string
	// Content is what is on the phone.
	Content content.Source
	// UDID is the phone's identifier, as hosts name its backup folder.
	UDID string
	// Identity is written to Manifest.plist.
	Identity Identity
	// Applications are the installed apps of Manifest.plist. A domain
	// "AppDomain-<bundle>" of the content adds its own app where it is missing.
	Applications []Application
	// Rounds are the costs of the key derivation of a password that is set
	// from now on. The zero value means [FastRounds].
	Rounds Rounds
	// Passcode says what the owner does when the passcode is asked for.
	Passcode Passcode
	// SetupUnfinished makes each backup end with error 212.
	SetupUnfinished bool
	// RequiresEncryption is the rule of a profile: a backup without a
	// password ends with error 207.
	RequiresEncryption bool
	// Faults are deviations from the behaviour of a healthy phone.
	Faults Faults

	// Notify posts a notification_proxy notification. May be nil.
	Notify func(name string)
	// Detach pulls the cable: it must cut all connections of the phone. It is
	// called on a goroutine of its own. With nil the agent closes its own
	// connection instead.
	Detach func()
	// SwitchCloudBackup flips the iCloud backup switch, on the request
	// EnableCloudBackup, and returns the final answer: the zero value when
	// that went well. May be nil.
	SwitchCloudBackup func(on bool) Answer
	// FindMy reports whether Find My is on, which forbids a restore (error 211);
	// nil means that it is off.
	FindMy func() bool
	// RestoreSpace is how many bytes a restore may bring, beyond which it ends
	// with error 106; nil means as many as it likes.
	RestoreSpace func() int64
	// CloudRestore reports whether a restore from iCloud is under way, which
	// forbids another one (error 25). May be nil.
	CloudRestore func() bool
	// Locked reports whether the phone is locked, in which a restore ends with
	// error 208. May be nil.
	Locked func() bool
	// Erase is called from iOS 27 on when a restore is about to bring the first
	// file: all that was on the phone is gone. May be nil.
	Erase func()
	// RestoreApplications is called for what the host wrote to
	// /iTunesRestore/RestoreApplications.plist, nil for nothing. May be nil.
	RestoreApplications func() []byte
	// Restored is called with each restore that succeeded, before the host knows.
	// May be nil.
	Restored func()
	// Restart has the phone restart: after a restore, unless the host forbids
	// it, as soon as the host has left. May be nil.
	Restart func()
	// BackedUp is called with each backup that succeeded, before the host is. May
	// be nil.
	BackedUp func()
	// Now is the phone's clock; nil means time.Now.
	Now func() time.Time
	// Log receives what the agent does; nil means silence.
	Log *slog.Logger
}

// Identity is the part of the phone's lockdown values that a backup carries.
type Identity struct {
	DeviceName     string
	ProductType    string // "iPhone15,2"
	ProductVersion string // "17.5.1": also decides on passcode and DeviceLink version
	BuildVersion   string // "21F90"
	SerialNumber   string
}

// Application is an installed app as Manifest.plist tells it.
type Application struct {
	BundleID string
	Version  string // CFBundleVersion
}

// Rounds are the iteration counts of the two key derivations of a backup
// keybag (DPIC and ITER).
type Rounds struct {
	PBKDF2SHA256 int
	PBKDF2SHA1   int
}

var (
	// RealRounds are those of iPhones since iOS 10.2. They cost seconds.
	RealRounds = Rounds{PBKDF2SHA256: 10_000_000, PBKDF2SHA1: 10_000}
	// FastRounds are for tests and demonstrations.
	FastRounds = Rounds{PBKDF2SHA256: 2_000, PBKDF2SHA1: 100}
)

// Passcode is the phone's passcode and what its owner does when asked for it.
// From iOS 16.1 on every backup asks, from iOS 13 on every change of the backup
// password. While it is asked for, nothing goes over the backup connection.
type Passcode struct {
	// Set says that the phone has a passcode. Without one nothing is asked.
	Set bool
	// After is how long after the request the question appears: 1 to 2 s on
	// real phones.
	After time.Duration
	// Wait is how long the question stays on the screen.
	Wait time.Duration
	// Restore: a restore asks too. Whether phones do is not known.
	Restore bool
	// Refused closes the question without an answer: error 208.
	Refused bool
}

// check says what is wrong with a configuration.
func (c *Config) check() error {
	switch {
	case c.StateDir == "":
		return errors.New("backupd: no folder for the state")
	case c.Content == nil:
		return errors.New("backupd: no content")
	case c.UDID == "":
		return errors.New("backupd: no UDID")
	}
	return nil
}
