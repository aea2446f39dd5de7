package checks

import (
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Compared holds iCloud against a backup to this computer, in four lines: what
// each is best for, and what each depends on.
func Compared() []words.Text {
	return []words.Text{
		say("guide.icloud", nil), say("guide.icloud-limits", nil),
		say("guide.computer", nil), say("guide.computer-limits", nil),
	}
}

// Habits are what keeps backups going once they work, worded for a phone.
func Habits(p facts.Phone) []words.Text {
	return []words.Text{
		say("guide.date", menuArgs("icloud-backup", p)), say("guide.network", nil), say("guide.both", nil),
	}
}
