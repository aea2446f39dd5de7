package checks

import (
	"fmt"
	"strconv"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Names of the data as the phone calls them: a key of lockdownd's root
// domain, or "domain/key".
const (
	keyReadiness       = "readiness" // our own name: no single key holds it
	keyActivation      = "ActivationState"
	keyPasscodeLocked  = "PasswordProtected"
	keySetup           = "com.apple.purplebuddy/SetupDone"
	keyVersion         = "ProductVersion"
	keyBuild           = "BuildVersion"
	keyModel           = "ProductType"
	keyCloudEnabled    = "com.apple.mobile.backup/CloudBackupEnabled"
	keyLastCloud       = "com.apple.mobile.backup/LastCloudBackupDate"
	keyWillEncrypt     = "com.apple.mobile.backup/WillEncrypt"
	keyRequires        = "com.apple.mobile.backup/RequiresEncryption"
	keyLastLocal       = "com.apple.mobile.backup/LastiTunesBackupDate"
	keyExternal        = "com.apple.mobile.battery/ExternalConnected"
	keyCharging        = "com.apple.mobile.battery/BatteryIsCharging"
	keyFull            = "com.apple.mobile.battery/FullyCharged"
	keyLevel           = "com.apple.mobile.battery/BatteryCurrentCapacity"
	keyDataAvailable   = "com.apple.disk_usage/AmountDataAvailable"
	keyReclaimable     = "com.apple.disk_usage/TotalDataAvailable"
	keyRestorable      = "com.apple.disk_usage/AmountRestoreAvailable"
	keyDataCapacity    = "com.apple.disk_usage/TotalDataCapacity"
	keyDiskCapacity    = "com.apple.disk_usage/TotalDiskCapacity"
	keyHostFree        = "host/FreeBytes"
	keyHostFileSystem  = "host/FileSystem"
	keyHostRemote      = "host/Remote"
	keyHostWritable    = "host/Writable"
	keyHostDestination = "host/Destination"
	keyClock           = "TimeIntervalSince1970"
	keyClockSkew       = "TimeIntervalSince1970/skew" // from this computer's clock
	keyCrashes         = "crashreports"
	keyStatus          = "network/Status"
	keyConnection      = "usbmuxd/ConnectionType"
	keyLinkSpeed       = "usbmuxd/ConnectionSpeed" // bit/s
	keyDrops           = "host/Drops"
	keyCableSpeed      = "afc/speed"                                // bytes a second
	keyAdapter         = "AppleSmartBattery/AdapterDetails/Current" // mA
	keyTemperature     = "AppleSmartBattery/Temperature"            // degrees Celsius
	keyHostLast        = "host/LastBackup"
	keyHostITunes      = "host/iTunes"
	keyMinITunes       = "com.apple.mobile.iTunes/MinITunesVersion"
	keyApps            = "installation_proxy/apps"
	keyPhotos          = "afc/photos"
	keyMovies          = "afc/films"
	keyHostSkew        = "network/ClockSkew" // of this computer
	maxEvidence        = 64                  // characters of any one value
)

// EvidenceForm is what a value has to look like before a report shows it; a
// value of another form stays in.
type EvidenceForm string

// The forms.
const (
	Private    EvidenceForm = "" // stays in
	FormBytes  EvidenceForm = "bytes"
	FormDate   EvidenceForm = "date"
	FormNumber EvidenceForm = "number"
	FormYesNo  EvidenceForm = "yes-no"
)

// Evidence is a key of [Result.Evidence] that only one cause notes. Where a report
// may show it, it is called "report.evidence.<Label>" there.
type Evidence struct {
	Key, Label string
	Form       EvidenceForm
}

// OwnEvidence lists what single causes note, in the order of the checklist.
func OwnEvidence() (all []Evidence) {
	for _, c := range registry() {
		all = append(all, c.evidence...)
	}
	return all
}

// evidence collects what a check looked at.
type evidence map[string]string

// note adds one datum, its value or why there is none, and returns the value and
// whether it was read.
func note[T any](e evidence, key string, d facts.Datum[T]) (value T, known bool) {
	switch {
	case d.State == facts.Read:
		e[key] = plain(d.Value)
	case d.Reason == "" || d.State == facts.Absent:
		e[key] = d.State.String()
	default:
		e[key] = d.State.String() + ": " + tidy(d.Reason)
	}
	return d.Known()
}

// count is how many a list has, with the state of the list.
func count[T any](d facts.Datum[[]T]) facts.Datum[int] {
	return facts.Datum[int]{Value: len(d.Value), State: d.State, Reason: d.Reason}
}

// awaited says that a datum takes long to read and is on its way.
func awaited[T any](d facts.Datum[T]) bool {
	return d.State == facts.NotRead && d.Reason == facts.Pending
}

// plain writes a value so that it reads the same in every language.
func plain(v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case bool:
		return strconv.FormatBool(v)
	}
	return tidy(fmt.Sprint(v))
}

// tidy keeps what a phone sends short and printable.
func tidy(s string) string { return words.Brief(s, maxEvidence) }
