package facts

import "time"

// Reasons of a [Record] that was not read.
const (
	// RecordLocked: it is there, in an encrypted backup, and no password that
	// opens it is at hand.
	RecordLocked = "locked"
	// RecordNone: there is no finished backup of the phone to read it from.
	RecordNone = "no backup"
)

// Record is what a phone itself remembers of its iCloud backups. No cable reads
// it: it lies in every backup of the phone on a computer, so that it is as old
// as that backup. Dates are by the phone's clock, in UTC.
type Record struct {
	// Of is when the backup was made; zero if that is not known.
	Of time.Time
	// Outcomes are those of the last tries, at most ten, the oldest first.
	Outcomes Datum[[]Outcome]
	// Sizes is what the last try meant to save, in bytes by the phone's own
	// name of each part: "AppDomain-com.example.app", "CameraRollDomain". After a first,
	// complete backup it counts what was new. The largest come first.
	Sizes Datum[[]DomainSize]
	// Total is the sum, as the phone calculated it.
	Total Datum[int64]
	// Spells are the last times, at most ten, when the phone was ready to back
	// up automatically for more than a minute. The oldest come first.
	Spells Datum[[]Spell]
	// EnabledSince is when iCloud Backup was switched on.
	EnabledSince Datum[time.Time]
	// NoneInCloud is when iCloud answered that it has no backup of this phone.
	NoneInCloud Datum[time.Time]
	// Restoring: a restore from iCloud had begun and not ended. RestoreBegan is
	// when, if it is known.
	Restoring    Datum[bool]
	RestoreBegan Datum[time.Time]
	// AwaitsUnlock: it needs keys that it gets when the phone is unlocked next.
	AwaitsUnlock Datum[bool]
	// CloudBackupEnabled and LastCloudBackup are what lockdownd said then.
	CloudBackupEnabled Datum[bool]
	LastCloudBackup    Datum[time.Time]
}

// ErrorCode is one link of a chain of errors.
type ErrorCode struct {
	Domain string // "MBErrorDomain"
	Number int
}

// Outcome is how one try to back up to iCloud ended.
type Outcome struct {
	At time.Time // zero if the phone did not note it
	// Codes are the chain of errors, outermost first; a success has the single
	// code 0.
	Codes []ErrorCode
	// Text is what the phone calls it, in whatever language, "" for nothing.
	Text string
}

// DomainSize is what one part of the phone takes.
type DomainSize struct {
	Domain string
	Bytes  int64
}

// Spell is a time in which the phone was ready to back up automatically: switched
// on, locked, with power and on Wi-Fi. What it lacked when the spell ended
// is false; what it did not note is not read.
type Spell struct {
	Began                            time.Time
	Lasted                           time.Duration
	Enabled, OnPower, Locked, OnWiFi Datum[bool]
}
