package fault

// The computer's connection service.
const (
	MuxMissing     Code = "usbmuxd-missing"     // nothing listens where usbmuxd should: not installed
	MuxStopped     Code = "usbmuxd-stopped"     // its socket exists, but nobody answers
	MuxDenied      Code = "usbmuxd-denied"      // this account may not talk to it
	MuxBadAddress  Code = "usbmuxd-bad-address" // USBMUXD_SOCKET_ADDRESS has a form that cannot be used
	MuxUnexpected  Code = "usbmuxd-unexpected"  // it answered something that makes no sense
	NoPhone        Code = "no-phone"            // no phone is connected
	PhoneNotFound  Code = "phone-not-found"     // the phone that was asked for is not connected
	SeveralPhones  Code = "several-phones"      // more than one is connected and none was named
	PhoneGone      Code = "phone-gone"          // unplugged while in use
	PhoneSilent    Code = "phone-silent"        // connected, but said nothing for too long
	PhoneNonsense  Code = "phone-nonsense"      // it sent what no phone sends
	Cancelled      Code = "cancelled"           // the user stopped it here
	CancelledPhone Code = "cancelled-on-phone"  // the user stopped it on the phone
	Internal       Code = "internal"            // a mistake of ours
)

// Trust and readiness, as lockdownd reports them.
const (
	TrustPending      Code = "trust-pending"     // the dialog is on the phone's screen
	TrustRefused      Code = "trust-refused"     // "Don't Trust" was tapped
	PhoneLocked       Code = "phone-locked"      // locked, so that it cannot ask or serve
	FirstUnlock       Code = "first-unlock"      // nobody has unlocked it since it was started
	SetupUnfinished   Code = "setup-unfinished"  // still in Setup Assistant
	PairingStale      Code = "pairing-stale"     // the phone forgot this computer
	PairingNotSaved   Code = "pairing-not-saved" // this computer could not keep the pairing
	PairingForbidden  Code = "pairing-forbidden" // management forbids pairing with this computer
	ServiceRefused    Code = "service-refused"   // the phone does not start a service
	LockdownRefused   Code = "lockdown-refused"  // any other error name of lockdownd
	SyncLockBusy      Code = "sync-lock-busy"    // another program is syncing this phone
	RestoreInProgress Code = "restore-under-way" // MBErrorDomain 25
)

// The destination on this computer.
const (
	DestMissing    Code = "destination-missing"
	DestNotFolder  Code = "destination-not-a-folder"
	DestNotAllowed Code = "destination-not-writable"
	DestUnreadable Code = "destination-not-readable" // this account may not read it, which says nothing of what is there
	DestOdd        Code = "destination-odd"          // a link or a file stands where a folder should, or a folder where a file should
	DestGuarded    Code = "destination-guarded"      // macOS keeps programs out of it until they are allowed in
	DestFull       Code = "destination-full"         // too little room, known before or while writing
	ExportFull     Code = "export-full"              // too little room for what is taken out of a backup
	DestFailed     Code = "destination-failed"       // any other read or write error of the disk
	DestBusy       Code = "destination-busy"         // another backup of this phone is running
	DestOffline    Code = "destination-offline"      // its drive was seen before, and is not connected now
	DestSmallFiles Code = "destination-small-files"  // its file system holds no file over 4 GiB
	DestUnfit      Code = "destination-unfit"        // it cannot do what keeping backups safe needs
	DestInBackup   Code = "destination-in-a-backup"  // it is a backup itself, or lies within one
)

// Passwords and encryption.
const (
	PasswordWrong       Code = "password-wrong"
	PasswordNeeded      Code = "password-needed"
	PasswordMismatch    Code = "password-mismatch" // typed twice, differently
	PasswordEmpty       Code = "password-empty"
	PasswordNotText     Code = "password-not-text"    // it is not UTF-8, which phones take
	PasswordUnprintable Code = "password-unprintable" // it cannot be put on paper so that it can be typed again
	EncryptionForced    Code = "encryption-forced"    // a profile forbids switching it off
	EncryptionIsOn      Code = "encryption-already-on"
	EncryptionIsOff     Code = "encryption-already-off"
	KeyringFailed       Code = "keyring-failed"
	KeyringMissing      Code = "keyring-missing" // nobody keeps passwords on this computer
	KeyringLocked       Code = "keyring-locked"  // it is locked, and was not opened
	PasswordOlder       Code = "password-older"  // it opens the newest backup, and not this one
)

// What is changed on the phone at the user's wish.
const (
	CloudNotProvisioned Code = "cloud-not-provisioned" // the account has no iCloud Backup
	CloudRefused        Code = "cloud-refused"         // the phone did not switch it, for a reason of its own
	CloudUnchanged      Code = "cloud-unchanged"       // the phone agreed, but its switch stayed
	RestartRefused      Code = "restart-refused"       // the phone does not restart for a computer
)

// What stands in the way of a restore, beside what the phone's backup engine
// reports. Failures of a restore have the argument Restore: see words.Catalogue.Problem.
const (
	RestoreOtherName Code = "restore-other-name" // what was typed is not the phone's name
	RestoreLeftover  Code = "restore-leftover"   // MBErrorDomain 102 and 3: an earlier restore was not followed by a restart
	BatteryLow       Code = "battery-low"        // the phone might run out of power half-way
	BackupEmpty      Code = "backup-empty"       // MBErrorDomain 204
	SeveralBackups   Code = "several-backups"    // of several phones, and none was named
)

// Versions, and runs that were interrupted.
const (
	PlacePending      Code = "place-pending"       // the new backup is proven, but not in its place yet
	StuckSamePlace    Code = "stuck-same-place"    // two runs ended at the same point
	VersionUnknown    Code = "version-unknown"     // no version has this ID
	VersionDamaged    Code = "version-damaged"     // it has, but it is not intact
	VersionNeeded     Code = "version-needed"      // it cannot be read, and another may need it
	NothingToUndelete Code = "nothing-to-undelete" // nothing lies in the trash
	VaultNewer        Code = "vault-newer"         // a newer Lifeboat wrote it
	LastVerified      Code = "last-verified"       // without it no verified backup would be left
	LayOutTaken       Code = "lay-out-taken"       // something stands where the copy should go
	NotOurs           Code = "not-ours"            // another program's backup, which is not to be changed
)

// What the phone's backup engine reports (MBErrorDomain), and what a proof finds.
const (
	DeviceError      Code = "device-error"         // a code without an entry of its own
	DeviceInternal   Code = "device-internal"      // 1, 2
	DeviceFile       Code = "device-file"          // 3 to 7, 26; 3 once content has come
	DeviceBusy       Code = "device-busy"          // 13, 14, 17
	DeviceIO         Code = "device-io"            // 100, 101
	DeviceSnapshot   Code = "device-snapshot"      // 102; 3 before any content has come
	HostRead         Code = "host-read"            // 103
	HostWrite        Code = "host-write"           // 104
	HostSpace        Code = "host-space"           // 105
	DeviceSpace      Code = "device-space"         // 106
	BackupVersion    Code = "backup-version"       // 203
	BackupCorrupt    Code = "backup-corrupt"       // 205, 11, 12
	DeviceLocked     Code = "passcode-not-entered" // 208
	DeviceKeyMissing Code = "device-key-missing"   // 209
	NoAccount        Code = "no-account"           // 210
	FindMyOn         Code = "find-my-on"           // 211
	DeviceDeferred   Code = "device-deferred"      // 217 to 224
	PolicyForbids    Code = "policy-forbids"       // 22
	NotABackup       Code = "not-a-backup"         // the folder holds no backup
	BackupUnfinished Code = "backup-unfinished"    // it holds one that never finished
	BackupDamaged    Code = "backup-damaged"       // it holds one that is not intact
	OlderFormat      Code = "older-format"         // it holds one of before iOS 10, which Lifeboat does not judge
	NewBackupUnfit   Code = "new-backup-unfit"     // the one that has just arrived is none that could be restored
	ProtocolRefused  Code = "protocol-refused"     // no common version of the backup protocol
)

// mobileBackup maps the phone's final ErrorCode (MBErrorDomain;
// device/PROTOCOL.md#final-codes) to a code. Numbers that are not here are
// [DeviceError]. Of 106, 209 and −36 only single reports are known, and iOS counts
// 217 to 224 as put off.
var mobileBackup = map[int]Code{
	-36: HostWrite,
	1:   DeviceInternal, 2: DeviceInternal,
	3: DeviceFile, 4: DeviceFile, 5: DeviceFile, 6: DeviceFile, 7: DeviceFile, 26: DeviceFile,
	11: BackupCorrupt, 12: BackupCorrupt,
	13: DeviceBusy, 14: DeviceBusy, 17: DeviceBusy,
	22: PolicyForbids, 25: RestoreInProgress,
	100: DeviceIO, 101: DeviceIO, 102: DeviceSnapshot,
	103: HostRead, 104: HostWrite, 105: HostSpace, 106: DeviceSpace,
	202: CancelledPhone, 203: BackupVersion, 204: BackupEmpty, 205: BackupCorrupt,
	207: PasswordWrong, 208: DeviceLocked, 209: DeviceKeyMissing, 210: NoAccount, 211: FindMyOn, 212: SetupUnfinished,
	217: DeviceDeferred, 218: DeviceDeferred, 219: DeviceDeferred, 220: DeviceDeferred,
	221: DeviceDeferred, 222: DeviceDeferred, 223: DeviceDeferred, 224: DeviceDeferred,
}

// FromMobileBackup makes the error of a final answer of mobilebackup2 with a
// non-zero number.
func FromMobileBackup(op string, number int, text string) *Error {
	code, ok := mobileBackup[number]
	if !ok {
		code = DeviceError
	}
	return &Error{Code: code, Op: op, Domain: "MBErrorDomain", Number: number, Text: text}
}

// atStart holds the numbers of mobileBackup that mean another thing while no
// content has come. 3 was seen there on iOS 15.2 with "Failed to create
// snapshot", after a run that was interrupted.
var atStart = map[int]Code{3: DeviceSnapshot}

// FromMobileBackupAtStart is FromMobileBackup for a backup of which no content
// has come yet.
func FromMobileBackupAtStart(op string, number int, text string) *Error {
	e := FromMobileBackup(op, number, text)
	if code, other := atStart[number]; other {
		e.Code = code
	}
	return e
}

// inRestore holds the numbers of mobileBackup that mean another thing in a
// restore. 102 was seen there where an earlier restore had not been followed by a
// restart: "/var/.backup.i" was there already.
var inRestore = map[int]Code{3: RestoreLeftover, 102: RestoreLeftover}

// FromRestore is FromMobileBackup for a restore.
func FromRestore(op string, number int, text string) *Error {
	e := FromMobileBackup(op, number, text)
	if code, other := inRestore[number]; other {
		e.Code = code
	}
	return e
}

// lockdown maps lockdownd's error names to codes
// (device/PROTOCOL.md#errors-of-lockdownd). Names that are not here are
// [LockdownRefused].
var lockdown = map[string]Code{
	"PasswordProtected":                   PhoneLocked,
	"EscrowLocked":                        PhoneLocked,
	"PairingDialogResponsePending":        TrustPending,
	"UserDeniedPairing":                   TrustRefused,
	"InvalidHostID":                       PairingStale,
	"MissingHostID":                       PairingStale,
	"MissingPairRecord":                   PairingStale,
	"InvalidPairRecord":                   PairingStale,
	"PairingProhibitedOverThisConnection": PairingForbidden,
	"MCProtected":                         PairingForbidden,
	"MCChallengeRequired":                 PairingForbidden,
	"FMiPProtected":                       PairingForbidden,
	"InvalidService":                      ServiceRefused,
	"MissingService":                      ServiceRefused,
	"ServiceLimit":                        ServiceRefused,
	"ServiceProhibited":                   ServiceRefused,
}

// FromLockdown makes the error of a lockdownd answer whose Error is name.
func FromLockdown(op, name string) *Error {
	code, ok := lockdown[name]
	if !ok {
		code = LockdownRefused
	}
	return &Error{Code: code, Op: op, Domain: "lockdownd", Text: name}
}

// FromStartService is FromLockdown for the answer to StartService. There
// MissingValue was seen of phones that nobody had unlocked since they were
// started: of mobilebackup2, house_arrest, diagnostics and the log.
func FromStartService(op, name string) *Error {
	e := FromLockdown(op, name)
	if name == "MissingValue" {
		e.Code = FirstUnlock
	}
	return e
}

// Codes lists every code, so that a test can see that each has its words.
func Codes() []Code {
	return []Code{
		VaultNewer, LastVerified, LayOutTaken, NotOurs,
		MuxMissing, MuxStopped, MuxDenied, MuxBadAddress, MuxUnexpected, NoPhone, PhoneNotFound,
		SeveralPhones, PhoneGone, PhoneSilent, PhoneNonsense, Cancelled, CancelledPhone, Internal,
		TrustPending, TrustRefused, PhoneLocked, FirstUnlock, SetupUnfinished, PairingStale, PairingNotSaved,
		PairingForbidden, ServiceRefused, LockdownRefused, SyncLockBusy, RestoreInProgress,
		DestMissing, DestNotFolder, DestNotAllowed, DestGuarded, DestUnreadable, DestOdd, DestFull, ExportFull, DestFailed, DestBusy,
		DestOffline, DestSmallFiles, DestUnfit, DestInBackup, PlacePending, StuckSamePlace, VersionUnknown, VersionDamaged, VersionNeeded, NothingToUndelete,
		PasswordWrong, PasswordNeeded, PasswordMismatch, PasswordEmpty, PasswordNotText, PasswordUnprintable, EncryptionForced,
		EncryptionIsOn, EncryptionIsOff, KeyringFailed, KeyringMissing, KeyringLocked, PasswordOlder,
		CloudNotProvisioned, CloudRefused, CloudUnchanged, RestartRefused,
		RestoreOtherName, RestoreLeftover, BatteryLow, BackupEmpty, SeveralBackups,
		DeviceError, DeviceInternal, DeviceIO, HostRead, HostWrite, HostSpace, BackupVersion,
		BackupCorrupt, DeviceLocked, NoAccount, FindMyOn, PolicyForbids, NotABackup,
		BackupUnfinished, BackupDamaged, OlderFormat, NewBackupUnfit, ProtocolRefused,
		DeviceFile, DeviceBusy, DeviceSnapshot, DeviceSpace, DeviceKeyMissing, DeviceDeferred,
	}
}
