package checks

import (
	"math"
	"testing"
	"time"

	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// apple sets what Apple said of its services, so long ago.
func apple(age time.Duration, events ...ServiceEvent) func(*Input) {
	return func(in *Input) {
		in.Network.Status = facts.Of(ServiceStatus{AsOf: in.Now.Add(-age), Events: events})
	}
}

// Events of Apple's page.
var (
	backupDown    = ServiceEvent{Service: "iCloud Backup", Kind: "Outage", Start: now.Add(-30 * time.Hour), Open: true}
	neighbourDown = ServiceEvent{Service: "iCloud Account & Sign In", Kind: "Issue", Start: now.Add(-2 * time.Hour), Open: true}
	noStart       = ServiceEvent{Service: " icloud backup ", Open: true}
)

// over is an event that ended some time ago.
func over(ago time.Duration) ServiceEvent {
	return ServiceEvent{Service: "iCloud Backup", Kind: "Outage", Start: now.Add(-ago - time.Hour), End: now.Add(-ago)}
}

// notAsked is for a computer that may not ask Apple, or did not reach it.
func notAsked(reason string) func(*Input) {
	return func(in *Input) { in.Network.Status = facts.Datum[ServiceStatus]{Reason: reason} }
}

var _ = tried(appleServers, needs{"Network.Status": missing}, []situation{
	{name: "no trouble", set: func(*Input) {}, want: Pass, finding: "reported no trouble when we asked 10 minutes ago"},
	{name: "backup is down", set: apple(0, neighbourDown, backupDown), want: Fail, finding: "trouble with iCloud Backup since 22 November 2026",
		fixes: []string{"Apple’s own page", "only Apple can fix that", "Back Up Now", "backup to this computer"}, noFix: "restart"},
	{name: "backup is down since nobody knows when", set: apple(0, noStart), want: Fail, finding: "trouble with icloud backup."},
	{name: "a neighbour has trouble", set: apple(0, over(time.Hour), neighbourDown), want: Warn, finding: "iCloud Account & Sign In since 23 November 2026, which iCloud Backup depends on"},
	{name: "over since an hour", set: apple(0, over(time.Hour)), want: Warn, finding: "trouble with iCloud Backup that ended 60 minutes ago", fixes: []string{"Back Up Now"}},
	{name: "over since just under a day", set: apple(0, over(24*time.Hour-time.Second)), want: Warn, finding: "24 hours ago"},
	{name: "over since a day", set: apple(0, over(24*time.Hour)), want: Pass, finding: "no trouble"},
	{name: "maintenance to come", set: apple(0, ServiceEvent{Service: "iCloud Backup", Kind: "Maintenance", Start: now.Add(time.Hour), End: now.Add(2 * time.Hour)}), want: Pass, finding: "no trouble"},
	{name: "asked an hour ago", set: apple(time.Hour), want: Pass, finding: "60 minutes ago"},
	{name: "asked longer ago", set: apple(time.Hour + time.Second), want: Ask, finding: "don’t know whether Apple’s servers have trouble. As of 23 November 2026 Apple reported none", fixes: []string{"Apple’s own page", "systemstatus"}},
	{name: "asked days ago, with trouble", set: apple(3*24*time.Hour, backupDown), want: Ask, finding: "As of 20 November 2026 Apple reported trouble with iCloud Backup"},
	{name: "asked in the future", set: apple(-time.Hour), want: Ask, finding: "We don’t know"},
	{name: "nobody answered", set: notAsked(Offline), want: Ask, finding: "couldn’t ask Apple"},
	{name: "not allowed to ask", set: notAsked(SwitchedOff), want: Ask, finding: "switched off in Lifeboat’s settings"},
	{name: "they looked, and it is fine", set: answering(notAsked(Offline), askServers, "fine"), want: Pass, finding: "You said"},
	{name: "they looked, and there is trouble", set: answering(func(in *Input) { notAsked(Offline)(in); aged(24 * time.Hour)(in) }, askServers, "trouble"), want: Fail, finding: "You said that Apple", fixes: []string{"only Apple can fix that"}},
	{name: "down since yesterday, and nothing saved for weeks before", set: func(in *Input) { apple(0, backupDown)(in); aged(20 * day)(in) }, want: Warn, finding: "doesn’t explain"},
	{name: "down since yesterday, and saved the day before", set: func(in *Input) { apple(0, backupDown)(in); aged(3 * day)(in) }, want: Fail, finding: "trouble with iCloud Backup since"},
	{name: "they looked, and nothing was saved for weeks before", set: answering(func(in *Input) { notAsked(Offline)(in); aged(20 * day)(in) }, askServers, "trouble"), want: Warn, finding: "doesn’t explain"},
	{name: "what was read decides", set: answering(apple(0, backupDown), askServers, "fine"), want: Fail, finding: "iCloud Backup since"},
	{name: "the phone says when it tries again", set: func(in *Input) {
		apple(0, backupDown)(in)
		in.Attempt = devicelog.Attempt{Heard: true, NextTry: now.Add(30 * time.Hour)}
	}, want: Fail, finding: "iCloud Backup", fixes: []string{"tries again by itself on 24 November 2026"}},
})

// Apple's page is read from the network, so that its words are bounded like
// those of a phone.
func FuzzEvents(f *testing.F) {
	f.Add("iCloud Backup", "Outage", int64(0), int64(0), true)
	f.Add("\x1b[31m iCloud\n", "{{.}}", int64(math.MaxInt64), int64(math.MinInt64), false)
	f.Fuzz(func(t *testing.T, service, kind string, start, end int64, open bool) {
		in := healthy()
		apple(0, ServiceEvent{Service: service, Kind: kind, Start: time.Unix(start, 0), End: time.Unix(end, 0), Open: open})(&in)
		r := resultOf(t, in, appleServers)
		if printable(t, r); open && r.Status == Pass {
			t.Errorf("%q is open, and all is well", service)
		}
	})
}
