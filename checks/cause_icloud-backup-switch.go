package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Without the switch nothing is ever saved to iCloud. Rule and trap:
// (checks/SIGNALS.md#icloud-backup-switch).
const cloudSwitch topic = "icloud-backup-switch"

var _ = register(cause{id: cloudSwitch, place: 20, dependsOn: []topic{management}, urgency: 10, about: ICloud, seen: true,
	check: checkCloudSwitch, remedy: cloudSwitchSteps,
	acts: map[string]act{"stay": actTry, "sign-in": actSignIn}})

// askSwitch is for a switch that the phone does not tell for sure.
var askSwitch = asks(questionDef{id: "icloud-switch", choices: []string{"on", "off"}, menu: "icloud-backup", good: 24 * time.Hour})

// askDrive is about the other switch beside it, which no phone reports. A backup
// does without it, and what apps keep there does not, such as copies of chats.
var askDrive = asks(questionDef{id: "icloud-drive", choices: []string{"on", "off"}, menu: "icloud-drive", good: 90 * 24 * time.Hour})

// switchTrap is how recent a backup makes "off" doubtful: backupd also clears
// the key when it takes backups to a computer to be preferred, while the
// account still has iCloud Backup on.
const switchTrap = 3 * 24 * time.Hour

// keptAfter is how long Apple keeps a backup after its switch was turned off.
// When that was is not known: at the earliest right after the last backup.
const keptAfter = 180 * 24 * time.Hour

func checkCloudSwitch(in Input) Result {
	p := in.Phone
	e := evidence{}
	on, known := note(e, keyCloudEnabled, p.CloudBackupEnabled)
	last, dated := note(e, keyLastCloud, p.LastCloudBackup)

	open := func(found string, args words.Args, fixes ...Fix) Result {
		switch in.chose(askSwitch) {
		case "on":
			return cloudSwitch.outcome(Pass, "said-on", nil, e).answered().asking(in, askSwitch)
		case "off":
			return cloudSwitch.outcome(Fail, "said-off", nil, e, cloudSwitchSteps(in)...).answered().asking(in, askSwitch)
		}
		return cloudSwitch.outcome(Ask, found, args, e, fixes...).asking(in, askSwitch)
	}
	switch {
	case known && on && in.savedLately():
		return cloudSwitch.outcome(Pass, "on", nil, e)
	case known && on && in.chose(askDrive) == "off":
		r := cloudSwitch.outcome(Warn, "drive-off", nil, e, driveStep(in)).answered().asking(in, askDrive)
		r.aside = true // nothing of the backup hangs on it
		return r
	case known && on:
		return cloudSwitch.outcome(Pass, "on", nil, e).asking(in, askDrive)
	case known && dated && in.Now.Sub(last) <= switchTrap:
		// A date ahead of this computer's clock is as doubtful as a fresh one.
		r := open("off-but-fresh", words.Args{"Date": words.Date(last)})
		if r.Status == Ask {
			r.headline = say(string(cloudSwitch)+".headline.off-but-fresh", nil)
		}
		return r
	case known && !dated && p.LastCloudBackup.State != facts.Absent:
		return open("off-date-unread", nil)
	case known && dated && !last.Before(cloudBegan):
		gone := last.Add(keptAfter)
		found := "off-kept"
		if in.Now.After(gone) {
			found = "off-gone"
		}
		return cloudSwitch.outcome(Fail, found, words.Args{"Date": words.Date(gone)}, e, cloudSwitchSteps(in)...)
	case known:
		return cloudSwitch.outcome(Fail, "off", nil, e, cloudSwitchSteps(in)...)
	case p.CloudBackupEnabled.State == facts.Absent:
		return open("absent", nil, cloudSwitch.fix(Setting, "sign-in", nil))
	}
	return open("unread", nil)
}

// cloudSwitchSteps switch it on. Trying before that would change nothing,
// which is why the retry counts as a setting here.
func cloudSwitchSteps(in Input) []Fix {
	args := words.Args{"Menu": menu("icloud-backup", in.Phone), "Switch": menu("icloud-backup-switch", in.Phone)}
	steps := []Fix{
		cloudSwitch.fix(Setting, "switch-on", args).does(SwitchOn),
		driveStep(in),
		cloudSwitch.fix(Setting, "stay", args).does(WatchAttempt),
	}
	if nothingSaysAccount(in.Phone) {
		steps = append(signInSteps(in), steps...)
	}
	return steps
}

// driveStep is about the switch of iCloud Drive.
func driveStep(in Input) Fix {
	return cloudSwitch.fix(Setting, "drive", menuArgs("icloud-drive", in.Phone))
}
