package ui

import (
	"strings"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/backup/verify"
	"lifeboat/checks"
)

// doneScreen says what a finished backup was proven to be.
type doneScreen struct {
	w       *Window
	f       *flow
	open    *widgets.Action
	trouble *widget.Label
	verdict *widgets.Steady // over iCloud, which what is in the backup may explain
	repair  *widget.Label
	finish  *widgets.Action
	content fyne.CanvasObject
}

// skippedShown is how many unreadable files are listed by name.
const skippedShown = 200

func newDone(w *Window, f *flow) *doneScreen {
	s := &doneScreen{w: w, f: f, trouble: widgets.Plain(w.say("ui.done.open-failed", nil)),
		verdict: widgets.NewSteady(widgets.Plain(""), verdictLines), repair: widgets.Quiet(w.say("ui.done.icloud", nil))}
	s.trouble.Hide()
	r := f.result
	leave := func() { w.leave(f) }
	s.open = widgets.NewAction(w.say("ui.done.open", nil), fynetheme.FolderOpenIcon(), s.openFolder)
	s.finish = widgets.NewPrimary(w.say("ui.done.ok", nil), nil, leave)
	s.finish.Escape = leave
	mark, heading, proof := "pass", "ui.done.title", s.proof()
	if r.Doubtful > 0 {
		mark, heading, proof = "warn", "ui.done.doubtful", s.doubt()
	}
	all := widgets.NewAction(w.say("ui.versions.open", nil), fynetheme.StorageIcon(), func() { w.leave(f); w.showVersions() })
	body := []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon(mark, 40)), nil,
			widgets.Title(w.say(heading, words.Args{"Name": widgets.Shorten(w.phoneName(f.phone), 40), "N": words.Count(r.Doubtful)}))),
		widgets.Card(proof),
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.done.news", nil)), widgets.Plain(s.news()))),
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.done.icloud-now", nil)), s.verdict.Object(), s.repair)),
		widgets.Card(widgets.NewRows(widgets.Strong(w.say("ui.done.where", nil)), widgets.Copyable(r.Dir),
			widgets.Inset(container.New(&widgets.Flowing{}, s.open, all)), s.trouble)),
	}
	if len(r.Skipped) > 0 {
		body = append(body, w.unreadFold(r.Skipped, r.SkippedCount, "ui.done.skipped-why"))
	}
	if f.keepErr != nil {
		body = append(body, widgets.Card(widgets.Plain(w.say("ui.done.not-kept", words.Args{"Happened": w.explain(f.keepErr).Happened}))))
	}
	s.content = widgets.Page(widgets.NewColumn(body...), widgets.ButtonRow(s.finish))
	return s
}

// proof shows what verification found in order.
func (s *doneScreen) proof() fyne.CanvasObject {
	proof := widgets.NewRows(widgets.Strong(s.w.say("ui.done.proof", nil)))
	for _, line := range s.proven() {
		proof.Add(container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon("pass", 18)), nil, widgets.Plain(line)))
	}
	return proof
}

// doubt shows of what the doubtful files are, what can be relied on, and what
// to do.
func (s *doneScreen) doubt() fyne.CanvasObject {
	w, r := s.w, s.f.result
	rows := []fyne.CanvasObject{widgets.Plain(w.say("ui.done.doubtful-means", words.Args{"N": words.Count(r.Doubtful), "Files": files(r.Verified.Files)}))}
	rows = append(rows, w.groups(r.Verified.Groups)...)
	if last := r.LastProven; last != nil {
		rows = append(rows, widgets.Plain(w.say("ui.done.doubtful-earlier", words.Args{"Date": words.Date(last.Date), "Time": clock(last.Date)})))
	}
	return widgets.NewRows(append(rows, widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(w.say("ui.done.doubtful-next", nil))))...)
}

// proven lists what verification showed, and no more than that.
func (s *doneScreen) proven() []string {
	w, v := s.w, s.f.result.Verified
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
func (s *doneScreen) news() string {
	w, r := s.w, s.f.result
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
	if n := s.f.earlier; n > 0 {
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
	head := container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon("warn", 22)), nil,
		widgets.Plain(w.say("ui.done.skipped", words.Args{"N": words.Count(count)})))
	return widgets.Card(widgets.NewFold(head, false, func() fyne.CanvasObject {
		all := []fyne.CanvasObject{widgets.Quiet(w.say(why, nil))}
		for _, name := range names[:min(len(names), skippedShown)] {
			all = append(all, widgets.Copyable(name))
		}
		if more := count - min(len(names), skippedShown); more > 0 {
			all = append(all, widgets.Quiet(w.say("ui.done.skipped-more", words.Args{"N": words.Count(more)})))
		}
		return widgets.NewRows(all...)
	}, nil))
}

func (s *doneScreen) openFolder() {
	dir := s.f.result.Dir
	go func() {
		if err := s.w.OpenFolder(dir); err != nil {
			s.w.Post(s.trouble.Show)
		}
	}()
}

func (s *doneScreen) object() fyne.CanvasObject { return s.content }
func (s *doneScreen) first() fyne.Focusable     { return s.finish }

// update says what is known of iCloud by now: some seconds after the backup
// that is why it fails, if the phone noted it.
func (s *doneScreen) update() {
	state := s.f.phone.state
	s.verdict.Set(s.w.Words.Text(state.Verdict))
	widgets.Show(s.repair, state.Standing != checks.Pass)
}
