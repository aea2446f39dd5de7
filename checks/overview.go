package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Overview is what the first page says of a phone: whether its things are safe,
// how each of the two places does, and what to do now.
type Overview struct {
	Band    Band
	ICloud  ICloudCard
	Local   LocalCard
	Primary Primary
	Tally   Tally
}

// Band joins the two places in one sentence.
type Band struct {
	State SafetyState
	// Headline has no full stop; Detail is one sentence or two.
	Headline, Detail words.Text
	// Pending: the folder for backups is still being looked at, and until then
	// nothing is known.
	Pending bool
}

// ICloudCard is the state of the backups to iCloud. A zero Text is a line that
// is not there.
type ICloudCard struct {
	Status Status
	State  words.Text // "Not saving": a few words, without a full stop
	Saved  words.Text // when it saved the phone last
	// Cause says why in a sentence, CauseID which check it is of; "" for none.
	Cause   words.Text
	CauseID string
	// Record is what the phone's own record says of its tries; it is read from a
	// backup on this computer.
	Record words.Text
	Fix    *Fix // the step to begin with; nil while iCloud saves the phone
}

// LocalCard is the state of the backups to this computer. A zero Text is a line
// that is not there.
type LocalCard struct {
	Status Status
	State  words.Text // "Saved today, 17:16": a few words, without a full stop
	Saved  words.Text // how old it is and what was proven, or why nothing is known
	Expect words.Text // how much the first backup brings at most, and how long that takes
	Room   words.Text // what is free in the folder
	// FreeBytes and TotalBytes are of the drive of the folder; 0 if they are not known.
	FreeBytes, TotalBytes int64
	// Trouble says what is wrong with the folder, in a sentence.
	Trouble words.Text
	// Fit reports whether a backup can be made there, as far as it is known.
	Fit bool
	// Shows says that a backup here will also show why iCloud fails.
	Shows words.Text
}

// Used is the part of the drive that is taken, from 0 to 1, for a bar; false
// where it is not known.
func (c LocalCard) Used() (part float64, known bool) {
	if c.TotalBytes <= 0 || c.FreeBytes < 0 || c.FreeBytes > c.TotalBytes {
		return 0, false
	}
	return 1 - float64(c.FreeBytes)/float64(c.TotalBytes), true
}

// PrimaryKind is what the one primary button does.
type PrimaryKind string

// The kinds. PrimaryNone: all is well, or it is not known yet.
const (
	PrimaryNone         PrimaryKind = "none"
	PrimaryBackUp       PrimaryKind = "back-up"
	PrimaryFix          PrimaryKind = "fix"
	PrimaryAnswer       PrimaryKind = "answer"
	PrimaryChooseFolder PrimaryKind = "choose-folder"
)

// Primary is the one thing that makes the person safe soonest.
type Primary struct {
	Kind  PrimaryKind
	Fix   Fix    // of PrimaryFix: the first step of the way back
	Check string // of PrimaryAnswer: the id of the check that asks
}

// OverviewOf is the overview of a phone. safety and next are what [SafetyOf] and
// [Next] say of the same input and results.
func OverviewOf(in Input, results []Result, safety Safety, next []Fix) Overview {
	o := Overview{
		ICloud: in.iCloudCard(results, safety.ICloud), Local: in.localCard(results, safety.Local), Tally: TallyOf(results),
	}
	o.Band = in.band(safety, o.ICloud)
	if o.ICloud.Status != Pass && len(next) > 0 {
		o.ICloud.Fix = &next[0]
	}
	o.Primary = primary(o, results)
	return o
}

// band is the safety of the phone, with what iCloud does where that is not why.
func (in Input) band(s Safety, cloud ICloudCard) Band {
	b := Band{State: s.State, Headline: s.Headline, Detail: s.Detail}
	switch {
	case s.State == SafetyUnknown && in.Host.Kind.Reason == facts.Pending:
		b.Pending = true
		b.Headline, b.Detail = say("overview.looking", nil), words.Text{}
	case s.State == Safe && s.ICloud.State != Safe && cloud.Status == Fail:
		b.Detail = say("overview.only-icloud", words.Args{"Said": s.Detail})
	case s.State == Safe && cloud.Status == Fail:
		b.Detail = say("overview.icloud-stopped", words.Args{"Said": s.Detail})
	}
	return b
}

// iCloudCard is the card of iCloud.
func (in Input) iCloudCard(results []Result, saved Copy) ICloudCard {
	last := lastOf(results)
	worth, found := worthKnowing(results)
	found = found && (worth.Eased || worth.Status == Ask)
	c := ICloudCard{Saved: in.savedLine(saved)}
	if last.Status == Pass {
		c.Status, c.State = Pass, say("overview.icloud.saving", nil)
		if found { // something speaks against the next backup, so that only the last one is praised
			c.Status, c.State = Warn, say("overview.icloud.last-saved", nil)
			c.CauseID, c.Cause = worth.ID, say("overview.cause.worth", words.Args{"Cause": worth.headline})
		}
		return c
	}
	blocker, blocked := Blocker(results)
	blocked = blocked && meaningOf(blocker) != symptom
	undated := saved.Finished.IsZero() && !saved.undated
	state := func(status Status, name string) { c.Status, c.State = status, say("overview.icloud."+name, nil) }
	switch {
	case meaningOf(blocker) == access && blocked: // nothing else could be read
		state(Unknown, "unknown")
	case blocked && blocker.ID == string(cloudSwitch) && undated:
		state(Fail, "off")
	case last.Status == Fail && undated:
		state(Fail, "never")
	case last.Status == Fail || blocked:
		state(Fail, "failing")
	case last.Status == Warn && last.history.Key != "":
		state(Warn, "overdue")
	case last.Status == Warn || last.Status == Ask:
		state(last.Status, "unknown")
	default:
		state(Unknown, "unknown")
	}
	named, is := Named(results)
	switch {
	case is && blocked:
		c.CauseID, c.Cause = named.ID, say("overview.cause.found", words.Args{"Cause": named.headline})
	case is && c.Status != Unknown:
		c.CauseID, c.Cause = named.ID, say("overview.cause.likely", words.Args{"Cause": named.headline})
	case last.Status == Warn && last.history.Key == "": // a date that cannot be right
		c.CauseID, c.Cause = last.ID, say("overview.cause.found", words.Args{"Cause": last.headline})
	case c.Status == Fail || c.Status == Warn:
		c.Cause = say("overview.cause.none", nil)
		if _, asks := askingOf(results); asks {
			c.Cause = say("overview.cause.asks", nil)
		}
	}
	c.Record = in.recordLine()
	return c
}

// savedLine says when iCloud saved the phone last.
func (in Input) savedLine(saved Copy) words.Text {
	at := saved.Finished
	if at.IsZero() {
		return saved.Sentence
	}
	args := words.Args{"Day": words.Day(at, in.Now), "Moment": words.DayTime(at, in.Now), "Age": words.Span(in.Now.Sub(at))}
	if in.Now.Sub(at) < 2*24*time.Hour {
		return say("overview.saved.lately", args)
	}
	return say("overview.saved.days", args)
}

// recordLine is what the phone's own record says of its tries since the last
// that succeeded.
func (in Input) recordLine() words.Text {
	streak := in.failures()
	if len(streak) == 0 {
		return words.Text{}
	}
	newest, first := streak[0].Ended, streak[len(streak)-1].Ended
	args := words.Args{"Since": words.Day(first, in.Now), "Moment": words.DayTime(newest, in.Now)}
	if len(streak) > 1 {
		return say("overview.record.since", args)
	}
	return say("overview.record.once", args)
}

// localCard is the card of this computer.
func (in Input) localCard(results []Result, saved Copy) LocalCard {
	c := LocalCard{Fit: in.Host.Destination != ""}
	state := func(status Status, name string, args words.Args) {
		c.Status, c.State = status, say("overview.local."+name, args)
	}
	at := saved.Finished
	_, elsewhere := in.Phone.LastLocalBackup.Known()
	switch {
	case in.Host.Kind.Reason == facts.Pending:
		state(Unknown, "looking", nil)
	case !at.IsZero():
		status := Warn
		if saved.State == Safe {
			status = Pass
		}
		moment := words.DayTime(at, in.Now)
		if in.Now.Sub(at) >= 2*24*time.Hour {
			moment = words.Day(at, in.Now)
		}
		state(status, "saved", words.Args{"Moment": moment})
		c.Saved = in.standing(at)
	case in.Local.Exists:
		state(Warn, "undated", nil)
		c.Saved = saved.Sentence
	case in.Host.Destination == "":
		state(Unknown, "no-folder", nil)
	case in.folderGone():
		state(Fail, "gone", nil)
	case elsewhere && in.looked():
		state(Warn, "not-here", nil)
		c.Saved = saved.Sentence
	case in.looked() || in.Phone.LastLocalBackup.State == facts.Absent:
		state(Warn, "never", nil)
	default:
		state(Unknown, "unknown", nil)
		c.Saved = saved.Sentence
	}
	if r, known := resultWith(results, thisComputer); known && (r.Status == Fail || r.Status == Warn) {
		c.Fit = c.Fit && r.Status != Fail
		c.Trouble = say("overview.trouble", words.Args{"What": r.headline})
	}
	if free, known := in.Host.FreeBytes.Known(); known && !in.folderGone() && in.Host.Destination != "" {
		c.FreeBytes, c.Room = free, say("overview.room", words.Args{"Free": words.Bytes(free)})
		c.TotalBytes, _ = in.Host.TotalBytes.Known()
	}
	if !in.Local.Exists {
		c.Expect = in.expected()
	}
	if _, wanted := RecordStep(results); wanted {
		c.Shows = say("overview.shows", nil)
	}
	return c
}

// folderGone reports whether the folder for backups is not there, such as on a
// drive that is not plugged in.
func (in Input) folderGone() bool {
	kind, known := in.Host.Kind.Known()
	return known && (kind == DestinationMissing || kind == DestinationNew && in.Host.MustExist)
}

// standing says of a backup on this computer how old it is and whether it is proven.
func (in Input) standing(at time.Time) words.Text {
	args := words.Args{"Age": words.Span(in.Now.Sub(at))}
	if in.Local.Proven {
		return say("overview.local.proven", args)
	}
	return say("overview.local.age", args)
}

// expectSlowest is the slowest cable, in bytes a second, by which a time is worth saying.
const expectSlowest = megabyte

// expected is what a first backup brings at most: all that is used on the phone.
// The time is that of the cable as it was measured.
func (in Input) expected() words.Text {
	need, known := roomNeeded(in.Phone)
	if !known {
		return words.Text{}
	}
	need = boundedSize(need - phoneMargin)
	args := words.Args{"Size": words.Bytes(need)}
	speed, measured := in.Phone.CableSpeed.Known()
	if !measured || speed < expectSlowest {
		return say("overview.expect.size", args)
	}
	args["Time"] = words.Span(time.Duration(need/speed) * time.Second)
	return say("overview.expect.time", args)
}

// resultWith finds the result of a topic.
func resultWith(results []Result, id topic) (Result, bool) {
	return find(results, func(r Result) bool { return r.ID == string(id) })
}

// primary is what makes the person safe soonest: a copy where there is none that
// is fresh, and else the repair of iCloud.
func primary(o Overview, results []Result) Primary {
	if o.Band.Pending {
		return Primary{Kind: PrimaryNone}
	}
	asks, asked := askingOf(results)
	cause, doubted := resultWith(results, topic(o.ICloud.CauseID))
	switch {
	case accessOf(results).Status == Fail && o.ICloud.Fix != nil: // before that nothing can be done
		return Primary{Kind: PrimaryFix, Fix: *o.ICloud.Fix}
	case o.Band.State == SafetyUnknown && lastOf(results).Status == Ask: // two taps can tell
		return Primary{Kind: PrimaryAnswer, Check: lastOf(results).ID}
	case o.Band.State != Safe && !o.Local.Fit:
		return Primary{Kind: PrimaryChooseFolder}
	case o.Band.State != Safe:
		return Primary{Kind: PrimaryBackUp}
	case o.ICloud.Status == Pass || o.ICloud.Fix == nil && !asked:
		return Primary{Kind: PrimaryNone}
	case doubted && cause.Status == Ask: // whether anything is wrong, only the answer can tell
		return Primary{Kind: PrimaryAnswer, Check: cause.ID}
	case o.ICloud.Status == Ask || o.ICloud.Status == Unknown || o.ICloud.Fix == nil:
		if asked {
			return Primary{Kind: PrimaryAnswer, Check: asks.ID}
		}
		return Primary{Kind: PrimaryNone}
	case o.ICloud.Fix.Action == BackUpHere && o.Local.Fit:
		return Primary{Kind: PrimaryBackUp}
	case o.ICloud.Fix.Action == ChooseFolder || o.ICloud.Fix.Action == BackUpHere:
		return Primary{Kind: PrimaryChooseFolder}
	}
	return Primary{Kind: PrimaryFix, Fix: *o.ICloud.Fix}
}

// askingOf is the result about iCloud that asks the user first, in the order of
// what has to be fixed first.
func askingOf(results []Result) (Result, bool) {
	return find(urgent(results), func(r Result) bool {
		return r.About != ThisComputer && r.Status == Ask && len(r.Questions) > 0
	})
}

// Tally counts the results by their marks.
type Tally struct{ Problems, Warnings, Questions, Fine, Unread int }

// TallyOf counts results.
func TallyOf(results []Result) (t Tally) {
	for _, r := range results {
		switch r.Status {
		case Fail:
			t.Problems++
		case Warn:
			t.Warnings++
		case Ask:
			t.Questions++
		case Pass:
			t.Fine++
		default:
			t.Unread++
		}
	}
	return t
}

// Text is the tally in words, without what there is none of: "2 problems, 4
// questions for you, 12 fine".
func (t Tally) Text() words.Text {
	var parts []words.Text
	for _, p := range []struct {
		name string
		n    int
	}{{"problems", t.Problems}, {"warnings", t.Warnings}, {"questions", t.Questions}, {"fine", t.Fine}, {"unread", t.Unread}} {
		if p.n > 0 {
			parts = append(parts, say("overview.tally."+p.name, words.Args{"N": words.Count(p.n)}))
		}
	}
	return say("overview.tally.all", words.Args{"Parts": parts})
}
