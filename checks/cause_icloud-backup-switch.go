package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Without the switch nothing is ever saved to iCloud. Rule and trap: section
// 2 of the notes on checks.
const cloudSwitch topic = "icloud-backup-switch"

var _ = register(cause{id: cloudSwitch, place: 20, blocks: 20, check: checkCloudSwitch})

// switchTrap is how recent a backup makes "off" doubtful: backupd also clears
// the key when it takes backups to a computer to be preferred, while the
// account still has iCloud Backup on.
const switchTrap = 3 * 24 * time.Hour

func checkCloudSwitch(in Input) Result {
	p := in.Phone
	e := evidence{}
	note(e, keyCloudEnabled, p.CloudBackupEnabled)
	note(e, keyLastCloud, p.LastCloudBackup)

	args := words.Args{"Menu": menu("icloud-backup", p), "Switch": menu("icloud-backup-switch", p)}
	look := cloudSwitch.fix("look", args)
	on, known := p.CloudBackupEnabled.Known()
	last, dated := p.LastCloudBackup.Known()
	switch {
	case known && on:
		return cloudSwitch.outcome(Pass, "on", nil, e)
	case known && dated && in.Now.Sub(last) <= switchTrap:
		// A date ahead of this computer's clock is as doubtful as a fresh one.
		return cloudSwitch.outcome(Ask, "off-but-fresh", words.Args{"Date": words.Date(last)}, e, look)
	case known && !dated && p.LastCloudBackup.State != facts.Absent:
		return cloudSwitch.outcome(Ask, "off-date-unread", nil, e, look)
	case known:
		return cloudSwitch.outcome(Fail, "off", nil, e, cloudSwitch.fix("switch-on", args), cloudSwitch.fix("back-up-now", args))
	case p.CloudBackupEnabled.State == facts.Absent:
		return cloudSwitch.outcome(Ask, "absent", nil, e, look, cloudSwitch.fix("sign-in", nil))
	}
	return cloudSwitch.outcome(Ask, "unread", nil, e, look)
}
