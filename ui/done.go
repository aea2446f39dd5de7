package ui

import (
	"strings"

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
	open    *action
	trouble *widget.Label
	verdict *steady // over iCloud, which what is in the backup may explain
	repair  *widget.Label
	finish  *action
	content fyne.CanvasObject
}

// skippedShown is how many unreadable files are listed by name.
const skippedShown = 200

func newDone(w *Window, f *flow) *doneScreen {
	s := &doneScreen{w: w, f: f, trouble: plain(w.say("ui.done.open-failed", nil)),
		verdict: newSteady(plain(""), verdictLines), repair: quiet(w.say("ui.done.icloud", nil))}
	s.trouble.Hide()
	r := f.result
	leave := func() { w.leave(f) }
	s.open = newAction(w.say("ui.done.open", nil), fynetheme.FolderOpenIcon(), s.openFolder)
	s.finish = newPrimary(w.say("ui.done.ok", nil), nil, leave)
	s.finish.escape = leave
	mark, heading, proof := "pass", "ui.done.title", s.proof()
	if r.Doubtful > 0 {
		mark, heading, proof = "warn", "ui.done.doubtful", s.doubt()
	}
	all := newAction(w.say("ui.versions.open", nil), fynetheme.StorageIcon(), func() { w.leave(f); w.showVersions() })
	body := []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(markIcon(mark, 40)), nil,
			title(w.say(heading, words.Args{"Name": shorten(w.phoneName(f.phone), 40), "N": words.Count(r.Doubtful)}))),
		card(proof),
		card(newTight(strong(w.say("ui.done.news", nil)), plain(s.news()))),
		card(newTight(strong(w.say("ui.done.icloud-now", nil)), s.verdict.object(), s.repair)),
		card(newRows(strong(w.say("ui.done.where", nil)), copyable(r.Dir),
			inset(container.New(&flowing{}, s.open, all)), s.trouble)),
	}
	if len(r.Skipped) > 0 {
		body = append(body, w.unreadFold(r.Skipped, r.SkippedCount, "ui.done.skipped-why"))
	}
	if f.keepErr != nil {
		body = append(body, card(plain(w.say("ui.done.not-kept", words.Args{"Happened": w.explain(f.keepErr).Happened}))))
	}
	s.content = page(newColumn(body...), buttons(s.finish))
	return s
}

// proof shows what verification found in order.
func (s *doneScreen) proof() fyne.CanvasObject {
	proof := newRows(strong(s.w.say("ui.done.proof", nil)))
	for _, line := range s.proven() {
		proof.Add(container.NewBorder(nil, nil, container.NewPadded(markIcon("pass", 18)), nil, plain(line)))
	}
	return proof
}

// doubt shows of what the doubtful files are, what can be relied on, and what
// to do.
func (s *doneScreen) doubt() fyne.CanvasObject {
	w, r := s.w, s.f.result
	rows := []fyne.CanvasObject{plain(w.say("ui.done.doubtful-means", words.Args{"N": words.Count(r.Doubtful), "Files": files(r.Verified.Files)}))}
	rows = append(rows, w.groups(r.Verified.Groups)...)
	if last := r.LastProven; last != nil {
		rows = append(rows, plain(w.say("ui.done.doubtful-earlier", words.Args{"Date": words.Date(last.Date), "Time": clock(last.Date)})))
	}
	return newRows(append(rows, newTight(strong(w.say("ui.problem.next", nil)), plain(w.say("ui.done.doubtful-next", nil))))...)
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
	head := container.NewBorder(nil, nil, container.NewPadded(markIcon("warn", 22)), nil,
		plain(w.say("ui.done.skipped", words.Args{"N": words.Count(count)})))
	return card(newFold(head, false, func() fyne.CanvasObject {
		all := []fyne.CanvasObject{quiet(w.say(why, nil))}
		for _, name := range names[:min(len(names), skippedShown)] {
			all = append(all, copyable(name))
		}
		if more := count - min(len(names), skippedShown); more > 0 {
			all = append(all, quiet(w.say("ui.done.skipped-more", words.Args{"N": words.Count(more)})))
		}
		return newRows(all...)
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
	s.verdict.set(s.w.Words.Text(state.Verdict))
	show(s.repair, state.Standing != checks.Pass)
}
