package feeds

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/device/facts"
)

// Apple's list of troubles. The one for developers has the same form in
// another wrapping, but says nothing of iCloud Backup, so that it would only
// ever calm without reason: it is not asked.
const (
	statusHost = "www.apple.com"
	statusURL  = "https://" + statusHost + "/support/systemstatus/data/system_status_en_US.js"

	maxStatus   = 2 << 20
	maxServices = 1000
	maxTroubles = 1000
	maxEvents   = 100 // of one service
	maxMessage  = 300 // characters
	// recent is how long a trouble that is over is still worth a word.
	recent = 24 * time.Hour
)

// status is what Apple says of its services: from what is kept if that is of
// these minutes, from Apple, or else from what is kept.
func (c *Client) status(ctx context.Context, clocks *clocks) facts.Datum[checks.ServiceStatus] {
	old, asOf, ok := recall(c, Status, soundTroubles)
	status := checks.ServiceStatus{AsOf: asOf, Events: events(old, c.Now())}
	if ok && c.Now().Sub(asOf) < statusFresh {
		return facts.Of(status)
	}
	troubles, err := fetched(ctx, c, c.public, statusURL, maxStatus, clocks, parseStatus)
	switch {
	case err == nil:
		keep(c, Status, troubles, c.Now())
		return facts.Of(checks.ServiceStatus{AsOf: c.Now(), Events: events(troubles, c.Now())})
	case ok:
		return facts.Datum[checks.ServiceStatus]{Value: status, State: facts.Read, Reason: reason(err)}
	}
	return facts.Datum[checks.ServiceStatus]{Reason: reason(err)}
}

// trouble is one event as Apple reports it, before it is compared with a clock.
type trouble struct {
	Service string    `json:"service"`
	Kind    string    `json:"kind"`
	Message string    `json:"message"`
	State   string    `json:"state"` // "ongoing", "resolved", "upcoming", "completed"
	Start   time.Time `json:"start"` // zero: not said
	End     time.Time `json:"end"`   // zero: not said
}

// parseStatus reads Apple's list in both its wrappings: as it is, and as the
// call of a JavaScript function (checks/SIGNALS.md#apple-servers).
func parseStatus(page []byte) ([]trouble, error) {
	from, to := bytes.IndexByte(page, '{'), bytes.LastIndexByte(page, '}')
	if from < 0 || to < from {
		return nil, fmt.Errorf("%w: no object", errNonsense)
	}
	var list struct {
		Services []struct {
			ServiceName string
			Events      []struct {
				StatusType, Message, EventStatus string
				EpochStartDate, EpochEndDate     millis
			}
		}
	}
	if err := json.Unmarshal(page[from:to+1], &list); err != nil {
		return nil, fmt.Errorf("%w: %w", errNonsense, err)
	}
	names := knowledge.HostTable().Services
	found := false // of the backup itself
	troubles := []trouble{}
	for i, service := range list.Services {
		name, ok := matters(service.ServiceName, names)
		if i >= maxServices || len(service.Events) > maxEvents {
			return nil, fmt.Errorf("%w: too many", errNonsense)
		}
		if !ok {
			continue
		}
		found = found || name == names[0]
		for _, e := range service.Events {
			troubles = append(troubles, trouble{
				Service: name, Kind: printable(e.StatusType), Message: printable(e.Message),
				State: strings.ToLower(printable(e.EventStatus)), Start: e.EpochStartDate.time(), End: e.EpochEndDate.time(),
			})
		}
	}
	if !found {
		// Without it, "no trouble" would be said of what was never looked at.
		return nil, fmt.Errorf("%w: %s is not on the list", errNonsense, names[0])
	}
	return troubles, soundTroubles(troubles)
}

// matters finds a service among those that a backup needs.
func matters(name string, services []string) (string, bool) {
	for _, s := range services {
		if strings.EqualFold(strings.TrimSpace(name), s) {
			return s, true
		}
	}
	return "", false
}

// events are the troubles that matter at a moment: those that last, and those
// that ended within a day; the ones that last first, the latest first.
func events(troubles []trouble, now time.Time) []checks.ServiceEvent {
	var out []checks.ServiceEvent
	for _, t := range troubles {
		e := checks.ServiceEvent{Service: t.Service, Kind: t.Kind, Message: t.Message, Start: t.Start, End: t.End}
		last := t.Start // of which it is known that it was still there
		if !t.End.IsZero() {
			last = t.End
		}
		switch {
		case t.State == "upcoming", t.Start.After(now):
			continue
		case t.State != "resolved" && t.State != "completed" && (t.End.IsZero() || t.End.After(now)):
			e.Open, e.End = true, time.Time{}
		case now.Sub(last) > recent:
			continue
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b checks.ServiceEvent) int {
		if a.Open != b.Open {
			return map[bool]int{true: -1, false: 1}[a.Open]
		}
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.Service, b.Service))
	})
	return out
}

// soundTroubles holds a list, fetched or kept, to what the checks rely on.
func soundTroubles(troubles []trouble) error {
	if troubles == nil || len(troubles) > maxTroubles { // none is an empty list
		return fmt.Errorf("%w: %d troubles", errNonsense, len(troubles))
	}
	for _, t := range troubles {
		if name, ok := matters(t.Service, knowledge.HostTable().Services); !ok || name != t.Service ||
			t.Kind != printable(t.Kind) || t.Message != printable(t.Message) {
			return fmt.Errorf("%w: a trouble", errNonsense)
		}
	}
	return nil
}

// printable keeps what a server says short and without control characters.
func printable(s string) string { return words.Brief(s, maxMessage) }

// millis is a moment in milliseconds since 1970; 0 where there is none. Apple
// writes a number, and null where an end is not known.
type millis int64

// UnmarshalJSON takes a number, with quotes or without. Anything else counts
// as not said: one odd date must not hide a trouble.
func (m *millis) UnmarshalJSON(data []byte) error {
	*m = 0
	if n, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64); err == nil && n > 0 && n <= latestMillis {
		*m = millis(n)
	}
	return nil
}

// latestMillis is the end of the year 2199: later is no date of a trouble.
const latestMillis = 7_258_118_399_000

func (m millis) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}
