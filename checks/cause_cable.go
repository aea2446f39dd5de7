package checks

import (
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A cable, a hub or a port that loses contact or crawls interrupts a backup
// to this computer. Most iPhones are made for 480 Mb/s, which is no fault, nor
// are the 500 mA of any USB 2 port, which are evidence only
// (checks/SIGNALS.md#cable).
const cable topic = "cable"

var _ = register(cause{id: cable, place: 170, urgency: 100, about: ThisComputer,
	check: checkCable,
	acts:  map[string]act{"port": actPort, "clean": actClean, "other-cable": actCharger}})

const (
	dropsFail = 2 // in ten minutes, without anybody having asked for it

	megabyte   int64 = 1_000_000
	speedFail        = 5 * megabyte  // bytes a second; below
	speedGood        = 10 * megabyte // from here on
	linkBroken int64 = 12_000_000    // bit/s: what USB falls back to when it cannot do better
	linkNormal int64 = 480_000_000   // bit/s of USB 2, from here on
)

func checkCable(in Input) Result {
	p := in.Phone
	e := evidence{keyConnection: tidy(p.Connection), keyLinkSpeed: plain(p.SpeedBits)}
	drops, dropsKnown := note(e, keyDrops, in.Host.Drops)
	speed, speedKnown := note(e, keyCableSpeed, p.CableSpeed)
	note(e, keyAdapter, p.AdapterCurrent)

	speedKnown = speedKnown && speed >= 0
	args := words.Args{
		"Drops": words.Count(drops), "Speed": words.Bytes(speed), "Mbit": p.SpeedBits / megabyte,
	}
	steps := cableSteps()
	switch {
	case p.Connection == "Network":
		return cable.outcome(Unknown, "wireless", nil, e, cable.fix(Setting, "plug-in", nil))
	case p.Connection != "USB":
		return cable.outcome(Unknown, "unread", nil, e, cable.fix(Setting, "plug-in", nil))
	case dropsKnown && drops >= dropsFail:
		return cable.outcome(Fail, "drops", args, e, steps...)
	case p.SpeedBits > 0 && p.SpeedBits <= linkBroken:
		return cable.outcome(Fail, "link-slow", args, e, steps...)
	case speedKnown && speed < speedFail:
		return cable.outcome(Fail, "crawls", args, e, steps...)
	case dropsKnown && drops == 1:
		return cable.outcome(Warn, "drop", args, e, steps...)
	case speedKnown && speed < speedGood:
		return cable.outcome(Warn, "slow", args, e, steps...)
	case awaited(p.CableSpeed):
		return pending(e)
	case !dropsKnown || drops < 0:
		return cable.outcome(Unknown, "drops-unread", args, e)
	case speedKnown:
		return cable.outcome(Pass, "fast", args, e)
	case p.SpeedBits >= linkNormal && p.CableSpeed.Reason == facts.NoMovie:
		// There is nothing on the phone to measure it with.
		return cable.outcome(Pass, "link", args, e)
	}
	return cable.outcome(Unknown, "speed-unread", args, e)
}

// cableSteps begin with what is dirty or loose most often.
func cableSteps() []Fix {
	return []Fix{
		cable.fix(Setting, "clean", nil), cable.fix(Setting, "port", nil), cable.fix(Setting, "other-cable", nil),
		cable.fix(Restart, "restart", nil).does(RestartPhone),
	}
}
