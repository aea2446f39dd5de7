package feeds

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lifeboat/checks"
	"lifeboat/checks/feeds/feedstest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// list is Apple's list with one event of one service, besides a quiet iCloud Backup.
func list(service, event string) string {
	return fmt.Sprintf(`{"services":[{"serviceName":"iCloud Backup","redirectUrl":null,"events":[]},{"serviceName":%q,"events":[%s]}]}`, service, event)
}

// event is one event of that list; ago and end are hours before noon, "" for none.
func event(status string, ago int, end any) string {
	until := "null"
	if hours, ok := end.(int); ok {
		until = fmt.Sprint(noon.Add(-time.Duration(hours) * time.Hour).UnixMilli())
	}
	return fmt.Sprintf(`{"messageId":"1","statusType":"Outage","message":"Some users are affected.","eventStatus":%q,"epochStartDate":%d,"epochEndDate":%s}`,
		status, noon.Add(-time.Duration(ago)*time.Hour).UnixMilli(), until)
}

func TestStatusEvents(t *testing.T) {
	const backup = "iCloud Backup"
	for _, tc := range []struct {
		name, service, event string
		want                 string // "open", "over", or "" for none
	}{
		{"lasts", backup, event("ongoing", 2, nil), "open"},
		{"lasts, end in the future", backup, event("ongoing", 2, -3), "open"},
		{"lasts, in capitals", backup, event("Ongoing", 2, nil), "open"},
		{"no state", backup, event("", 2, nil), "open"},
		{"lasts, but its end is past", backup, event("ongoing", 5, 1), "over"},
		{"over for an hour", backup, event("resolved", 5, 1), "over"},
		{"over for 24 hours", backup, event("resolved", 40, 24), "over"},
		{"over for two days", backup, event("resolved", 60, 48), ""},
		{"over, no end, began lately", backup, event("resolved", 5, nil), "over"},
		{"over, no end, began long ago", backup, event("resolved", 50, nil), ""},
		{"work done", backup, event("completed", 5, 1), "over"},
		{"work to come", backup, event("upcoming", -5, -7), ""},
		{"work to come, no dates", backup, `{"eventStatus":"upcoming"}`, ""},
		{"begins later", backup, event("ongoing", -1, nil), ""},
		{"no dates", backup, `{"eventStatus":"ongoing","message":"m"}`, "open"},
		{"dates in quotes", backup, fmt.Sprintf(`{"eventStatus":"resolved","epochStartDate":"%d","epochEndDate":"%d"}`, noon.Add(-3*time.Hour).UnixMilli(), noon.Add(-2*time.Hour).UnixMilli()), "over"},
		{"odd dates", backup, `{"eventStatus":"ongoing","epochStartDate":{"a":[1]},"epochEndDate":-1}`, "open"},
		{"a date of the year 300000", backup, `{"eventStatus":"ongoing","epochStartDate":9999999999999999}`, "open"},
		{"neighbour", "iCloud Account & Sign In", event("ongoing", 2, nil), "open"},
		{"storage", "iCloud Storage Upgrades", event("ongoing", 2, nil), "open"},
		{"account, old name", " apple id ", event("ongoing", 2, nil), "open"},
		{"somebody else", "Apple Cash", event("ongoing", 2, nil), ""},
		{"near in name only", "iCloud Backup Archive", event("ongoing", 2, nil), ""},
	} {
		for wrapping, page := range map[string]string{
			"plain": list(tc.service, tc.event), "call": "jsonCallback(" + list(tc.service, tc.event) + ");\n",
			"bom": "\ufeff" + list(tc.service, tc.event),
		} {
			troubles, err := parseStatus([]byte(page))
			if err != nil {
				t.Errorf("%s (%s): %v", tc.name, wrapping, err)
				continue
			}
			got := ""
			for _, e := range events(troubles, noon) {
				got += map[bool]string{true: "open", false: "over"}[e.Open]
				if e.Open && !e.End.IsZero() {
					t.Errorf("%s: lasts, and ended %s", tc.name, e.End)
				}
			}
			if got != tc.want {
				t.Errorf("%s (%s): %q, want %q", tc.name, wrapping, got, tc.want)
			}
		}
	}
}

func TestStatusFields(t *testing.T) {
	page := list("APPLE ID", `{"statusType":"Issue","message":"Line one.\n\u001b[31m  `+strings.Repeat("x", 1000)+`","eventStatus":"ongoing","epochStartDate":1785517200000}`)
	troubles, err := parseStatus([]byte(page))
	if err != nil {
		t.Fatal(err)
	}
	got := events(troubles, noon)
	if len(got) != 1 || got[0].Service != "Apple ID" || got[0].Kind != "Issue" || !got[0].Start.Equal(time.Date(2026, 7, 31, 17, 0, 0, 0, time.UTC)) {
		t.Fatalf("events %+v", got)
	}
	if m := got[0].Message; !strings.HasPrefix(m, "Line one. [31m") || utf8.RuneCountInString(m) > maxMessage || strings.ContainsAny(m, "\n\x1b") {
		t.Errorf("message %q", m)
	}
}

// What lasts comes first, and the latest of it.
func TestStatusOrder(t *testing.T) {
	page := list("iCloud Storage Upgrades", strings.Join([]string{event("resolved", 3, 1), event("ongoing", 9, nil), event("ongoing", 2, nil)}, ","))
	troubles, err := parseStatus([]byte(page))
	if err != nil {
		t.Fatal(err)
	}
	var ago []int
	for _, e := range events(troubles, noon) {
		ago = append(ago, int(noon.Sub(e.Start).Hours()))
	}
	if !slices.Equal(ago, []int{2, 9, 3}) {
		t.Errorf("order %v", ago)
	}
}

func TestParseStatusRefuses(t *testing.T) {
	many := make([]string, maxEvents+1)
	for i := range many {
		many[i] = "{}"
	}
	for name, page := range map[string]string{
		"nothing":             "",
		"half":                feedstest.Status[:200],
		"brackets about":      "}{",
		"no services":         `{"services":[]}`,
		"wrong type":          `{"services":{"iCloud Backup":[]}}`,
		"the developers'":     feedstest.StatusDeveloper,
		"backup is not on it": `{"services":[{"serviceName":"iCloud Mail","events":[]}]}`,
		"too many events":     list("Apple ID", strings.Join(many, ",")),
		"too many services":   `{"services":[` + strings.Repeat(`{"serviceName":"iCloud Backup"},`, maxServices) + `{"serviceName":"Apple ID"}]}`,
	} {
		if troubles, err := parseStatus([]byte(page)); !errors.Is(err, errNonsense) {
			t.Errorf("%s: %+v, %v", name, troubles, err)
		}
	}
}

func TestStatusAsRecorded(t *testing.T) {
	troubles, err := parseStatus([]byte(feedstest.Status))
	if err != nil || len(troubles) != 0 {
		t.Errorf("%+v, %v", troubles, err)
	}
}

// FuzzStatus: whatever a server sends, what comes out is short, printable and
// of a service that matters.
func FuzzStatus(f *testing.F) {
	f.Add([]byte(feedstest.Status))
	f.Add([]byte(feedstest.StatusDeveloper))
	f.Add([]byte(list("Apple ID", event("ongoing", 1, nil))))
	f.Add([]byte("jsonCallback(" + list("iCloud Backup", event("resolved", 3, 1)) + ");"))
	f.Fuzz(func(t *testing.T, page []byte) {
		troubles, err := parseStatus(page)
		if err != nil {
			if !errors.Is(err, errNonsense) {
				t.Errorf("error %v", err)
			}
			return
		}
		if err := soundTroubles(troubles); err != nil {
			t.Error(err)
		}
		for _, e := range events(troubles, noon) {
			if e.Start.After(noon) || e.Open && !e.End.IsZero() || e == (checks.ServiceEvent{}) {
				t.Errorf("event %+v", e)
			}
		}
	})
}
