package checks

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// Advice is one step that a check may give, as it reads on one version of iOS.
type Advice struct {
	Check string
	Fix   Fix
}

// Explain lists every step of every check as it reads on a major version of
// iOS, for people to read in full: in the order of the checklist, and
// within a check the least disruptive first.
func Explain(major int, now time.Time) []Advice {
	var all []Advice
	for _, c := range registry() {
		seen := map[string]bool{}
		var steps []Advice
		for _, in := range troubles(major, now) {
			for _, f := range slices.Concat(c.judge(in).Fix, c.steps(in), c.saidSteps(in)) {
				if id := f.ID + words.English().Text(f.Text); !seen[id] {
					seen[id] = true
					steps = append(steps, Advice{string(c.id), f})
				}
			}
		}
		slices.SortStableFunc(steps, func(a, b Advice) int { return cmp.Compare(a.Fix.Effort, b.Fix.Effort) })
		all = append(all, steps...)
	}
	return all
}

// steps are those of the remedy, if the cause has one.
func (c cause) steps(in Input) []Fix {
	if c.remedy == nil {
		return nil
	}
	return c.remedy(in)
}

// saidSteps are those that an error text gives which says more than its cause.
func (c cause) saidSteps(in Input) []Fix {
	var all []Fix
	for _, t := range knowledge.ErrorTexts().Texts {
		if steps := saidSteps[t.Says]; steps != nil && t.Cause == string(c.id) {
			all = append(all, steps(in)...)
		}
	}
	return all
}

// troubles are phones on which everything goes wrong in one way or another,
// so that each check has to say what to do.
func troubles(major int, now time.Time) []Input {
	version := facts.Of(strconv.Itoa(major) + ".0")
	var all []Input
	add := func(in Input, trouble func(*Input)) {
		in.Now = now
		in.Phone.Version, in.Phone.Connection, in.Phone.Readiness = version, "USB", facts.Ready
		trouble(&in)
		all = append(all, in)
	}
	for _, in := range []Input{{}, worst(now), poor(now), odd(now)} {
		add(in, func(*Input) {})
	}
	for _, r := range []facts.Readiness{facts.Untrusted, facts.Locked, facts.SetupUnfinished, facts.Silent} {
		add(Input{}, func(in *Input) { in.Phone.Readiness = r })
	}
	for _, m := range []string{"iPhone8,1", "iPhone9,1", "iPhone14,6", "iPhone17,1", "iPhone19,4"} { // one of each way to restart
		add(worst(now), func(in *Input) { in.Phone.ProductType = facts.Of(m) })
		add(Input{}, func(in *Input) { in.Phone.ProductType, in.Phone.Readiness = facts.Of(m), facts.Untrusted })
	}
	for _, q := range questionDefs {
		for _, choice := range q.choices {
			add(Input{}, func(in *Input) { in.Answers = Answers{q.id: {Choice: choice, At: now}} })
		}
	}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		add(worst(now), func(in *Input) {
			in.Host.OS, in.Host.Kind, in.Host.Writable = goos, facts.Of(DestinationFolder), facts.Of(false)
		})
	}
	add(poor(now), func(in *Input) { in.Phone.BatteryTemperature = facts.Datum[float64]{} })
	add(odd(now), func(in *Input) { in.Phone.Connection = "Network" })
	add(poor(now), func(in *Input) { in.Host.Cloud = "OneDrive" })
	add(worst(now), func(in *Input) { in.Phone.Build = facts.Of("24C5073e") }) // a beta
	add(worst(now), func(in *Input) { in.Host.ITunes, in.Phone.MinITunes = facts.Of("10.1"), facts.Of("12.13.5") })
	add(worst(now), func(in *Input) {
		in.Record = facts.Datum[facts.Record]{Value: facts.Record{Of: now}, Reason: facts.RecordLocked}
	})
	for _, c := range registry() {
		if c.example != nil {
			add(worst(now), c.example)
		}
	}
	for _, kind := range []DestinationKind{DestinationNew, DestinationMissing} {
		add(worst(now), func(in *Input) { in.Host.Kind = facts.Of(kind) })
	}
	return all
}

// worst is a phone, a computer and a network on which nothing is right.
func worst(now time.Time) Input {
	return Input{
		Phone: facts.Phone{
			ProductType: facts.Of("iPhone15,2"), ActivationState: facts.Of(activated), PasscodeLocked: facts.Of(false),
			Clock: facts.Of(now), ClockSkew: facts.Of(time.Hour),
			CloudBackupEnabled: facts.Of(false), LastCloudBackup: facts.Of(now.Add(-50 * 24 * time.Hour)),
			WillEncrypt: facts.Of(true), RequiresEncryption: facts.Of(true), LastLocalBackup: facts.Gone[time.Time](),
			DiskCapacity: facts.Of(64 * gigabyte), DataCapacity: facts.Of(60 * gigabyte), DataAvailable: facts.Of(gigabyte / 2), DataReclaimable: facts.Of(gigabyte / 2),
			BatteryLevel: facts.Of(10), BatteryCharging: facts.Of(false), BatteryFull: facts.Of(false), ExternalConnected: facts.Of(false),
			FindMy: facts.Of(false), ICloudSync: facts.Of(false), SpeedBits: 12_000_000,
			BatteryTemperature: facts.Of(40.0), AdapterCurrent: facts.Of(500),
			Profiles:   facts.Of([]facts.Profile{{Name: "MDM", Organization: "Example", Locked: true, Payloads: []string{"com.apple.mdm", "com.apple.vpn.managed"}}}),
			Supervised: facts.Of(true), Organization: facts.Of("Example"),
			Deep: facts.Deep{
				Apps:       facts.Of([]facts.App{{BundleID: "com.example.chat", Name: "Chat", Bytes: 90 * gigabyte, Filters: true}}),
				Photos:     facts.Of(facts.Photos{Photos: 90_000, PhotoBytes: 200 * gigabyte}),
				Crashes:    facts.Of([]facts.Crash{{Process: "backupd", At: now.Add(-time.Hour)}, {Process: "backupd", At: now.Add(-2 * time.Hour)}}),
				Traffic:    facts.Of(facts.Traffic{Cellular: 50, Seconds: 8}),
				CableSpeed: facts.Of[int64](1_000_000),
			},
		},
		Host: Host{
			OS: "linux", Destination: "/backups", MustExist: true, Kind: facts.Of(DestinationFolder), FreeBytes: facts.Of[int64](1),
			FileSystem: facts.Of("ext4"), Remote: facts.Of(true), Writable: facts.Of(true), Drops: facts.Of(5),
		},
		Network: Network{
			Status: facts.Of(ServiceStatus{AsOf: now, Events: []ServiceEvent{{Service: "iCloud Backup", Kind: "Outage", Start: now.Add(-time.Hour), Open: true}}}),
			Paths:  facts.Of([]HostPath{{Host: "gateway.icloud.com", State: HostIntercepted, Issuer: "Example"}}),
		},
		Attempt: devicelog.Attempt{Heard: true, Conditions: devicelog.Conditions{OnWiFi: facts.Of(false), Locked: facts.Of(false)}},
	}
}

// poor is a phone on which much could get in the way, and nothing is certain.
func poor(now time.Time) Input {
	in := worst(now)
	p := &in.Phone
	p.CloudBackupEnabled, p.LastCloudBackup = facts.Of(true), facts.Of(now.Add(-5*24*time.Hour))
	p.ExternalConnected, p.BatteryLevel = facts.Of(true), facts.Of(50)
	p.ClockSkew, p.DataAvailable = facts.Of(2*time.Minute), facts.Of(2*gigabyte)
	p.SpeedBits, p.CableSpeed = 480_000_000, facts.Of[int64](7_000_000)
	p.WillEncrypt = facts.Of(false)
	in.Host.FreeBytes, in.Host.Drops = facts.Of(900*gigabyte), facts.Of(1)
	in.Network.Status.Value.Events = []ServiceEvent{{Service: "iCloud Account & Sign In", Kind: "Issue", Start: now.Add(-time.Hour), Open: true}}
	in.Network.Paths = facts.Of([]HostPath{{Host: "gateway.icloud.com", State: HostBlocked}})
	in.Local = Local{Exists: true, Finished: now.Add(-90 * 24 * time.Hour)}
	in.Attempt.Ended = now
	in.Attempt.Signs = []devicelog.Sign{{Cause: string(overnight), Count: 3, Last: now}}
	return in
}

// odd is a phone with the rarer troubles: far from its cable, of the future,
// hot or drained, or interrupted at night.
func odd(now time.Time) Input {
	in := poor(now)
	p := &in.Phone
	p.CloudBackupEnabled, p.LastCloudBackup = facts.Gone[bool](), facts.Of(now.Add(48*time.Hour))
	p.ExternalConnected, p.BatteryLevel, p.BatteryCharging = facts.Of(true), facts.Of(10), facts.Of(true)
	p.CableSpeed, p.DataCapacity = facts.Of(30*megabyte), facts.Datum[int64]{}
	in.Host.Drops, in.Host.Writable = facts.Of(0), facts.Datum[bool]{}
	in.Attempt.NextTry = now.Add(6 * time.Hour)
	return in
}

// Majors are the versions of iOS that Lifeboat's words are written for, oldest first.
func Majors() []int {
	var all []int
	for _, line := range knowledge.IOS().Lines {
		if line.Major >= oldestWorded {
			all = append(all, line.Major)
		}
	}
	return all
}

// oldestWorded is the oldest iOS whose menus are looked after.
const oldestWorded = 15
