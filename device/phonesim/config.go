// Package phonesim is a simulated iPhone on the real wire: a usbmuxd to plug
// phones into, and in each phone lockdownd, its services and the backup
// agent. It exists so that anyone can try Lifeboat without a phone and so
// that every test runs the true path.
//
//	server, err := phonesim.Listen("unix:///tmp/usbmuxd")
//	phone, err := phonesim.NewPhone(phonesim.DefaultConfig())
//	server.Attach(phone)
//
// It imports nothing of Lifeboat's own client.
package phonesim

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/lockdownd"
	"lifeboat/device/phonesim/replay"
	"lifeboat/device/phonesim/services"
)

// Config is everything about one simulated phone. Sizes are bytes.
type Config struct {
	// UDID has the dash of phones since the iPhone XS, or is 40 hex digits.
	UDID string
	Name string
	// ProductType is the model, such as "iPhone15,2".
	ProductType string
	// Version is that of iOS, such as "18.4.1"; at least 10.
	Version string
	// Build of iOS; "" takes the one that belongs to Version, as a beta with Beta.
	Build string
	Beta  bool
	// Connection is "USB", "Network" or "Both" (the same phone listed twice).
	Connection string
	// Speed of the cable in bit/s, as usbmuxd tells it.
	Speed int64

	// Locked: the phone asks for its passcode now.
	Locked bool
	// AwaitsFirstUnlock: nobody has unlocked it since it was started. It is
	// locked, and its services do not start.
	AwaitsFirstUnlock bool
	// ActivationState is "Activated", or "Unactivated" before Setup Assistant.
	ActivationState string
	// SetupUnfinished: Setup Assistant has not been gone through to its end.
	SetupUnfinished bool
	// FindMy: signed in to iCloud with Find My on.
	FindMy bool
	// SyncsToICloud: contacts, calendars, notes and bookmarks are kept in iCloud.
	SyncsToICloud bool
	Battery       Battery
	ICloud        ICloud
	Disk          Disk
	WiFi          WiFi
	// Traffic is what packet capture shows; nil for some over Wi-Fi, or over
	// mobile data without it.
	Traffic []services.Traffic
	// LastLocalBackup is when any computer last backed it up; zero for never.
	LastLocalBackup time.Time
	// RequiresEncryption: a profile forbids local backups without a password.
	RequiresEncryption bool

	// Trust is how the user answers the trust dialog.
	Trust lockdownd.Trust
	// Passcode is how the user answers the backup's passcode question.
	Passcode backupd.Passcode
	// Rounds are the costs of a backup password; zero means fast.
	Rounds backupd.Rounds
	// Content is what is on the phone; nil for a small generated one.
	Content content.Source
	// AppData is what the phone's own apps keep beside Content, in the shape that it has
	// on Version: "" for nothing, "demo" or "nasty" as in package apps.
	AppData string
	// Memory is what the phone remembers of its iCloud backups, which is part
	// of its content.
	Memory Memory
	// Edits are made to the content before anything else; see [Phone.Edit].
	// What they hit follows from EditSeed.
	Edits    content.Edits
	EditSeed int64

	Apps     []services.App
	Profiles []services.Profile
	// Supervised and Organization are what the phone says about its management.
	Supervised   bool
	Organization string
	// PairingForbidden is what the phone says about a rule against computers;
	// it does not keep this phone from pairing.
	PairingForbidden bool
	// CloudSwitch is what comes of a computer's wish to switch the iCloud backup.
	CloudSwitch CloudSwitch
	// LogScript is what the device log plays: see [services.Log].
	LogScript []services.LogLine
	// Crashes are what went wrong before now.
	Crashes []Crash
	// Photos and Movies are in the media folder; they are in no backup.
	Photos, Movies Media

	// Replay is what the phone says instead of what it is; see [Config.Play].
	Replay *replay.Player
	// Values are further lockdown values, or others than the usual ones:
	// "domain/key" or "/key" of the root domain.
	Values map[string]any
	// Omit are values that are missing and Refuse those that are withheld:
	// "domain/key", "/key", or "domain/" for a whole domain.
	Omit, Refuse []string

	// NoServices are services that this phone does not have: InvalidService.
	NoServices []string
	// Latency is how much later everything is answered: connections to the
	// phone, requests of lockdownd and of each service.
	Latency time.Duration
	// MediaLatency is how much later each request for photos and videos is
	// answered: a cable that crawls, while all that is small comes at once.
	MediaLatency time.Duration
	Faults       Faults

	// StateDir keeps pairing, password, media and snapshots between runs; ""
	// is a folder of its own that Close removes.
	StateDir string
	// ReplugAfter plugs the phone in again so long after it pulled its own
	// cable (a fault of the backup, a restart). 0 leaves it unplugged.
	ReplugAfter time.Duration
	// Now is the true time; nil means time.Now.
	Now func() time.Time
	// ClockError is how far the phone's clock is ahead of the true time;
	// negative is behind.
	ClockError time.Duration
	// Log receives what happens on the phone; nil means silence.
	Log *slog.Logger
}

// Battery is the power of a phone.
type Battery struct {
	Level    int // percent
	Charging bool
	External bool // the cable gives power
	Full     bool
	// Adapter is what the charger offers in mA; 0 is a usual one.
	Adapter int
	// Temperature in degrees Celsius; 0 is a usual one.
	Temperature float64
	// Health is what is left of the capacity in percent; 0 is a usual value.
	Health int
}

// WiFi is what the phone is connected to.
type WiFi struct {
	// Network is its name, "" without one.
	Network string
	// Hidden: the wireless chip does not tell of itself.
	Hidden bool
}

// CloudSwitch is what comes of a request to switch the iCloud backup.
type CloudSwitch int

const (
	// SwitchWorks: it is switched.
	SwitchWorks CloudSwitch = iota
	// SwitchForbidden: a profile forbids it.
	SwitchForbidden
	// SwitchNoAccount: nobody is signed in to iCloud.
	SwitchNoAccount
	// SwitchNotProvisioned: the account has no backup.
	SwitchNotProvisioned
	// SwitchSilent: the phone says yes and leaves it as it was.
	SwitchSilent
)

// Crash is a program that crashed, so long ago.
type Crash struct {
	Process string // or "JetsamEvent", "panic-full"
	Age     time.Duration
}

// Media is a number of files of the same size in bytes.
type Media struct {
	Count int
	Size  int64
}

// Switch is a setting that may be unknown to the phone.
type Switch int

const (
	Absent Switch = iota
	On
	Off
)

// ICloud is the state of the iCloud backup.
type ICloud struct {
	Switch Switch
	// LastBackup is the last one that finished; zero for never.
	LastBackup time.Time
	// Zone is the label that goes with it, such as "GMT+1".
	Zone string
}

// Disk is the storage of a phone.
type Disk struct {
	Capacity  int64 // of the whole disk
	System    int64 // kept by iOS
	Available int64 // free for data, a lower bound
	Purgeable int64 // what iOS could free beyond
	// Restorable is free for a restore; 0 is what is available.
	Restorable int64
}

// Faults are what tests make a phone do wrong. The zero value is a healthy
// phone.
type Faults struct {
	// Lockdown are those of pairing, sessions and starting services.
	Lockdown lockdownd.Faults
	// Silent are services that accept a connection and say nothing.
	Silent []string
	// SyncLockBusy is how long another computer holds the sync lock, from the
	// first try on.
	SyncLockBusy time.Duration
	// Backup are those of the backup agent.
	Backup backupd.Faults
}

// DefaultConfig is a healthy iPhone 14 Pro on the newest iOS, which trusts
// every computer at once, backed up to iCloud last night.
func DefaultConfig() Config {
	return Config{
		UDID:        "00008120-001C25D40C0A002E",
		Name:        "Anna’s iPhone",
		ProductType: "iPhone15,2",
		Version:     "27.0.1",
		Connection:  "USB", Speed: 480_000_000,
		ActivationState: "Activated",
		FindMy:          true, SyncsToICloud: true,
		Battery:   Battery{Level: 84, Charging: true, External: true},
		ICloud:    ICloud{Switch: On, LastBackup: time.Now().Add(-9 * time.Hour), Zone: zoneName},
		Disk:      Disk{Capacity: 128_000_000_000, System: 12_000_000_000, Available: 41_300_000_000, Purgeable: 6_200_000_000},
		WiFi:      WiFi{Network: "Anna at home"},
		Apps:      services.DefaultApps(),
		LogScript: services.DefaultLog(),
	}
}

// Numbered returns the configuration of the n-th phone (0 is c itself) of a
// set that differs in identifier, name and state folder only.
func (c Config) Numbered(n int) Config {
	if n == 0 {
		return c
	}
	if end := max(len(c.UDID)-4, 0); end > 0 {
		last, _ := strconv.ParseUint(c.UDID[end:], 16, 16) // a UDID ends in hex digits
		c.UDID = fmt.Sprintf("%s%04X", c.UDID[:end], uint16(last)+uint16(n))
	}
	c.Name = fmt.Sprintf("%s %d", c.Name, n+1)
	if c.StateDir != "" {
		c.StateDir = fmt.Sprintf("%s-%d", c.StateDir, n+1)
	}
	return c
}
