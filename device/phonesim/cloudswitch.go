package phonesim

import "lifeboat/device/phonesim/backupd"

// cloudRefusals are the final answers to EnableCloudBackup on phones that
// cannot switch their iCloud backup (iOS 26.1).
var cloudRefusals = map[CloudSwitch]backupd.Answer{
	SwitchForbidden:      {Code: 22, Text: "Cloud backup is disabled by a profile"},
	SwitchNoAccount:      {Code: 1, Text: "No account exists"},
	SwitchNotProvisioned: {Code: 1, Text: "Account is not provisioned for cloud backup"},
}

// switchCloudBackup is a computer's wish to have the iCloud backup on or off.
func (p *Phone) switchCloudBackup(on bool) backupd.Answer {
	word := "off"
	if on {
		word = "on"
	}
	p.asked.note("EnableCloudBackup " + word)
	if no, refused := cloudRefusals[p.cfg.CloudSwitch]; refused {
		return no
	}
	if p.cfg.CloudSwitch != SwitchSilent {
		p.Set(domainBackup, "CloudBackupEnabled", on)
		p.Notify(domainChanged)
	}
	return backupd.Answer{}
}
