package phonesim

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// Memory is what the phone remembers of its iCloud backups, in files that
// every backup to a computer holds. The zero Memory is a phone without them.
type Memory struct {
	// Kept: the files are there.
	Kept bool
	// Failures are the errors of the last tries, oldest first, each as a chain
	// of codes. The first is that of all nights before, back to the last backup that finished.
	Failures [][]MemoryCode
	// Ago is when the last try was; zero is the last night.
	Ago time.Duration
	// Longest is the longest time in which the phone was ready for a backup, one night
	// like the other; zero is six hours. Lost is what ended it: "power", "wifi" or "lock".
	Longest time.Duration
	Lost    string
	// AwaitsUnlock: keys are missing until the phone is unlocked.
	AwaitsUnlock bool
	// Restoring: a restore from iCloud began and never ended.
	Restoring bool
	// Sizes are what the last try meant to save, by domain; nil is what is on the phone.
	Sizes map[string]int64
	// Odd is a record of another shape: "" for none, "damaged", "types", "empty" or "newer".
	Odd string
	// Marker is a text that stands in the record, so that tests can look for it.
	Marker string
}

// MemoryCode is one link of a chain of errors.
type MemoryCode struct {
	Domain string
	Number int
}

const (
	memoryPath   = "Library/Preferences/com.apple.MobileBackup.plist"
	lockdownPath = "Library/Preferences/com.apple.mobile.ldbackup.plist"
	memoryKept   = 10 // outcomes and spells
)

// MemoryFiles are the files of what the phone remembers at a moment, in the
// form that its version of iOS has.
func (c *Config) MemoryFiles(now time.Time) ([]content.Extra, error) {
	m := &c.Memory
	if !m.Kept {
		return nil, nil
	}
	major, err := majorVersion(c.Version)
	if err != nil {
		return nil, err
	}
	now = now.UTC().Truncate(time.Second)
	own, err := plist.Marshal(m.state(c, major, now), plist.BinaryFormat)
	if err != nil {
		return nil, err
	}
	switch m.Odd {
	case "damaged":
		own = own[:len(own)/2]
	case "empty":
		own = nil
	}
	backupKeys, err := plist.Marshal(m.lockdownValues(c), plist.BinaryFormat)
	if err != nil {
		return nil, err
	}
	return []content.Extra{
		{Domain: "HomeDomain", Path: memoryPath, Data: own, ModTime: now},
		{Domain: "HomeDomain", Path: lockdownPath, Data: backupKeys, ModTime: now},
	}, nil
}

// lockdownValues is what lockdownd keeps.
func (m *Memory) lockdownValues(c *Config) map[string]any {
	d := map[string]any{"Version": "2.0", "RequiresEncryption": 0}
	if c.ICloud.Switch != Absent {
		d["CloudBackupEnabled"] = c.ICloud.Switch == On
	}
	if !c.ICloud.LastBackup.IsZero() {
		d["LastCloudBackupDate"] = c.ICloud.LastBackup.Unix() - 978307200
		d["LastCloudBackupTZ"] = c.ICloud.Zone
	}
	return d
}

// state is what backupd keeps.
func (m *Memory) state(c *Config, major int, now time.Time) map[string]any {
	d := map[string]any{
		"RemoteConfiguration": map[string]any{
			"BackupPeriod": []string{"86400.0"}, "BackupWarningPeriod": []string{"1209600.0"},
			"LocalSnapshotsDisabled": []string{"0"},
		},
		"SyncZoneFetched":                      true,
		"FetchMissingKeysAtNextUnlock":         m.AwaitsUnlock,
		"NotifyDaemonNextTimeKeyBagIsUnlocked": m.AwaitsUnlock,
		"LastOnConditionEvents":                m.spells(major, now),
		"AccountEnabledDate":                   now.AddDate(-1, 0, 0),
		"PreflightSizing":                      m.preflight(c),
	}
	if m.Marker != "" {
		d["RemoteConfigurationBuildVersion"] = m.Marker
	}
	errors, last := m.errors(c, major, now)
	info := map[string]any{
		"state": 4, "progress": 1.0, "isCloud": true, "isBackground": true, "estimatedTimeRemaining": 0,
		"date": now.Add(-time.Minute), "errors": errors,
	}
	if last != nil {
		info["state"], info["progress"], info["error"] = 6, 0.3, last
	}
	if major >= 18 {
		info["backupAttemptCount"] = len(m.Failures)
	}
	d["BackupStateInfo"] = info
	if m.Restoring {
		d["RestoreInfo"] = map[string]any{
			"RestoreDate": now.AddDate(0, 0, -6), "WasCloudRestore": true, "BackupBuildVersion": c.Build, "DeviceBuildVersion": c.Build,
		}
		d["RestoreStateInfo"] = map[string]any{
			"state": 2, "progress": 0.8, "isCloud": true, "isBackground": true, "estimatedTimeRemaining": 0, "date": now.AddDate(0, 0, -6),
		}
	}
	if c.ICloud.LastBackup.IsZero() && len(m.Failures) > 0 {
		d["NilBackupDateFetchDate"] = now.Add(-10 * time.Hour)
	}
	m.distort(d, info)
	return d
}

// distort makes the record one of a shape that nobody has seen.
func (m *Memory) distort(d, info map[string]any) {
	switch m.Odd {
	case "types":
		info["errors"] = "none"
		d["PreflightSizing"], d["LastOnConditionEvents"], d["AccountEnabledDate"] = []string{"x"}, 7, "yesterday"
	case "newer":
		delete(d, "BackupStateInfo")
		delete(d, "PreflightSizing")
		delete(d, "LastOnConditionEvents")
		d["BackupHistory"] = []any{map[string]any{"outcome": "failed"}}
	}
}

// errors are the outcomes of the last nights, oldest first, and the last one
// if it is a failure.
func (m *Memory) errors(c *Config, major int, now time.Time) (all []any, last map[string]any) {
	ago := m.Ago
	if ago == 0 {
		ago = 9 * time.Hour
	}
	end := now.Add(-ago)
	for n := range memoryKept {
		at := end.AddDate(0, 0, -n)
		switch {
		case len(m.Failures) == 0 || !c.ICloud.LastBackup.IsZero() && at.Before(c.ICloud.LastBackup.Add(time.Hour)):
			if c.ICloud.LastBackup.IsZero() {
				continue
			}
			if len(m.Failures) == 0 {
				at = c.ICloud.LastBackup.AddDate(0, 0, -n)
			}
			all = append(all, m.dict([]MemoryCode{{"MBErrorDomain", 0}}, c, major, at))
		default:
			one := m.dict(m.Failures[max(0, len(m.Failures)-1-n)], c, major, at)
			if n == 0 {
				last = one
			}
			all = append(all, one)
		}
	}
	slices.Reverse(all)
	return all, last
}

// dict is an error as the phone writes it.
func (m *Memory) dict(chain []MemoryCode, c *Config, major int, at time.Time) map[string]any {
	d := map[string]any{"domain": chain[0].Domain, "code": chain[0].Number, "localizedDescription": "Backup failed"}
	if chain[0].Number == 0 {
		d["localizedDescription"] = "Backup succeeded"
	}
	if !at.IsZero() {
		d["date"] = at.UTC().Truncate(time.Second)
		if major >= 26 {
			d["BuildVersion"] = c.Build
		}
	}
	if len(chain) > 1 {
		below := m.dict(chain[1:], c, major, time.Time{})
		if d["underlyingError"] = below; major >= 18 && chain[0].Number == 2 {
			delete(d, "underlyingError")
			d["underlyingErrors"] = []any{below}
		}
	}
	return d
}

// spells are the times in which the phone was ready for a backup.
func (m *Memory) spells(major int, now time.Time) []string {
	longest := m.Longest
	if longest == 0 {
		longest = 6 * time.Hour
	}
	var all []string
	for n := memoryKept - 1; n >= 0; n-- {
		began := now.Add(-m.Ago).AddDate(0, 0, -n).Add(-15 * time.Hour)
		power, locked, wifi := 1, 0, 1
		switch m.Lost {
		case "power":
			power, locked = 0, 1
		case "wifi":
			locked, wifi = 1, 0
		}
		line := fmt.Sprintf("%s|%.3f|1|%d|%d|%d|1|0|120|0|9945|0||0|1|0|0",
			began.Format("2006-01-02T15:04:05.000-07:00"), (longest - time.Duration(n)*time.Second).Seconds(), power, locked, wifi)
		if major >= 18 {
			line += "|0|0"
		}
		all = append(all, line)
	}
	return all
}

// preflight is what the last try meant to save.
func (m *Memory) preflight(c *Config) map[string]any {
	sizes := m.Sizes
	if sizes == nil {
		sizes = map[string]int64{"HomeDomain": 310_000_000, "KeyboardDomain": 2_535_424, "MediaDomain": 900_000_000}
		if n := int64(c.Photos.Count)*c.Photos.Size + int64(c.Movies.Count)*c.Movies.Size; n > 0 {
			sizes["CameraRollDomain"] = n
		}
		for _, app := range c.Apps {
			sizes["AppDomain-"+app.BundleID] = app.Dynamic
		}
	}
	d, total := map[string]any{}, int64(0)
	for _, domain := range slices.Sorted(maps.Keys(sizes)) {
		d[domain] = sizes[domain]
		total += sizes[domain]
	}
	d["_TotalSize"] = total
	return d
}

// memoryCode is a code as the setting has it: "MBErrorDomain:303".
var memoryCode = regexp.MustCompile(`^([A-Za-z0-9.]{1,80}):(-?[0-9]{1,9})$`)

// setMemory reads what the phone remembers, item by item.
func setMemory(c *Config, v string) error {
	m := &c.Memory
	for item := range strings.SplitSeq(v, ",") {
		name, value, _ := strings.Cut(item, "=")
		var err error
		switch name {
		case "success":
		case "quota":
			m.Failures = append(m.Failures, []MemoryCode{{"MBErrorDomain", 303}, {"CKErrorDomain", 25}})
		case "unlock":
			m.AwaitsUnlock = true
			m.Failures = append(m.Failures, []MemoryCode{{"MBErrorDomain", 209}})
		case "restoring":
			m.Restoring = true
		case "damaged", "types", "empty", "newer":
			m.Odd = name
		case "ago":
			m.Ago, err = parseSpan(value)
		case "longest":
			m.Longest, err = parseSpan(value)
		case "lost":
			if m.Lost = value; value != "power" && value != "wifi" && value != "lock" {
				err = fmt.Errorf("not power, wifi or lock")
			}
		case "marker":
			m.Marker = value
		default:
			var chain []MemoryCode
			if chain, err = parseChain(item); err == nil {
				m.Failures = append(m.Failures, chain)
			}
		}
		if err != nil {
			return fmt.Errorf("%q: %w", item, err)
		}
	}
	m.Kept = true
	return nil
}

func parseChain(text string) ([]MemoryCode, error) {
	var chain []MemoryCode
	for link := range strings.SplitSeq(text, ">") {
		parts := memoryCode.FindStringSubmatch(link)
		if parts == nil {
			return nil, fmt.Errorf("not success, quota, unlock, restoring, damaged, types, empty, newer, ago=SPAN, longest=SPAN, lost=WHAT, nor codes such as MBErrorDomain:2>CKErrorDomain:25")
		}
		number, err := strconv.Atoi(parts[2])
		if err != nil {
			return nil, err
		}
		chain = append(chain, MemoryCode{parts[1], number})
	}
	return chain, nil
}
