package checks

import (
	"strconv"
	"strings"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// menu is the path of a menu on this phone's version of iOS.
func menu(name string, p facts.Phone) words.Text {
	return words.T(knowledge.MenuKey(name, majorOf(p)), nil)
}

// menuArgs is for the many steps that name one menu.
func menuArgs(name string, p facts.Phone) words.Args { return words.Args{"Menu": menu(name, p)} }

// majorOf is the phone's major version of iOS, 0 when it is not known.
func majorOf(p facts.Phone) int {
	version, ok := p.Version.Known()
	if !ok {
		return 0
	}
	first, _, _ := strings.Cut(version, ".")
	major, err := strconv.Atoi(first)
	if err != nil || major < 1 {
		return 0
	}
	return major
}

// savedLately reports whether iCloud completed a backup in the last days: then
// the account, the way to Apple and the habit at night are proven, and questions about
// them would only worry.
func (in Input) savedLately() bool {
	last, known := in.Phone.LastCloudBackup.Known()
	age := in.Now.Sub(last)
	return known && age <= cloudFresh && age >= -clockSlack
}

// complaint is the choice of an answer that names a trouble, or "" when a
// backup was completed after it was given: then the trouble is over.
func (in Input) complaint(id QuestionID) string {
	a, _ := in.said(id)
	if last, known := in.Phone.LastCloudBackup.Known(); known && last.After(a.At) {
		return ""
	}
	return a.Choice
}

// unlockOf is how this model is opened, which names its passcode menu.
func unlockOf(p facts.Phone) knowledge.Unlock {
	productType, _ := p.ProductType.Known()
	if m, ok := knowledge.ModelOf(productType); ok {
		return m.Unlock
	}
	return knowledge.UnlockUnknown
}
