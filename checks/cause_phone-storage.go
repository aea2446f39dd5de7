package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A backup begins with a snapshot of the phone's own disk, so a full phone
// can fail it. What the phone calls available is a lower bound, and was seen 16 times
// below what its Settings show; its total also counts what iOS can clear away. The truth lies
// between the two, so that only a phone on which both are small is called full.
// Signals and rule: (checks/SIGNALS.md#phone-storage).
const phoneStorage topic = "phone-storage"

var _ = register(cause{id: phoneStorage, place: 120, dependsOn: []topic{phoneReady}, urgency: 20, about: ICloud, seen: true,
	check: checkPhoneStorage, remedy: phoneStorageSteps})

// askPhoneSpace is for a phone that does not tell how full it is.
var askPhoneSpace = asks(questionDef{id: "phone-space", choices: []string{"plenty", "little"}, menu: "iphone-storage", good: 24 * time.Hour})

const (
	gigabyte       int64 = 1_000_000_000
	phoneSpaceFail       = 1 * gigabyte // below
	phoneSpaceWarn       = 2 * gigabyte // up to here
)

func checkPhoneStorage(in Input) Result {
	p := in.Phone
	e := evidence{}
	free, known := note(e, keyDataAvailable, p.DataAvailable)
	most, mostKnown := note(e, keyReclaimable, p.DataReclaimable)
	note(e, keyRestorable, p.RestoreAvailable)
	note(e, keyDataCapacity, p.DataCapacity)
	note(e, keyDiskCapacity, p.DiskCapacity)

	room := phoneStorageSteps(in)
	total, totalKnown := capacity(p)
	mostKnown = mostKnown && most >= free && (!totalKnown || most <= total)
	args := words.Args{"Free": words.Bytes(free), "Most": words.Bytes(most), "Whole": words.Bytes(total)}
	open := func(status Status, found string, fixes ...Fix) Result {
		switch in.chose(askPhoneSpace) {
		case "plenty":
			return phoneStorage.outcome(Pass, "said-plenty", nil, e).answered().asking(in, askPhoneSpace)
		case "little":
			return phoneStorage.outcome(Fail, "said-little", nil, e, room...).answered().asking(in, askPhoneSpace)
		}
		return phoneStorage.outcome(status, found, args, e, fixes...).asking(in, askPhoneSpace)
	}
	switch {
	case !known || free < 0 || totalKnown && free > total:
		return open(Ask, "unread")
	case free > phoneSpaceWarn && !totalKnown:
		return phoneStorage.outcome(Pass, "roomy-of-unread", args, e)
	case free > phoneSpaceWarn:
		return phoneStorage.outcome(Pass, "roomy", args, e)
	case !mostKnown:
		return open(Warn, "low-count", room...)
	case most < phoneSpaceFail:
		return phoneStorage.outcome(Fail, "full", args, e, room...)
	case most <= phoneSpaceWarn:
		return phoneStorage.outcome(Warn, "tight", args, e, room...)
	}
	return open(Ask, "between")
}

// capacity is the size of the part of the disk that holds the user's data, or
// else of the whole disk.
func capacity(p facts.Phone) (int64, bool) {
	for _, d := range []facts.Datum[int64]{p.DataCapacity, p.DiskCapacity} {
		if size, ok := d.Known(); ok && size > 0 {
			return size, true
		}
	}
	return 0, false
}

// phoneStorageSteps make room on the phone.
func phoneStorageSteps(in Input) []Fix {
	path := menuArgs("iphone-storage", in.Phone)
	return []Fix{phoneStorage.fix(Tidy, "see", path), phoneStorage.fix(Tidy, "offload", path)}
}
