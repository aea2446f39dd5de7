package checks

import (
	"strconv"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
)

// iCloud backs up automatically about once a day, and only while the phone is
// plugged in, locked and on Wi-Fi, which for most people means at night. Where the
// phone spends the night no cable can show; its log says when somebody took
// it up in the middle (checks/SIGNALS.md#overnight-habit).
const overnight topic = "overnight-habit"

// It has no remedy, so that other witnesses never make it fail: a phone that
// was taken up once, or a reminder on its screen, is a matter for the next night.
var _ = register(cause{id: overnight, place: 80, dependsOn: []topic{phoneReady}, urgency: 60, about: ICloud,
	check: checkOvernight,
	acts:  map[string]act{"tonight": actNight, "leave": actNight}})

var (
	askOvernight = asks(questionDef{id: "overnight", choices: []string{"yes", "sometimes", "no"}, good: 30 * 24 * time.Hour})
	askAutoLock  = asks(questionDef{id: "auto-lock", choices: []string{"locks", "never"}, menu: "auto-lock", good: 90 * 24 * time.Hour})
	askLowPower  = asks(questionDef{id: "low-power", choices: []string{"off", "on"}, menu: "low-power-mode", good: 7 * 24 * time.Hour})
)

// keyInterrupted counts how often the log says that the phone was taken up.
const keyInterrupted = "log/interrupted"

func checkOvernight(in Input) Result {
	e := evidence{}
	times := in.interrupted()
	e[keyInterrupted] = "not heard"
	if in.Attempt.Heard {
		e[keyInterrupted] = strconv.Itoa(times)
	}

	tonight := overnight.fix(Retry, "tonight", nil)
	said := func(status Status, found string, fixes ...Fix) Result {
		return overnight.outcome(status, found, nil, e, fixes...).answered().asking(in, askOvernight, askAutoLock, askLowPower)
	}
	if w, noted := in.notedWitness(overnight); noted && in.Attempt.Outcome == devicelog.Open {
		e[w.evidence] = w.value
		return overnight.outcome(Warn, "record-interrupted", w.args, e,
			overnight.fix(Retry, "leave", nil)).asking(in, askOvernight, askAutoLock, askLowPower)
	}
	switch night := in.chose(askOvernight); {
	case times > 0:
		return overnight.outcome(Warn, "interrupted", words.Args{"Times": words.Count(times)}, e,
			overnight.fix(Retry, "leave", nil)).asking(in, askOvernight, askAutoLock, askLowPower)
	case in.reminded():
		noteAnswer(e, in, errorText)
		return said(Warn, "said-reminder", tonight)
	case night == "no" || night == "sometimes":
		return said(Warn, "said-"+night, tonight)
	case in.chose(askAutoLock) == "never":
		return said(Warn, "said-never-locks", overnight.fix(Setting, "auto-lock", menuArgs("auto-lock", in.Phone)))
	case in.chose(askLowPower) == "on":
		return said(Warn, "said-low-power", overnight.fix(Setting, "low-power", menuArgs("low-power-mode", in.Phone)))
	}
	if r, known := in.notedNights(e, tonight); known {
		return r
	}
	if in.chose(askOvernight) == "yes" {
		return said(Pass, "said-yes")
	}
	return overnight.outcome(Ask, "ask", nil, e).asking(in, askOvernight, askAutoLock, askLowPower)
}

// reminded reports whether the text that the user read is the reminder of iOS to
// leave the phone plugged in, locked and on Wi-Fi.
func (in Input) reminded() bool {
	text, ok := in.said(errorText)
	said, known := knowledge.TextSays(text.Text)
	return ok && known && said.Cause == string(overnight) && !in.savedSince(text.At)
}

// interrupted counts how often the log says that a backup was interrupted
// because the phone was taken up. A backup that was completed since makes it none.
func (in Input) interrupted() int {
	times := 0
	for _, s := range in.Attempt.Signs {
		if s.Cause == string(overnight) && (!in.savedSince(s.Last) || !in.savedSince(in.Attempt.Ended)) {
			times += s.Count
		}
	}
	if last, _ := in.lastTry(); times == 0 && !last.noted && last.Cause == string(overnight) && !in.savedSince(last.Ended) {
		times = 1
	}
	return times
}

// notedNights is what the phone's own record says of the last nights. It says
// nothing where the times are neither long nor short, or too few.
func (in Input) notedNights(e evidence, tonight Fix) (Result, bool) {
	n, known := in.nights()
	if !known {
		return Result{}, false
	}
	e[keyLongestSpell] = n.longest.Round(time.Second).String()
	args := words.Args{"Longest": words.Span(n.longest), "Of": asOf(in.Record.Value)}
	switch {
	case n.longest >= spellLong:
		return overnight.outcome(Pass, "record-long", args, e), true
	case n.longest < spellShort && n.count >= spellsFew && n.lost != "":
		return overnight.outcome(Warn, "record-short-"+n.lost, args, e, tonight).asking(in, askOvernight, askAutoLock, askLowPower), true
	}
	return Result{}, false
}
