package facts

import "time"

// Pending is the Reason of a datum that is still being read: it takes long,
// and the checklist does not wait for it.
const Pending = "pending"

// NoMovie is the Reason of a cable's speed that was not measured because the
// phone holds no film that takes long enough to read.
const NoMovie = "no-movie"

// Deep is what takes seconds to minutes to read. Each datum arrives by
// itself; until then it is NotRead for the Reason [Pending].
type Deep struct {
	Apps    Datum[[]App]
	Photos  Datum[Photos]
	Crashes Datum[[]Crash]
	Traffic Datum[Traffic]
	// CableSpeed is what the cable really carries, in bytes a second,
	// measured by reading a film from the phone for a few seconds.
	CableSpeed Datum[int64]
}

// PendingDeep is a Deep whose every datum is still being read.
func PendingDeep() Deep {
	return Deep{
		Apps: Datum[[]App]{Reason: Pending}, Photos: Datum[Photos]{Reason: Pending},
		Crashes: Datum[[]Crash]{Reason: Pending}, Traffic: Datum[Traffic]{Reason: Pending},
		CableSpeed: Datum[int64]{Reason: Pending},
	}
}

// App is an app that the user installed.
type App struct {
	BundleID, Name string
	// Bytes is what its documents and data take (DynamicDiskUsage), an upper
	// bound of what a backup holds of it. The app itself is not backed up.
	Bytes int64
	// Filters says that the app may route or filter the phone's traffic: a
	// VPN, a DNS or a content filter, by its entitlements. It need not be on.
	Filters bool
}

// Photos is what lies in the phone's folder of photos and films. With iCloud
// Photos it can be less than the library.
type Photos struct {
	Photos, Movies         int // how many files
	PhotoBytes, MovieBytes int64
	Incomplete             bool // there were more than were counted
	LargestMovie           string
	LargestMovieBytes      int64
}

// Crash is one crash report of a program that has to do with backups, known
// by its file name only.
type Crash struct {
	Process string // "backupd", "cloudd"; "JetsamEvent" and "panic-full" for those of the system
	At      time.Time
}

// Traffic counts the packets that the phone sent and received in a few
// seconds, by kind of interface. Nothing of them is kept.
type Traffic struct {
	WiFi, Cellular, Tunnel int
	Seconds                int
}

// Profile is an installed configuration profile.
type Profile struct {
	Name, Organization string
	Locked             bool // the user may not remove it
	// Payloads are its payload types, such as "com.apple.vpn.managed"; empty
	// where the phone does not tell them.
	Payloads []string
}

// LogLine is one line of the phone's own log.
type LogLine struct {
	At      time.Time // the phone's clock; this computer's where the line has none
	Process string
	Text    string
}
