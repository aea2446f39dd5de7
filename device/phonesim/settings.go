package phonesim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/lockdownd"
)

// Setting is one thing that can be set about a phone by name and text: the
// flags of cmd/phonesim, and the tables of tests that speak of those flags.
type Setting struct {
	Name string
	// Value names what is to be given, "" for a switch that needs nothing.
	Value, Help string
	set         func(*Config, string) error
}

// Set sets one thing by the name and text of its flag, such as
// Set("battery", "12") or Set("icloud", "off").
func (c *Config) Set(name, value string) error {
	for _, s := range settings {
		if s.Name == name {
			if err := s.set(c, value); err != nil {
				return fmt.Errorf("%s %q: %w", name, value, err)
			}
			return nil
		}
	}
	return fmt.Errorf("there is no setting %q", name)
}

// Settings are all the things that can be set.
func Settings() []Setting { return settings }

var settings = []Setting{
	{"udid", "UDID", "identifier: 40 hex digits, or 8-16", text(func(c *Config) *string { return &c.UDID })},
	{"name", "NAME", "name of the phone", text(func(c *Config) *string { return &c.Name })},
	{"model", "TYPE", "model, such as iPhone15,2, iPad15,7 or iPod9,1", text(func(c *Config) *string { return &c.ProductType })},
	{"ios", "VERSION", "version of iOS, such as 18.4.1", setVersion},
	{"build", "BUILD", "build of iOS (default: the one of the version)", text(func(c *Config) *string { return &c.Build })},
	{"beta", "", "a beta of that version: its build has the form of one", flag(func(c *Config) *bool { return &c.Beta })},
	{"connection", "HOW", "USB, Network or Both", oneOf(func(c *Config) *string { return &c.Connection }, "USB", "Network", "Both")},
	{"speed", "BITS", "speed of the cable in bit/s, such as 480M or 5G", size(func(c *Config) *int64 { return &c.Speed })},
	{"locked", "", "the phone asks for its passcode", flag(func(c *Config) *bool { return &c.Locked })},
	{"first-unlock", "STATE", "done, or pending: nobody has unlocked the phone since it was started, and no service starts", choice(map[string]bool{"pending": true, "done": false}, func(c *Config) *bool { return &c.AwaitsFirstUnlock })},
	{"activation", "STATE", "Activated or Unactivated", oneOf(func(c *Config) *string { return &c.ActivationState }, "Activated", "Unactivated")},
	{"setup-unfinished", "", "Setup Assistant is not finished", flag(func(c *Config) *bool { return &c.SetupUnfinished })},
	{"find-my", "", "signed in to iCloud with Find My on", flag(func(c *Config) *bool { return &c.FindMy })},
	{"data-sync", "WHERE", "contacts, calendars, notes and bookmarks are kept in: icloud or none", choice(map[string]bool{"icloud": true, "none": false}, func(c *Config) *bool { return &c.SyncsToICloud })},
	{"battery", "PERCENT", "battery level", setBattery},
	{"charging", "", "the battery is charging", flag(func(c *Config) *bool { return &c.Battery.Charging })},
	{"external", "", "the cable gives power", flag(func(c *Config) *bool { return &c.Battery.External })},
	{"full", "", "the battery is full", flag(func(c *Config) *bool { return &c.Battery.Full })},
	{"adapter", "MILLIAMPS", "what the charger offers", number(1, 20_000, func(c *Config) *int { return &c.Battery.Adapter })},
	{"temperature", "CELSIUS", "of the battery, such as 38.5", setTemperature},
	{"battery-health", "PERCENT", "what is left of the battery's capacity", number(1, 120, func(c *Config) *int { return &c.Battery.Health })},
	{"icloud", "STATE", "iCloud Backup switch: on, off or absent", setICloud},
	{"last-icloud", "WHEN", "last iCloud backup: a date, 9h-ago, 3d-ago or never", when(func(c *Config) *time.Time { return &c.ICloud.LastBackup })},
	{"last-local", "WHEN", "last backup to a computer, likewise", when(func(c *Config) *time.Time { return &c.LastLocalBackup })},
	{"disk", "SIZE", "capacity of the phone, such as 128GB", size(func(c *Config) *int64 { return &c.Disk.Capacity })},
	{"disk-free", "SIZE", "free space on the phone", size(func(c *Config) *int64 { return &c.Disk.Available })},
	{"disk-purgeable", "SIZE", "what iOS could free beyond (TotalDataAvailable tells both)", size(func(c *Config) *int64 { return &c.Disk.Purgeable })},
	{"disk-restorable", "SIZE", "what is free for a restore (AmountRestoreAvailable)", size(func(c *Config) *int64 { return &c.Disk.Restorable })},
	{"cloud-switch", "ANSWER", "switching iCloud Backup from a computer: ok, forbidden, no-account, not-provisioned or silent", choice(cloudSwitches, func(c *Config) *CloudSwitch { return &c.CloudSwitch })},
	{"wifi", "NAME", "network that the phone is in, none, or hidden: its chip does not tell", setWiFi},
	{"traffic", "LIST", "packets per second of network interfaces, such as en0:40,pdp_ip0:3,utun2:1, or none", setTraffic},
	{"app", "APP", "one more app: BUNDLE|NAME|STATICSIZE|DYNAMICSIZE[|ENTITLEMENT,...] with " + entitlementNames(), setApp},
	{"apps", "N@SIZE", "N more apps with about SIZE of data each", setApps},
	{"no-apps", "", "no apps but those that are set after this", setNoApps},
	{"photos", "N@SIZE", "N photos of SIZE in the media folder", many(func(c *Config) *Media { return &c.Photos })},
	{"movies", "N@SIZE", "N movies, likewise", many(func(c *Config) *Media { return &c.Movies })},
	{"log", "FILE", "script of the device log", setLog},
	{"crash", "PROCESS@AGE", "one more crash, such as backupd@3d, JetsamEvent@1d or panic-full@2d", setCrash},
	{"requires-encryption", "", "a profile demands encrypted backups", flag(func(c *Config) *bool { return &c.RequiresEncryption })},
	{"supervised", "ORGANIZATION", "managed by this organization", setSupervised},
	{"profile", "PROFILE", "one more profile: ID|NAME|ORGANIZATION[|locked][|PAYLOADTYPE,...]", setProfile},
	{"allow-pairing", "", "the rules of the phone allow computers (default true)", setAllowPairing},
	{"trust", "HOW", "trust dialog: yes, pending (for ever), pending=N requests, after=DURATION, refuse, or locked", setTrust},
	{"passcode", "HOW", "backup asks for the passcode: none, DURATION until it is entered, or refuse (after a DURATION given before it)", setPasscode},
	{"passcode-after", "DURATION", "the passcode is asked for so long after the request (1s to 2s on real phones)", span(func(c *Config) *time.Duration { return &c.Passcode.After })},
	{"kdf-rounds", "N", "rounds of a backup password's derivation, or real (10,000,000)", setRounds},
	{"icloud-memory", "WHAT", "what the phone remembers of its iCloud backups, in a backup to a computer: success, quota, unlock, restoring or codes such as MBErrorDomain:2>CKErrorDomain:25, one try after the other with commas; ago=, longest= and lost=; damaged, types, empty or newer", setMemory},
	{"content", "DIR", "what is on the phone: DIR/<Domain>/<path>", setContent},
	{"app-data", "WHAT", "what Photos, Messages and other apps keep, in the form of the version: demo, for people to look at, or nasty, for programs to stumble over", oneOf(func(c *Config) *string { return &c.AppData }, "demo", "nasty")},
	{"change", "N", "N files have other bytes than the content says", number(0, maxEdited, func(c *Config) *int { return &c.Edits.Changed })},
	{"add", "N", "N more files are there", number(0, maxEdited, func(c *Config) *int { return &c.Edits.Added })},
	{"delete", "N", "N files are not there", number(0, maxEdited, func(c *Config) *int { return &c.Edits.Removed })},
	{"edit-seed", "SEED", "which files --change and --delete hit", seed(func(c *Config) *int64 { return &c.EditSeed })},
	{"no-resume", "", "the phone starts each unfinished backup over", flag(func(c *Config) *bool { return &c.Faults.Backup.NoResume })},
	{"value", "NAME=VALUE", "a lockdown value that is another than usual, such as /BuildVersion=23C5027f: domain/key or /key; true, false, a number or text", setValue},
	{"omit", "NAMES", "lockdown values that are missing: domain/key,/key,…", names(func(c *Config) *[]string { return &c.Omit })},
	{"refuse", "NAMES", "lockdown values that are withheld, likewise", names(func(c *Config) *[]string { return &c.Refuse })},
	{"no-service", "SERVICE", "a service that the phone does not have", setNoService},
	{"no-os-trace", "", "no os_trace_relay, as on old phones", setNoTrace},
	{"clock", "SPAN", "the phone's clock is off by so much, such as +10m or -3h", setClock},
	{"latency", "DURATION", "everything is answered so much later", span(func(c *Config) *time.Duration { return &c.Latency })},
	{"media-latency", "DURATION", "requests for photos and videos are answered so much later", span(func(c *Config) *time.Duration { return &c.MediaLatency })},
	{"fault", "FAULT", "what goes wrong: " + faultNames(), setFault},
	{"replug-after", "DURATION", "plug the phone in again after it left by itself", span(func(c *Config) *time.Duration { return &c.ReplugAfter })},
}

// maxEdited bounds --change, --add and --delete, each.
const maxEdited = 1_000_000

func setVersion(c *Config, v string) error {
	_, err := majorVersion(v)
	c.Version = v
	return err
}

func setBattery(c *Config, v string) error {
	n, err := strconv.Atoi(strings.TrimSuffix(v, "%"))
	if err != nil || n < 0 || n > 100 {
		return fmt.Errorf("not a number of percent from 0 to 100")
	}
	c.Battery.Level, c.Battery.Full = n, n == 100
	return nil
}

func setICloud(c *Config, v string) error {
	state, ok := map[string]Switch{"on": On, "off": Off, "absent": Absent}[v]
	if !ok {
		return fmt.Errorf("not on, off or absent")
	}
	c.ICloud.Switch = state
	return nil
}

func setSupervised(c *Config, v string) error {
	c.Supervised, c.Organization = true, v
	return nil
}

func setTrust(c *Config, v string) error {
	how, argument, given := strings.Cut(v, "=")
	switch {
	case v == "yes":
		c.Trust = lockdownd.Trust{Mode: lockdownd.Accept}
	case v == "refuse":
		c.Trust = lockdownd.Trust{Mode: lockdownd.Refuse}
	case v == "locked":
		c.Trust, c.Locked = lockdownd.Trust{Mode: lockdownd.Accept}, true
	case v == "pending":
		c.Trust = lockdownd.Trust{Mode: lockdownd.Wait}
	case how == "pending" && given:
		n, err := strconv.Atoi(argument)
		if err != nil || n < 1 {
			return fmt.Errorf("not a number of requests above 0")
		}
		c.Trust = lockdownd.Trust{Mode: lockdownd.Wait, Polls: n}
	case how == "after" && given:
		d, err := parseSpan(argument)
		if err != nil {
			return err
		}
		c.Trust = lockdownd.Trust{Mode: lockdownd.Wait, After: d}
	default:
		return fmt.Errorf("not yes, pending, pending=N, after=DURATION, refuse or locked")
	}
	return nil
}

func setPasscode(c *Config, v string) error {
	switch v {
	case "none":
		c.Passcode = backupd.Passcode{}
		return nil
	case "refuse":
		c.Passcode = backupd.Passcode{Set: true, Refused: true, After: c.Passcode.After, Wait: c.Passcode.Wait}
		return nil
	}
	d, err := parseSpan(v)
	c.Passcode = backupd.Passcode{Set: true, Wait: d, After: c.Passcode.After}
	return err
}

func setRounds(c *Config, v string) error {
	if v == "real" {
		c.Rounds = backupd.RealRounds
		return nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 1<<30 {
		return fmt.Errorf("not a number above 0, nor real")
	}
	c.Rounds = backupd.Rounds{PBKDF2SHA256: n, PBKDF2SHA1: min(n, backupd.RealRounds.PBKDF2SHA1)}
	return nil
}

func setContent(c *Config, v string) (err error) {
	c.Content, err = content.Folder(v)
	return err
}
