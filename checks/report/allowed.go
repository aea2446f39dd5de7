package report

import (
	"cmp"
	"slices"

	"lifeboat/checks"
)

// allowed are the evidence that may go out, and the form that each must have,
// in the order in which it is shown: what several checks note, and then what
// single ones do and say so themselves. The label of each is
// "report.evidence.<label>". What is not in this table stays in.
var allowed = append([]permit{
	{"readiness", "readiness", readinessForm},
	{"PasswordProtected", "locked", yesNoForm},
	{"ActivationState", "activation", activationForm},
	{"com.apple.purplebuddy/SetupDone", "setup", yesNoForm},
	{"ProductVersion", "version", versionForm},
	{"ProductType", "model", modelForm},
	{"com.apple.mobile.backup/CloudBackupEnabled", "switch", yesNoForm},
	{"com.apple.mobile.backup/LastCloudBackupDate", "last-icloud", dateForm},
	{"com.apple.mobile.backup/LastiTunesBackupDate", "last-local", dateForm},
	{"com.apple.mobile.backup/WillEncrypt", "will-encrypt", yesNoForm},
	{"com.apple.mobile.backup/RequiresEncryption", "requires-encryption", yesNoForm},
	{"host/LastBackup", "last-here", dateForm},
	{"com.apple.mobile.iTunes/MinITunesVersion", "itunes-asked", versionForm},
	{"host/iTunes", "itunes", versionForm},
	{"com.apple.fmip/IsAssociated", "find-my", yesNoForm},
	{"com.apple.mobile.data_sync", "sync", yesNoForm},
	{"icloud/quota", "quota", numberForm},
	{"log/onWiFi", "log-wifi", yesNoForm},
	{"pcapd/packets", "packets", packetsForm},
	{"IORegistry/IO80211Channel", "channel", numberForm},
	{"com.apple.mobile.battery/ExternalConnected", "power", yesNoForm},
	{"com.apple.mobile.battery/BatteryIsCharging", "charging", yesNoForm},
	{"com.apple.mobile.battery/FullyCharged", "full", yesNoForm},
	{"com.apple.mobile.battery/BatteryCurrentCapacity", "level", numberForm},
	{"log/interrupted", "interrupted", numberForm},
	{"MCInstall/GetProfileList", "profiles", numberForm},
	{"MCInstall/Payloads", "filter-profiles", numberForm},
	{"network/paths", "paths", numberForm},
	{"MCInstall/IsSupervised", "supervised", yesNoForm},
	{"com.apple.disk_usage/AmountDataAvailable", "free", bytesForm},
	{"com.apple.disk_usage/TotalDataAvailable", "reclaimable", bytesForm},
	{"com.apple.disk_usage/AmountRestoreAvailable", "restorable", bytesForm},
	{"com.apple.disk_usage/TotalDataCapacity", "data-capacity", bytesForm},
	{"com.apple.disk_usage/TotalDiskCapacity", "disk-capacity", bytesForm},
	{"installation_proxy/apps", "apps", numberForm},
	{"afc/photos", "photos", numberForm},
	{"afc/photos/bytes", "photo-bytes", bytesForm},
	{"afc/films", "films", numberForm},
	{"afc/films/bytes", "film-bytes", bytesForm},
	{"crashreports", "crashes", numberForm},
	{"TimeIntervalSince1970/skew", "clock", spanForm},
	{"network/ClockSkew", "computer-clock", spanForm},
	{"network/Status", "status", dateForm},
	{"usbmuxd/ConnectionType", "connection", connectionForm},
	{"usbmuxd/ConnectionSpeed", "link", numberForm},
	{"host/Drops", "drops", numberForm},
	{"afc/speed", "cable", numberForm},
	{"AppleSmartBattery/AdapterDetails/Current", "adapter", numberForm},
	{"AppleSmartBattery/Temperature", "temperature", numberForm},
	{"host/Destination", "destination", kindForm},
	{"host/Writable", "writable", yesNoForm},
	{"host/FreeBytes", "host-free", bytesForm},
	{"host/FileSystem", "file-system", fileSystemForm},
	{"host/Remote", "remote", yesNoForm},
	{"log/backupd", "codes", chainForm},
	{"record/Date", "record", dateForm},
	{"record/BackupStateInfo", "record-codes", chainForm},
	{"record/FailingSince", "record-since", dateForm},
	{"record/AccountEnabledDate", "record-enabled", dateForm},
	{"record/NilBackupDateFetchDate", "record-nothing", dateForm},
	{"record/RestoreStateInfo", "record-restoring", yesNoForm},
	{"record/FetchMissingKeysAtNextUnlock", "record-unlock", yesNoForm},
	{"record/PreflightSizing", "record-size", bytesForm},
	{"record/LastOnConditionEvents", "record-longest", spanForm},
}, own()...)

// permit lets one piece of evidence out.
type permit struct {
	key, label string
	form       form
}

// own are the permits of single checks.
func own() (all []permit) {
	forms := map[checks.EvidenceForm]form{
		checks.FormBytes: bytesForm, checks.FormDate: dateForm, checks.FormNumber: numberForm, checks.FormYesNo: yesNoForm,
	}
	for _, e := range checks.OwnEvidence() {
		if f := forms[e.Form]; f != nil {
			all = append(all, permit{e.Key, e.Label, f})
		}
	}
	return all
}

// evidenceOf formats what a check looked at, as far as it may go out.
func evidenceOf(r checks.Result) []Line {
	var lines []Line
	for _, a := range allowed {
		text, ok := r.Evidence[a.key]
		if !ok {
			continue
		}
		value, ok := a.form(text)
		if !ok {
			value = form(stateForm).checked(text)
		}
		lines = append(lines, Line{Label: say("evidence." + a.label), Value: value, Detail: true})
	}
	return lines
}

// order puts the checks that matter first.
var order = []checks.Status{checks.Fail, checks.Warn, checks.Ask, checks.Unknown, checks.Pass}

func byStatus(results []checks.Result) []checks.Result {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b checks.Result) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	return sorted
}
