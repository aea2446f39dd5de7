package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/test"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/report"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// mux tells the window that usbmuxd cannot be asked.
func (r *rig) mux(code fault.Code) {
	r.engine.changes <- device.Change{Err: fault.New(code, "reach usbmuxd", nil)}
	r.drain()
}

// inspects makes every phone look as it says.
func (r *rig) inspects(readiness facts.Readiness) {
	r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) {
		s := summaryOf(readiness)
		if r.rename != "" {
			s.Name = r.rename
		}
		return s, nil
	}
}

// untrusted makes phones wait for trust, for ever.
func (r *rig) untrusted(waiting fault.Code) {
	r.inspects(facts.Untrusted)
	r.engine.pair = func(ctx context.Context, tell func(fault.Code)) error {
		tell(waiting)
		<-ctx.Done()
		return ctx.Err()
	}
}

// encrypted makes phones encrypt their backups already.
func (r *rig) encrypted() {
	r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(inputOf(true)), nil }
}

// start begins a first backup, which goes on until the test ends it.
func (r *rig) start() {
	r.t.Helper()
	r.engine.backUp = r.runs.backUp
	r.plug(phoneA)
	r.tap("Back Up Now")
	for _, s := range r.secrets() {
		test.Type(s, "correct horse")
	}
	r.tap("Start the backup")
}

// event reports progress and lets it come to the screen.
func (r *rig) event(e backup.Event) {
	r.runs.events <- e
	r.pass(2 * time.Second)
}

// end ends the backup.
func (r *rig) end(result backup.Result, err error) {
	r.runs.ends <- ending{result, err}
	r.drain()
}

type ending struct {
	result backup.Result
	err    error
}

// runs is a scripted job.
type runs struct {
	orders []engine.Order
	events chan backup.Event
	ends   chan ending
	deaf   bool // it does not hear a cancellation, until the window closes
}

func (s *runs) backUp(ctx context.Context, o engine.Order, report func(backup.Event)) (backup.Result, error) {
	s.orders = append(s.orders, o)
	for {
		cancelled := ctx.Done()
		if s.deaf {
			cancelled = nil
		}
		select {
		case e := <-s.events:
			report(e)
		case end := <-s.ends:
			return end.result, end.err
		case <-cancelled:
			return backup.Result{}, fault.New(fault.Cancelled, "back up", context.Cause(ctx))
		}
	}
}

// fill types into the password fields in sight.
func (r *rig) fill(texts ...string) {
	r.t.Helper()
	fields := r.secrets()
	if len(fields) != len(texts) {
		r.t.Fatalf("there are %d fields for %d texts", len(fields), len(texts))
	}
	for i, f := range fields {
		f.SetText("")
		test.Type(f, texts[i])
	}
}

// ordered is the password that the only job was given.
func (r *rig) ordered() string {
	r.t.Helper()
	if len(r.runs.orders) != 1 {
		r.t.Fatalf("%d backups were started, want 1", len(r.runs.orders))
	}
	return r.runs.orders[0].Password.Reveal()
}

var (
	receiving = backup.Event{Phase: backup.Receiving, Percent: 42.9, Bytes: 12e9, BytesTotal: 30e9,
		Files: 5555, FilesTotal: 12345, Rate: 34e6, Left: 320 * time.Second}
	proven = backup.Result{Dir: "/home/anna/Lifeboat Backups/" + udidA, Files: 12345, Bytes: 23e9, Duration: 754 * time.Second,
		Encrypted: true, Verified: verify.Report{Files: 12345, Bytes: 23e9, Encrypted: true}}
	noRoom = &fault.Error{Code: fault.HostSpace, Op: "back up", Domain: "MBErrorDomain", Number: 105,
		Text: "Insufficient free disk space on drive to back up"}
)

func reportOf(include report.Include) report.Report {
	lines := []report.Line{{Value: saying("iOS 18.7.1")}}
	if include.Name {
		lines = append(lines, report.Line{Value: saying("Anna's iPhone")})
	}
	if include.Apps {
		lines = append(lines, report.Line{Value: saying("Chess")})
	}
	return report.Report{Title: saying("report"), Sections: []report.Section{{Heading: saying("heading"), Lines: lines}}}
}

func saying(text string) words.Text { return words.T("ui.details.error", words.Args{"Error": text}) }

// rowOf is a result for the screen alone.
func rowOf(id string, status checks.Status, finding string) checks.Result {
	return checks.Result{ID: id, Status: status, Title: saying(id), Short: saying(id), Value: saying(finding), Finding: saying(finding), Why: saying("Why " + id)}
}

// shows makes the engine find these rows when it looks.
func (r *rig) shows(results ...checks.Result) {
	r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return rowsState(results...), nil }
}

func rowsState(results ...checks.Result) diagnosis.State {
	s := diagnosis.State{Input: inputOf(false), Results: results, Verdict: saying("verdict")}
	for _, r := range results {
		s.Pending = s.Pending || r.Pending
		if r.Status == checks.Fail || r.Status == checks.Warn {
			s.Next = append(s.Next, r.Fix...)
		}
	}
	s.Overview = overviewFor(s)
	return s
}

// overviewFor is an overview that leads to the first step.
func overviewFor(s diagnosis.State) checks.Overview {
	o := checks.Overview{Band: checks.Band{State: checks.Unsafe, Headline: saying("band"), Detail: saying("detail")},
		ICloud: checks.ICloudCard{Status: checks.Fail, State: saying("cloud"), Cause: saying("cause")},
		Local:  checks.LocalCard{Status: checks.Warn, State: saying("here"), Fit: true}, Tally: checks.TallyOf(s.Results)}
	if len(s.Next) > 0 {
		o.ICloud.Fix, o.Primary = &s.Next[0], checks.Primary{Kind: checks.PrimaryFix, Fix: s.Next[0]}
	}
	return o
}

// askingRow is a result with a question about a choice.
func askingRow(id string, given *checks.Answer) checks.Result {
	one := rowOf(id, checks.Ask, "look")
	one.Questions = []checks.Question{{ID: "icloud-switch", Ask: saying("Is it on?"), Where: saying("Look there."), Given: given,
		Choices: []checks.Choice{{ID: "on", Text: saying("Yes")}, {ID: "off", Text: saying("No")}}}}
	return one
}
