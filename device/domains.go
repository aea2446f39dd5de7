package device

import (
	"context"
	"strings"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/safeplist"
)

// Domains of lockdownd that the facts come from.
const (
	domainRoot    = ""
	domainBackup  = "com.apple.mobile.backup"
	domainDisk    = "com.apple.disk_usage"
	domainBattery = "com.apple.mobile.battery"
	domainFindMy  = "com.apple.fmip"
	domainSync    = "com.apple.mobile.data_sync"
	domainSetup   = "com.apple.purplebuddy"
	domainITunes  = "com.apple.mobile.iTunes"
)

// questions are the domains that are read beside the root domain, each as a
// whole ("") or by a single key. com.apple.fmip answers nothing unless it is
// asked for the key (checks/SIGNALS.md#lockdownd).
var questions = map[string]string{
	domainBackup: "", domainDisk: "", domainBattery: "", domainSync: "",
	domainFindMy: "IsAssociated", domainSetup: "SetupDone", domainITunes: "MinITunesVersion",
}

// domain is the answer of a phone about one domain.
type domain struct {
	values map[string]any
	err    error
}

// readDomains asks all questions.
func (s *session) readDomains(ctx context.Context) map[string]domain {
	answers := map[string]domain{}
	for name, key := range questions {
		d := s.readDomain(ctx, name, key)
		if d.err != nil {
			s.phone.mux.log.Info("domain not read", "domain", name, "error", d.err)
		}
		answers[name] = d
	}
	return answers
}

func (s *session) readDomain(ctx context.Context, name, key string) domain {
	if key == "" {
		values, err := s.values(ctx, name)
		return domain{values, err}
	}
	v, err := s.value(ctx, name, key)
	if v == nil {
		return domain{err: err}
	}
	return domain{values: map[string]any{key: v}}
}

func fillRoot(f *facts.Phone, root rootReading) {
	d := root.domain
	f.Name = datum(d, "DeviceName", asName)
	f.ProductType = datum(d, "ProductType", asText)
	f.Version = datum(d, "ProductVersion", asText)
	f.Build = datum(d, "BuildVersion", asText)
	f.ActivationState = datum(d, "ActivationState", asText)
	f.PasscodeLocked = datum(d, "PasswordProtected", safeplist.Bool)
	f.Clock = datum(d, "TimeIntervalSince1970", asUnix)
	f.ClockSkew = datum(d, "TimeIntervalSince1970", func(v any) (time.Duration, bool) {
		t, ok := asUnix(v)
		return t.Sub(root.at), ok
	})
}

func fillBackup(f *facts.Phone, d domain) {
	f.CloudBackupEnabled = datum(d, "CloudBackupEnabled", safeplist.Bool)
	f.LastCloudBackup = datum(d, "LastCloudBackupDate", asDate)
	f.WillEncrypt = datum(d, "WillEncrypt", safeplist.Bool)
	f.RequiresEncryption = datum(d, "RequiresEncryption", safeplist.Bool)
	f.LastLocalBackup = datum(d, "LastiTunesBackupDate", asDate)
}

func fillDisk(f *facts.Phone, d domain) {
	f.DiskCapacity = datum(d, "TotalDiskCapacity", asSize)
	f.DataCapacity = datum(d, "TotalDataCapacity", asSize)
	f.DataAvailable = datum(d, "AmountDataAvailable", asSize)
	f.DataReclaimable = datum(d, "TotalDataAvailable", asSize)
	f.RestoreAvailable = datum(d, "AmountRestoreAvailable", asSize)
}

func fillBattery(f *facts.Phone, d domain) {
	f.BatteryLevel = datum(d, "BatteryCurrentCapacity", asPercent)
	f.BatteryCharging = datum(d, "BatteryIsCharging", safeplist.Bool)
	f.BatteryFull = datum(d, "FullyCharged", safeplist.Bool)
	f.ExternalConnected = datum(d, "ExternalConnected", safeplist.Bool)
}

// fillAccount fills in the two signs of an iCloud account
// (checks/SIGNALS.md#apple-account).
func fillAccount(f *facts.Phone, findMy, sync domain) {
	f.FindMy = datum(findMy, "IsAssociated", safeplist.Bool)
	f.ICloudSync = syncsToICloud(sync)
}

// syncsToICloud looks for iCloud among the accounts that hold contacts and
// the like: each kind of data is a dictionary whose Sources and AccountNames
// list them.
func syncsToICloud(d domain) facts.Datum[bool] {
	if d.err != nil {
		return unread[bool](d.err)
	}
	found := facts.Gone[bool]()
	for _, kind := range []string{"Contacts", "Calendars", "Notes", "Bookmarks"} {
		about, ok := d.values[kind].(map[string]any)
		if !ok {
			continue
		}
		if namesICloud(about["Sources"]) || namesICloud(about["AccountNames"]) {
			return facts.Of(true)
		}
		found = facts.Of(false)
	}
	return found
}

// namesICloud reports whether v, a text or a list of them, names iCloud.
func namesICloud(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.EqualFold(v, "iCloud")
	case []any:
		for _, name := range v {
			if s, ok := name.(string); ok && strings.EqualFold(s, "iCloud") {
				return true
			}
		}
	}
	return false
}
