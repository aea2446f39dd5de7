package checks

import (
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Now and then it is Apple's own trouble, and nothing on the phone has to be
// changed (checks/SIGNALS.md#apple-servers). Apple posts late, so that "no
// trouble" is said with the time at which it was asked. An outage of hours does
// not explain weeks without a backup, so that in the verdict it comes after what
// the phone itself lacks.
const appleServers topic = "apple-servers"

var _ = register(cause{id: appleServers, place: 160, urgency: 50, about: ICloud, means: aside,
	check: checkAppleServers, remedy: appleServersSteps,
	acts: map[string]act{"back-up-now": actTry}})

// askServers is for a page of Apple's that this computer could not read.
var askServers = asks(questionDef{id: "servers", choices: []string{"fine", "trouble"}, good: time.Hour})

const (
	statusFresh = time.Hour      // up to here, Apple's word counts
	resolvedFor = 24 * time.Hour // so long a trouble that is over may still be felt
	// backupService is what Apple calls the service in question; any other
	// in the list is a neighbour that it leans on.
	backupService = "icloud backup"
)

func checkAppleServers(in Input) Result {
	e := evidence{}
	status, known := in.Network.Status.Known()
	noteStatus(e, in.Network.Status)

	page := appleServers.fix(Look, "page", nil).does(OpenStatus)
	event, kind := worstEvent(status.Events, in.Now)
	args := words.Args{
		"AsOf": words.Date(status.AsOf), "Asked": words.Span(in.Now.Sub(status.AsOf)),
		"Service": strings.TrimSpace(tidy(event.Service)), "Since": since(event.Start), "Ended": words.Span(in.Now.Sub(event.End)),
	}
	open := func(found string) Result {
		switch {
		case in.chose(askServers) == "fine":
			return appleServers.outcome(Pass, "said-fine", nil, e).answered().asking(in, askServers)
		case in.complaint(askServers) == "trouble" && in.longerThan(in.Now):
			return appleServers.outcome(Warn, "said-lately", nil, e, appleServersSteps(in)...).answered().asking(in, askServers)
		case in.complaint(askServers) == "trouble":
			return appleServers.outcome(Fail, "said-trouble", nil, e, appleServersSteps(in)...).answered().asking(in, askServers)
		}
		return appleServers.outcome(Ask, found, args, e, page).asking(in, askServers)
	}
	switch age := in.Now.Sub(status.AsOf); {
	case !known && in.Network.Status.Reason == SwitchedOff:
		return open("not-allowed")
	case !known:
		return open("unread")
	case age > statusFresh || age < -clockSlack:
		if kind == "down" || kind == "neighbour" {
			return open("stale-trouble")
		}
		return open("stale")
	case kind == "down" && in.longerThan(event.Start):
		return appleServers.outcome(Warn, "down-lately", args, e, appleServersSteps(in)...)
	case kind == "down":
		return appleServers.outcome(Fail, kind, args, e, appleServersSteps(in)...)
	case kind != "":
		return appleServers.outcome(Warn, kind, args, e, appleServersSteps(in)...)
	}
	return appleServers.outcome(Pass, "fine", args, e)
}

// longerThan reports whether iCloud may have saved nothing for days before a
// trouble began, so that the trouble does not explain it.
func (in Input) longerThan(began time.Time) bool {
	if began.IsZero() {
		began = in.Now
	}
	last, known := in.Phone.LastCloudBackup.Known()
	return !known || began.Sub(last) > cloudOld
}

// worstEvent picks what matters most for a backup, and says which kind it
// is: "down", "neighbour", "resolved", or "" for none.
func worstEvent(events []ServiceEvent, now time.Time) (worst ServiceEvent, kind string) {
	weight := map[string]int{"": 0, "resolved": 1, "neighbour": 2, "down": 3}
	for _, event := range events {
		found := ""
		switch backup := strings.EqualFold(strings.TrimSpace(event.Service), backupService); {
		case event.Open && backup:
			found = "down"
		case event.Open:
			found = "neighbour"
		case !event.End.IsZero() && !event.End.After(now) && now.Sub(event.End) < resolvedFor:
			found = "resolved"
		}
		if weight[found] > weight[kind] {
			worst, kind = event, found
		}
	}
	return worst, kind
}

// since is a date that may be missing.
func since(at time.Time) any {
	if at.IsZero() {
		return ""
	}
	return words.Date(at)
}

// noteStatus adds what Apple said, and when.
func noteStatus(e evidence, d facts.Datum[ServiceStatus]) {
	note(e, keyStatus, facts.Datum[time.Time]{Value: d.Value.AsOf, State: d.State, Reason: d.Reason})
	for i, event := range d.Value.Events[:min(len(d.Value.Events), eventsNoted)] {
		state := "over"
		if event.Open {
			state = "open"
		}
		e[keyStatus+"/"+strconv.Itoa(i+1)] = tidy(event.Service + ", " + event.Kind + ", " + state)
	}
}

// eventsNoted is how many troubles the evidence lists at most.
const eventsNoted = 5

// appleServersSteps are to wait: there is nothing to repair on the phone.
func appleServersSteps(in Input) []Fix {
	wait := appleServers.fix(Retry, "wait", nil)
	if next := in.Attempt.NextTry; next.After(in.Now) {
		wait = appleServers.fix(Retry, "wait-until", words.Args{"Date": words.Date(next)})
	}
	return []Fix{
		appleServers.fix(Look, "page", nil).does(OpenStatus), wait,
		appleServers.fix(Retry, "back-up-now", menuArgs("icloud-backup", in.Phone)).does(WatchAttempt),
		appleServers.fix(Retry, "here", nil).does(BackUpHere),
	}
}
