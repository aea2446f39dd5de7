package backupd

import "time"

// Answer is a final answer of the agent.
type Answer struct {
	// Code is the ErrorCode; 0 means no such answer is wanted.
	Code int
	// Text is the ErrorDescription; it is left out when empty.
	Text string
}

// EntryError makes the upload of one file end with an error entry.
type EntryError struct {
	// Domain and Path name the file.
	Domain, Path string
	// Code is the final byte: 0x06 not found, 0x0B I/O error, ...
	Code byte
	// Text goes with it.
	Text string
	// AfterBytes is how much of the stored file is sent before the error.
	AfterBytes int64
}

// UploadError makes the upload of one file end with an error entry after half
// of its bytes.
type UploadError struct {
	// Nth is its number among the files of a run that are uploaded, from 1 on.
	Nth int
	// Code and Text are as in [EntryError].
	Code byte
	Text string
}

// Point is a moment of a backup. The zero value never comes.
type Point struct {
	// Message is the number of messages that were sent, from the Backup
	// request on.
	Message int
	// Share is a share of the backup; see [Faults].
	Share float64
}

// Oversized is a length that is far too large, at the first chance from a
// moment on.
type Oversized struct {
	// What is "frame", "name" (of a file on the phone), "path" (of it on the
	// host), "data" (a piece of a file) or "text" (of an error entry).
	What string
	At   Point
}

// Faults are what may go wrong with a phone, for tests of hosts. The zero
// value is a healthy phone.
//
// A share of the backup counts payload bytes and messages alike, from the
// Backup request (0) to the final answer (1).
type Faults struct {
	// DetachAt pulls the cable at this share of the backup, in the middle of
	// whatever is then under way. 0 means never; a share below 1 always comes
	// to pass before the final answer.
	DetachAt float64
	// DetachAtMessage pulls the cable right after this many messages were
	// sent, counted from the Backup request. 0 means never.
	DetachAtMessage int
	// SilentAfter stops all sending at this share of the backup and keeps the
	// connection open. 0 means never.
	SilentAfter float64
	// SilentAtMessage does so right after this many messages. 0 means never.
	SilentAtMessage int
	// CancelAt is the owner cancelling on the phone at about this share of the
	// backup: com.apple.itunes-client.syncCancelRequest, then error 202.
	CancelAt float64
	// CancelAtMessage does so at the first chance after this many messages.
	CancelAtMessage int
	// Truncate sends half of the message that is then due and closes the
	// connection.
	Truncate Point
	// Oversized announces a length of 0xFFFFFFFF and says no more.
	Oversized Oversized
	// Speed is how many bytes in a second the cable takes from the phone. 0 is
	// as fast as it goes.
	Speed int64
	// WedgedFor is how long after a broken backup the phone accepts
	// connections without a word. A host that said DLMessageDisconnect has
	// broken nothing.
	WedgedFor time.Duration
	// NoResume begins each unfinished backup again.
	NoResume bool
	// WrongKey are the paths of files that are sent encrypted with another key
	// than the list says; "Manifest.db" is the list itself. A phone that is
	// broken may do so; nothing but decrypting tells.
	WrongKey []string
	// SnapshotLeft ends each backup at its start with error 3 "File exists",
	// until [Engine.Restart].
	SnapshotLeft bool

	// AtStart is the final answer straight after a Backup request.
	AtStart Answer
	// AtEnd is the final answer after everything was sent.
	AtEnd Answer
	// ChangePassword is the answer to any ChangePassword request.
	ChangePassword Answer
	// Restore is the answer to any Restore request, straight after it, or at
	// RestoreErrorAt once the files of that moment were read.
	Restore        Answer
	RestoreErrorAt RestorePoint
	// RestoreDetach pulls the cable.
	RestoreDetach RestorePoint
	// RestoreLocked ends a restore with error 1: another one is under way.
	RestoreLocked bool
	// CloudBackup is the answer to EnableCloudBackup requests.
	CloudBackup Answer

	// FinalForm sends the final answer of a backup in a form that no phone
	// uses: see [FinalForms].
	FinalForm string

	// Entries are files whose upload fails on the phone. The manifest does
	// not name them.
	Entries []EntryError
	// Uploads are such files by their number among those that are uploaded.
	Uploads []UploadError
	// UploadErrors lets so many files fail with I/O errors, the first ones, and
	// ends the backup after all files with 104 "Multiple errors uploading
	// files".
	UploadErrors int

	// PurgeAlways sends DLMessagePurgeDiskSpace even when there is room, and
	// goes on whatever the answer.
	PurgeAlways bool
	// UnknownMessage sends a DL message that no host knows, once before and
	// once in the middle of the files, and waits for its answer.
	UnknownMessage bool
	// ExtraPing sends DLMessagePing at several places, also between a question and its answer.
	ExtraPing bool
	// StatusWithManifest asks for Status.plist and Manifest.plist in one
	// DLMessageDownloadFiles.
	StatusWithManifest bool
	// HostilePaths are host paths that must not be obeyed. Each is tried with
	// every operation before the files; the backup then goes on. See
	// [HostilePaths] and [Engine.Exchanges].
	HostilePaths []string
	// Hostile tries [HostilePaths] of this phone.
	Hostile bool
	// HugeFrame announces a frame of 0xFFFFFFFF bytes instead of the first
	// upload, and sends no more.
	HugeFrame bool
	// MixedOrder makes a backup in another order: few CreateDirectory
	// messages, files straight to their final place in odd batches, manifest
	// before the files, copies, the old message names.
	MixedOrder bool
	// FewFolders makes only those folders of files that get one, and looks into
	// no others. Older phones were seen to make fewer than all 512; whether
	// those of today make all is not known.
	FewFolders bool
	// SizesDiffer has the manifest list another Size than the content has for
	// so many files of each run, as real phones do for some thirty of a backup.
	SizesDiffer int
	// OddRows adds rows to the manifest that no document lists: flags 16 with
	// NULLs, a file and a folder without Size, a file with flags 0.
	OddRows bool
	// OldLayout sends messages with two percentages and no options.
	OldLayout bool
	// NotFull has Status.plist say of a full backup that it is none, as a real
	// first one did.
	NotFull bool
	// Announced is the share of a batch's bytes that the host is asked to
	// expect, such as 0.7; 0 is all of them.
	Announced float64
	// PercentFalls lets the percentage fall by 20 after the first files.
	PercentFalls bool
	// SendTwice sends so many files a first time with other content.
	SendTwice int
	// CompareFor is how long the phone says nothing while it compares itself
	// with the backup that is there: minutes on real phones.
	CompareFor time.Duration
	// FailClosingCheck makes the phone find the backup corrupt (error 205) in
	// its closing check, whatever the host has stored.
	FailClosingCheck bool

	// VersionMajor is the DeviceLink version to offer; 0 means that of the iOS
	// version (300 up to iOS 13, then 400).
	VersionMajor int
}
