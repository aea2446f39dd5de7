package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A backup begins with a snapshot of the phone's own disk, so a full phone
// can fail it. Rule and caveat: section 12 of the notes on checks. What the phone calls
// available is a lower bound: its Settings also count what iOS can clear away.
const phoneStorage topic = "phone-storage"

var _ = register(cause{id: phoneStorage, place: 120, blocks: 30, about: ICloud, seen: true,
	check: checkPhoneStorage, remedy: phoneStorageSteps})

// askPhoneSpace is for a phone that does not tell how full it is.
var askPhoneSpace = asks(inquiry{id: "phone-space", choices: []string{"plenty", "little"}, menu: "iphone-storage", good: 24 * time.Hour})

const (
	gigabyte        int64 = 1_000_000_000
	phoneSpaceFail        = 1 * gigabyte // below
	phoneSpaceWarn        = 2 * gigabyte // up to here
	phonePercentLow       = 3            // up to this part of the disk, in percent
)

func checkPhoneStorage(in Input) Result {
	p := in.Phone
	e := evidence{}
	note(e, keyDataAvailable, p.DataAvailable)
	note(e, keyDataCapacity, p.DataCapacity)
	note(e, keyDiskCapacity, p.DiskCapacity)

	room := phoneStorageSteps(in)
	free, known := p.DataAvailable.Known()
	whole, wholeKnown := capacity(p)
	args := words.Args{"Free": words.Bytes(free), "Whole": words.Bytes(whole)}
	open := func(found string) Result {
		switch in.chose(askPhoneSpace) {
		case "plenty":
			return phoneStorage.outcome(Pass, "said-plenty", nil, e).answered().asking(in, askPhoneSpace)
		case "little":
			return phoneStorage.outcome(Fail, "said-little", nil, e, room...).answered().asking(in, askPhoneSpace)
		}
		return phoneStorage.outcome(Ask, found, args, e).asking(in, askPhoneSpace)
	}
	switch {
	case !known || free < 0 || wholeKnown && free > whole:
		return open("unread")
	case free < phoneSpaceFail:
		return phoneStorage.outcome(Fail, "full", args, e, room...)
	case free <= phoneSpaceWarn:
		return phoneStorage.outcome(Warn, "tight", args, e, room...)
	case !wholeKnown:
		return open("whole-unread")
	case free <= whole/100*phonePercentLow:
		return phoneStorage.outcome(Warn, "tight-share", args, e, room...)
	}
	return phoneStorage.outcome(Pass, "roomy", args, e)
}

// capacity is the size of the part of the disk that holds the user's data, or
// else of the whole disk, which is larger and so makes the rule only stricter.
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
