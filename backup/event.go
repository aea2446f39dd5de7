package backup

import "time"

// Phase is what a run is doing.
type Phase string

// The phases, in the order in which they come. Encrypting comes only when a
// password is set; WaitingPasscode whenever the phone asks for its passcode.
const (
	Preparing       Phase = "preparing"
	Encrypting      Phase = "encrypting"
	WaitingPasscode Phase = "waiting-passcode"
	WaitingProgram  Phase = "waiting-program" // another program is busy with the phone
	Settling        Phase = "settling"        // the phone is finishing an interrupted session
	WaitingPhone    Phase = "waiting-phone"   // it has been asked, and gathers its files
	Comparing       Phase = "comparing"       // as before, and it compares what an interrupted run had left with them: minutes may pass in silence
	Receiving       Phase = "receiving"
	Finishing       Phase = "finishing" // writing through to the disk
	Verifying       Phase = "verifying"
	Placing         Phase = "placing"
	Done            Phase = "done"
)

// Liveness is what can be said of a phone in a running backup. One that is
// unplugged, or silent for longer than [Timeouts] allows, ends the run.
type Liveness string

// The stages of silence. A phone that is waiting for its passcode is active.
const (
	PhoneActive  Liveness = "active"
	PhoneQuiet   Liveness = "quiet"   // silent, but connected: it gathers files, mostly
	PhoneStalled Liveness = "stalled" // silent for so long that something may be wrong
)

// Event is how far a run is: a backup, or a restore (package restore).
type Event struct {
	Phase Phase
	// Percent is of the whole backup, 0 to 100, never going back, or of the phase of a
	// restore; -1 while unknown.
	Percent float64
	// Bytes and Files count what the phase has received, verified or sent. The
	// totals are 0 while unknown, as they are until a phone has sent all.
	Bytes, BytesTotal int64
	Files, FilesTotal int
	// Expected is how many bytes the phone should send in all, by the percent that
	// it says to have done; 0 while too little has come to say it.
	Expected int64
	// Rate is in bytes a second, smoothed; 0 while unknown.
	Rate float64
	// Left is the time that the rest should take, of the backup or of the phase of a
	// restore; -1 while unknown.
	Left time.Duration
	// Passcode: the phone asks for its passcode right now.
	Passcode bool
	// Quiet is how long the phone has said nothing, from half a minute on.
	Quiet time.Duration
	// Liveness is "" while the phone is not needed.
	Liveness Liveness
	// BlockedBy names the programs that may keep the phone busy in
	// [WaitingProgram], as far as they are known: "iTunes".
	BlockedBy string
	// Note is the name of a file that the phone could not read, once for each.
	Note string
	// First is how far the backup is that a restore makes first; nil otherwise.
	First *Event
}
