// Package facts holds what a check may know about a phone: plain values, no
// connection. Each datum says whether it was read, is absent on
// the phone, or was refused, so that nothing unread can pass for a value.
package facts

import "time"

// State says how a [Datum] came about.
type State int

const (
	// NotRead: nobody asked, or the question failed on the way (Datum.Reason says why).
	NotRead State = iota
	// Read: Value is what the phone said.
	Read
	// Absent: the phone answered that it has no such value (lockdownd MissingValue).
	Absent
	// Refused: the phone has its reasons not to tell (Datum.Reason, such as
	// "GetProhibited", or "WrongType" for a value of a type that cannot be used).
	Refused
)

// String returns "not read", "read", "absent" or "refused".
func (s State) String() string {
	return [...]string{"not read", "read", "absent", "refused"}[s]
}

// Datum is one thing a phone may tell.
type Datum[T any] struct {
	Value  T
	State  State
	Reason string
}

// Known returns the value and whether it was really read.
func (d Datum[T]) Known() (T, bool) { return d.Value, d.State == Read }

// Of is a datum that was read.
func Of[T any](v T) Datum[T] { return Datum[T]{Value: v, State: Read} }

// Gone is a datum that the phone does not have.
func Gone[T any]() Datum[T] { return Datum[T]{State: Absent, Reason: "MissingValue"} }

// Readiness is how far the phone lets this computer in.
type Readiness string

const (
	Ready           Readiness = "ready"            // trusted, unlocked, set up
	Untrusted       Readiness = "untrusted"        // this computer is not trusted (yet)
	Locked          Readiness = "locked"           // needs its passcode first
	SetupUnfinished Readiness = "setup-unfinished" // still in Setup Assistant
	Silent          Readiness = "silent"           // connected, but does not answer
)

// Phone is everything that was gathered about one phone at one moment.
// Sizes are bytes; times are UTC.
type Phone struct {
	UDID       string
	Connection string // "USB" or "Network"
	// SpeedBits is the link's speed in bit/s as usbmuxd reports it, 0 if it does not.
	SpeedBits int64
	Readiness Readiness
	// GatheredAt is this computer's clock when the facts were read.
	GatheredAt time.Time

	// Root domain of lockdownd.
	Name, ProductType, Version, Build Datum[string]
	ActivationState                   Datum[string]
	// SetupDone is of com.apple.purplebuddy: a phone activates early in its
	// setup. Only false says anything.
	SetupDone Datum[bool]
	// MinITunes is MinITunesVersion of com.apple.mobile.iTunes: the oldest iTunes
	// that may deal with the phone.
	MinITunes      Datum[string]
	PasscodeLocked Datum[bool] // PasswordProtected: locked right now
	Clock          Datum[time.Time]
	// ClockSkew is the phone's clock minus this computer's at the same
	// moment, which is taken halfway between question and answer.
	ClockSkew Datum[time.Duration]

	// Domain com.apple.mobile.backup. Dates are decoded (2001 or Unix epoch).
	CloudBackupEnabled Datum[bool]
	LastCloudBackup    Datum[time.Time]
	WillEncrypt        Datum[bool]
	RequiresEncryption Datum[bool]
	LastLocalBackup    Datum[time.Time] // LastiTunesBackupDate: by any computer

	// Domain com.apple.disk_usage.
	DiskCapacity  Datum[int64] // TotalDiskCapacity
	DataCapacity  Datum[int64] // TotalDataCapacity
	DataAvailable Datum[int64] // AmountDataAvailable: a lower bound, and often far too low
	// DataReclaimable is TotalDataAvailable: what is free and what iOS can
	// clear on its own, an upper bound.
	DataReclaimable Datum[int64]
	// RestoreAvailable is AmountRestoreAvailable, a hint only.
	RestoreAvailable Datum[int64]

	// Domain com.apple.mobile.battery.
	BatteryLevel      Datum[int] // percent
	BatteryCharging   Datum[bool]
	BatteryFull       Datum[bool] // FullyCharged
	ExternalConnected Datum[bool]

	// Domain com.apple.fmip, key IsAssociated: an iCloud account is signed in
	// with Find My on. False proves little.
	FindMy Datum[bool]
	// ICloudSync: an iCloud account syncs contacts, calendars, notes or
	// bookmarks (domain com.apple.mobile.data_sync). False proves little.
	ICloudSync Datum[bool]

	// The battery's and the Wi-Fi chip's entries of the IORegistry.
	BatteryHealth      Datum[int]     // percent of the capacity it was built with
	BatteryCycles      Datum[int]     // full charges so far
	BatteryTemperature Datum[float64] // degrees Celsius
	AdapterCurrent     Datum[int]     // mA that the other end of the cable offers
	// WiFiChannel above 0 hints that the phone is on Wi-Fi; its absence
	// proves nothing on newer phones.
	WiFiChannel Datum[int]

	// MCInstall: who manages the phone.
	Profiles     Datum[[]Profile]
	Supervised   Datum[bool]
	Organization Datum[string]

	Deep
}
