package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// With a wrong clock the phone takes the certificates of Apple's servers for
// expired, and its own session for over (checks/SIGNALS.md#clock). The phone is
// compared with this computer, whose own error the network shows.
const clock topic = "clock"

var _ = register(cause{id: clock, place: 150, dependsOn: []topic{phoneReady}, urgency: 20, about: ICloud, seen: true,
	check: checkClock, remedy: clockSteps,
	acts: map[string]act{"restart": actRestart, "automatic": actClock}})

// askClockAuto is for a clock that was not read, or when nobody knows which
// of two clocks is wrong.
var askClockAuto = asks(questionDef{id: "clock-auto", choices: []string{"on", "off"}, menu: "date-and-time", good: 24 * time.Hour})

const (
	clockRight = time.Minute     // below, a clock is right
	clockWrong = 5 * time.Minute // beyond, sessions and certificates break
	// clockMost bounds what a phone may claim, so that no sum overflows.
	clockMost = 100 * 365 * 24 * time.Hour
)

func checkClock(in Input) Result {
	p := in.Phone
	e := evidence{}
	note(e, keyClock, p.Clock)
	note(e, keyClockSkew, p.ClockSkew)
	note(e, keyHostSkew, in.Network.ClockSkew)

	skew, known := boundedSkew(p.ClockSkew)
	own, ownKnown := boundedSkew(in.Network.ClockSkew)
	off := (skew + own).Abs() // of the phone from the network, or from this computer where that is all there is
	args := words.Args{"Off": words.Span(off)}
	open := func(status Status, found string, fixes ...Fix) Result {
		differ := ""
		if known {
			differ = "differ-"
		}
		switch in.chose(askClockAuto) {
		case "on":
			if known {
				fixes = []Fix{computerClock()}
			}
			return clock.outcome(Pass, differ+"said-on", args, e, fixes...).answered().asking(in, askClockAuto)
		case "off":
			return clock.outcome(Warn, differ+"said-off", args, e, clockSteps(in)...).answered().asking(in, askClockAuto)
		}
		return clock.outcome(status, found, args, e, fixes...).asking(in, askClockAuto)
	}
	switch {
	case !known:
		return open(Ask, "unread")
	case !ownKnown && off < clockRight:
		// Two clocks that nobody set by each other agree only when both are right.
		return clock.outcome(Pass, "agree", args, e)
	case !ownKnown:
		return open(Warn, "differ-"+aheadOrBehind(skew), append(clockSteps(in), computerClock())...)
	case off > clockWrong:
		return clock.outcome(Fail, aheadOrBehind(skew+own), args, e, clockSteps(in)...)
	case off >= clockRight:
		return clock.outcome(Warn, aheadOrBehind(skew+own), args, e, clockSteps(in)...)
	case own.Abs() >= clockRight:
		// It stops no backup to iCloud, but the dates here are counted by it.
		return clock.outcome(Pass, "computer-"+aheadOrBehind(own), words.Args{"Off": words.Span(own.Abs())}, e, computerClock())
	}
	return clock.outcome(Pass, "right", args, e)
}

// clocksRight reports whether the network proves the clock of the phone and that
// of this computer.
func (in Input) clocksRight() bool {
	skew, known := boundedSkew(in.Phone.ClockSkew)
	own, ownKnown := boundedSkew(in.Network.ClockSkew)
	return known && ownKnown && own.Abs() < clockRight && (skew+own).Abs() < clockRight
}

// boundedSkew is a difference of clocks that was read, cut to a century.
func boundedSkew(d facts.Datum[time.Duration]) (time.Duration, bool) {
	skew, known := d.Known()
	return min(max(skew, -clockMost), clockMost), known
}

// aheadOrBehind names the direction of a difference.
func aheadOrBehind(d time.Duration) string {
	if d > 0 {
		return "ahead"
	}
	return "behind"
}

// clockSteps set the clock of the phone right.
func clockSteps(in Input) []Fix {
	path := menuArgs("date-and-time", in.Phone)
	return []Fix{
		clock.fix(Setting, "automatic", path), clock.fix(Setting, "off-on", path), clock.fix(Restart, "restart", nil),
	}
}

// computerClock sets the clock of this computer right.
func computerClock() Fix { return clock.fix(Setting, "computer", nil) }
