package restore

import "lifeboat/backup"

// The phases that only a restore has. The others are those of a backup. Each has words
// at restore.phase.<phase>. They come in this order: Checking, Proving, BackingUp,
// which is left out if the person refused it, [backup.Preparing],
// [backup.WaitingPhone], Sending, [backup.Finishing], [backup.Done], when the phone
// restarts. [backup.WaitingPasscode] comes whenever the phone asks for its passcode;
// WaitingUnlock, [backup.WaitingProgram] and [backup.Settling] before it is asked.
const (
	Checking      backup.Phase = "checking"
	Proving       backup.Phase = "proving" // that the backup is intact
	BackingUp     backup.Phase = "backing-up"
	WaitingUnlock backup.Phase = "waiting-unlock" // the phone is locked
	Sending       backup.Phase = "sending"
)

// scale: nobody knows how long the parts of a restore take, so each has its percents.
var scale = backup.Scale{Shares: map[backup.Phase]backup.Share{
	Proving:          {From: 0, To: 100, Counted: true},
	Sending:          {From: 0, To: 100, Counted: true},
	backup.Finishing: {From: 0, To: 100},
}}
