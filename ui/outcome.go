package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// donePage says what a finished backup was proven to be.
type donePage struct {
	drawn
	w       *Window
	j       *state.Job
	trouble *widgets.Text
	within  *widgets.Text // what is in it
	ok      *widgets.Action
}

func newDonePage(w *Window, j *state.Job) *donePage {
	s := &donePage{w: w, j: j, trouble: widgets.Plain(w.say("ui.done.open-failed", nil)), within: widgets.Plain("")}
	s.trouble.Hide()
	s.within.Hide()
	r := j.Result
	s.ok = widgets.NewPrimary(w.say("ui.done.ok", nil), nil, w.Back)
	mark, heading, proof := "pass", "ui.done.title", s.proof()
	if r.Doubtful > 0 {
		mark, heading, proof = "warn", "ui.done.doubtful", s.doubt()
	}
	body := widgets.NewWide(
		widgets.Headline(mark, w.say(heading, words.Args{"Name": widgets.Shorten(w.phoneName(j.Phone), 40), "N": words.Count(r.Doubtful)})),
		widgets.Card(proof),
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.done.news", nil)), widgets.Plain(s.news()), s.within)),
		widgets.Card(widgets.NewRows(widgets.Strong(w.say("ui.done.where", nil)), widgets.Copyable(r.Dir), container.New(&widgets.Flowing{},
			widgets.NewAction(w.say("ui.done.open", nil), nil, func() { w.open(w.o.OpenFolder, r.Dir, s.trouble.Show) }),
			widgets.NewAction(w.say("ui.tab.backups", nil), nil, func() { w.Tab(state.BackupsPage) })), s.trouble)),
	)
	if len(r.Skipped) > 0 {
		body.Add(w.unreadFold(r.Skipped, r.SkippedCount, "ui.done.skipped-why"))
	}
	if j.KeepErr != nil {
		body.Add(widgets.Card(widgets.Plain(w.say("ui.done.not-kept", words.Args{"Happened": w.explain(j.KeepErr).Happened}))))
	}
	_, s.content = widgets.Page(widgets.TextWidth, body, widgets.ButtonRow(s.ok))
	return s
}

func (s *donePage) first() fyne.Focusable { return s.ok }

func (s *donePage) update() {
	said := s.w.within(s.j.Within)
	s.within.SetText(said)
	widgets.Show(s.within, said != "")
}

// proof shows what verification found in order.
func (s *donePage) proof() fyne.CanvasObject {
	proof := widgets.NewRows(widgets.Strong(s.w.say("ui.done.proof", nil)))
	for _, line := range s.proven() {
		proof.Add(widgets.Beside(widgets.NewMark("pass", 18), widgets.Plain(line)))
	}
	return proof
}

// doubt shows of what the doubtful files are, what can be relied on, and what
// to do.
func (s *donePage) doubt() fyne.CanvasObject {
	w, r := s.w, s.j.Result
	rows := []fyne.CanvasObject{widgets.Plain(w.say("ui.done.doubtful-means", words.Args{"N": words.Count(r.Doubtful), "Files": files(r.Verified.Files)}))}
	rows = append(rows, w.groups(r.Verified.Groups)...)
	if last := r.LastProven; last != nil {
		rows = append(rows, widgets.Plain(w.say("ui.done.doubtful-earlier", words.Args{"Date": words.Date(last.Date), "Time": timeOfDay(last.Date)})))
	}
	return widgets.NewRows(append(rows, widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(w.say("ui.done.doubtful-next", nil))))...)
}

// proven lists what verification showed, and no more than that.
func (s *donePage) proven() []string {
	w, v := s.w, s.j.Result.Verified
	lines := []string{w.say("ui.done.files", words.Args{"Files": words.Count(v.Files), "Size": words.Bytes(v.Bytes)})}
	switch {
	case v.Level.Depth == verify.Quick && v.Encrypted:
		return append(lines, w.say("ui.done.opened-new", nil))
	case v.Level.Depth == verify.Quick:
		return append(lines, w.say("ui.done.read-new", nil))
	case v.Level.Depth == verify.Sample:
		return append(lines, w.say("ui.done.sampled", words.Args{"N": words.Count(v.Sampled)}))
	case v.Encrypted:
		return append(lines, w.say("ui.done.opened", nil))
	}
	return append(lines, w.say("ui.done.read", nil))
}

// news says what is new in the backup, and what became of those before it.
func (s *donePage) news() string {
	w, r := s.w, s.j.Result
	var lines []string
	switch v := r.Version; {
	case v.Number <= 1:
		lines = append(lines, w.say("ui.done.first", nil))
	case v.Added+v.Changed+v.Removed == 0:
		lines = append(lines, w.say("ui.done.nothing-new", nil))
	default:
		lines = append(lines, w.say("ui.done.new", words.Args{"Added": words.Count(v.Added), "Changed": v.Changed, "Removed": v.Removed}))
	}
	if r.Resumed {
		lines = append(lines, w.say("ui.done.resumed", nil))
	}
	if n := s.j.Earlier; n > 0 {
		lines = append(lines, w.say("ui.done.earlier", words.Args{"N": words.Count(n)}))
	}
	if n := len(r.Trashed); n > 0 {
		lines = append(lines, w.say("ui.done.trashed", words.Args{"N": words.Count(n), "Days": words.T("ui.keeping.days", words.Args{"N": words.Count(w.Settings.Policy().Trash)})}))
	}
	return strings.Join(append(lines, w.say("ui.done.took", words.Args{"Span": words.Span(r.Duration)})), " ")
}

// unreadFold lists the files that the phone itself could not read; why is the
// key of what that means.
func (w *Window) unreadFold(names []string, count int, why string) fyne.CanvasObject {
	head := widgets.Beside(widgets.NewMark("warn", 20),
		widgets.Plain(w.say("ui.done.skipped", words.Args{"N": words.Count(count)})))
	return widgets.Card(widgets.NewFold(head, false, func() fyne.CanvasObject {
		all := []fyne.CanvasObject{widgets.Quiet(w.say(why, nil))}
		for _, name := range names[:min(len(names), state.UnreadShown)] {
			all = append(all, widgets.Copyable(name))
		}
		if more := count - min(len(names), state.UnreadShown); more > 0 {
			all = append(all, widgets.Quiet(w.say("ui.done.skipped-more", words.Args{"N": words.Count(more)})))
		}
		return widgets.NewRows(all...)
	}, nil))
}

// wentWrong reports whether a backup that didn't come to its end failed: it was not
// stopped, and nothing is missing but a drive.
func wentWrong(j *state.Job) bool {
	return j.Step == state.Failed && !isAbout(j.Err, fault.Cancelled, fault.CancelledPhone, fault.DestOffline, fault.PlacePending)
}

// failedPage says why there is no new backup, and what to do about it.
type failedPage struct {
	drawn
	w           *Window
	j           *state.Job
	again, full *widgets.Action // full is nil where it would not help
}

func newFailedPage(w *Window, j *state.Job) *failedPage {
	s := &failedPage{w: w, j: j}
	mark := "fail"
	if !wentWrong(j) {
		mark = "unknown"
	}
	s.again = widgets.NewPrimary(w.say("ui.again", nil), nil, func() { w.Again(j, j.Full) })
	foot := widgets.ButtonRow(widgets.NewAction(w.say("ui.back", nil), nil, w.Back), s.again)
	if isAbout(j.Err, fault.StuckSamePlace, fault.BackupCorrupt, fault.BackupDamaged) {
		s.full = widgets.NewPrimary(w.say("ui.failed.full", nil), nil, func() { w.Again(j, true) })
		s.again.SetPrimary(false)
		foot = widgets.ButtonRow(widgets.NewAction(w.say("ui.back", nil), nil, w.Back), s.again, s.full)
	}
	rows := w.problemRows(mark, j.Err)
	if isAbout(j.Err, fault.DestFull, fault.DestMissing, fault.DestNotFolder, fault.DestNotAllowed, fault.DestGuarded, fault.DestFailed, fault.HostSpace,
		fault.DestOffline, fault.DestSmallFiles, fault.DestUnfit) {
		ways := container.New(&widgets.Flowing{}, widgets.NewAction(w.say("ui.destination.other", nil), nil, w.chooseDestination))
		if isAbout(j.Err, fault.DestGuarded) {
			ways.Add(widgets.NewAction(w.say("ui.failed.privacy", nil), nil, func() { w.openPage(privacyPane) }))
		}
		rows = append(rows, ways)
	}
	if names, count := j.Unread(); count > 0 {
		rows = append(rows, w.unreadFold(names, count, "ui.failed.unread-why"))
	}
	rows = append(rows, w.detailsFold(j.Err))
	_, s.content = widgets.Page(widgets.TextWidth, widgets.NewWide(rows...), foot)
	return s
}

// privacyPane is where macOS lets people allow a program to use all folders.
const privacyPane = "x-apple.systempreferences:com.apple.preference.security?Privacy_AllFiles"

// update lets another backup begin only while its phone is there: it may have
// been restarted, as the advice is.
func (s *failedPage) update() {
	there := s.w.Present(s.j)
	widgets.SetEnabled(s.again, there)
	if s.full != nil {
		widgets.SetEnabled(s.full, there)
	}
}

func (s *failedPage) first() fyne.Focusable {
	if s.full != nil && !s.full.Disabled() {
		return s.full
	}
	return s.again
}
