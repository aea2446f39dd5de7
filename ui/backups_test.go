package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/assets/words"
	"lifeboat/backup/audit"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
	"lifeboat/ui/enginetest"
)

// keptBackups is the part of [scripted] that keeps backups. Each method answers
// with its function, or goes well.
type keptBackups struct {
	kept     []state.Kept
	foreign  []library.Foreign
	unread   []library.Unread
	err      error // of listing
	backups  func(ctx context.Context) ([]state.Kept, error)
	recheck  func(ctx context.Context, password string, level verify.Level, report func(verify.Progress)) (verify.Report, audit.Findings, error)
	rehearse func(ctx context.Context, password string, report func(rehearsal.Progress)) (rehearsal.Result, error)
	layOut   func(ctx context.Context, report func(int64)) (vault.Copy, error)
	trashErr error
	handOver string // where Apple's program looks
	program  library.Program
	inside   *enginetest.Content
	newer    *enginetest.Content         // of version 6, if it is set
	opens    func(password string) error // whether it opens what is inside
}

func (s *scripted) OpenContent(_ context.Context, _ state.Kept, number int, p keybag.Password) (engine.Content, error) {
	s.note("open %d", number)
	if opens := s.backups.opens; opens != nil {
		if err := opens(p.Reveal()); err != nil {
			return nil, err
		}
	}
	if number == 6 && s.backups.newer != nil {
		return s.backups.newer, nil
	}
	if s.backups.inside == nil {
		return nil, fault.New(fault.VersionUnknown, "open", nil)
	}
	return s.backups.inside, nil
}

func (s *scripted) List(ctx context.Context, _ string) ([]state.Kept, error) {
	return s.backups.list(ctx)
}

func (s *scripted) Recheck(ctx context.Context, k state.Kept, number int, p keybag.Password, l verify.Level, report func(verify.Progress)) (verify.Report, audit.Findings, error) {
	s.note("recheck %d %s", number, l)
	if s.backups.recheck != nil {
		return s.backups.recheck(ctx, p.Reveal(), l, report)
	}
	return verify.Report{Files: 12345, Bytes: 23e9, Level: l, Depth: l.Depth}, audit.Findings{}, nil
}

func (s *scripted) Rehearse(ctx context.Context, k state.Kept, number int, p keybag.Password, report func(rehearsal.Progress)) (rehearsal.Result, error) {
	s.note("rehearse %s %d", k.UDID, number)
	if s.backups.rehearse != nil {
		return s.backups.rehearse(ctx, p.Reveal(), report)
	}
	r := rehearsal.Result{Managed: true, Noted: true, Encrypted: true, Digests: true, Files: 12341, Bytes: 22e9}
	changed := s.backups.kept[0]
	changed.Versions = slices.Clone(changed.Versions) // the window holds what it was given
	for i := range changed.Versions {
		if v := &changed.Versions[i]; v.Number == number {
			v.Rehearsed = vault.Rehearsal{Date: time.Now()}
			r.Version = *v
		}
	}
	s.backups.kept = append([]state.Kept{changed}, s.backups.kept[1:]...)
	return r, nil
}

func (s *scripted) HandOver() (string, library.Program) {
	return s.backups.handOver, s.backups.program
}

func (s *scripted) LayOut(ctx context.Context, k state.Kept, number int, to string, report func(int64)) (vault.Copy, error) {
	to = cmp.Or(to, s.backups.handOver)
	s.note("lay out %d %s", number, to)
	if s.backups.layOut != nil {
		return s.backups.layOut(ctx, report)
	}
	return vault.Copy{Dir: to + "/" + k.UDID, Known: true}, nil
}

func (s *scripted) Trash(_ state.Kept, _ time.Time, numbers ...int) error {
	s.note("trash %d", numbers[0])
	return s.backups.mark(numbers[0], today, s.backups.trashErr)
}

func (s *scripted) Undelete(_ state.Kept, numbers ...int) error {
	s.note("undelete %d", numbers[0])
	return s.backups.mark(numbers[0], time.Time{}, nil)
}

func (s *keptBackups) list(ctx context.Context) ([]state.Kept, error) {
	if s.backups != nil {
		return s.backups(ctx)
	}
	return s.kept, s.err
}

// mark deletes a backup of the first phone, or takes it back.
func (s *keptBackups) mark(number int, trashed time.Time, err error) error {
	if err != nil {
		return err
	}
	changed := s.kept[0]
	changed.Versions = nil
	for _, v := range s.kept[0].Versions {
		if v.Number == number {
			v.Trashed = trashed
		}
		changed.Versions = append(changed.Versions, v)
	}
	s.kept = append([]state.Kept{changed}, s.kept[1:]...)
	return nil
}

func proof(level verify.Depth, problems int) vault.Proof {
	return vault.Proof{Level: string(level), Date: today, By: "Lifeboat 0.1.0", Problems: problems}
}

// keptHere are backups in every state, of two phones.
func keptHere() []state.Kept {
	return []state.Kept{
		{Root: "/home/anna/Lifeboat Backups", UDID: udidA, Name: "Anna's old iPhone", Encrypted: true, Versions: []vault.Version{
			{Number: 6, Date: today, Files: 12345, Bytes: 23e9, Added: 5, Changed: 2, Removed: 1, Current: true, Proof: proof(verify.Quick, 0)},
			{Number: 5, Date: today.AddDate(0, 0, -1), Files: 12341, Bytes: 22e9, Added: 1, Proof: proof(verify.Full, 0)},
			{Number: 4, Date: today.AddDate(0, 0, -2), Files: 12340, Bytes: 22e9, Proof: proof(verify.Full, 3)},
			{Number: 3, Date: today.AddDate(0, 0, -9), Files: 12000, Bytes: 21e9, Added: 2, Proof: proof(verify.Sample, 0), Trashed: today},
			{Number: 2, Date: today.AddDate(0, 0, -20), Files: 100, Bytes: 1e9, Added: 2, Unfinished: true},
			{Number: 1, Date: today.AddDate(0, 0, -40)},
		}},
		{Root: "/home/anna/Lifeboat Backups", UDID: udidB, Versions: []vault.Version{
			{Number: 1, Date: today, Files: 10, Bytes: 5e6, Current: true, Proof: proof(verify.Full, 0)}}},
	}
}

var offline = fault.New(fault.DestOffline, "look at the backups", nil).With("Drive", "Anna's drive").
	With("Path", "/media/anna/drive").With("LastSeen", words.Date(today.AddDate(0, 0, -4)))

// openBackups opens the page of backups.
func (r *rig) openBackups() {
	if r.engine.backups.kept == nil && r.engine.backups.err == nil {
		r.engine.backups.kept = keptHere()
	}
	r.plug()
	r.tap("Backups")
}

// openAll opens every fold in sight.
func (r *rig) openAll() {
	for _, f := range r.folds() {
		if !f.Open {
			f.Toggle()
		}
	}
}

// row is the row of a backup of the first phone.
func (r *rig) row(number int) *versionRow {
	r.t.Helper()
	row := r.page.(*backupsPage).rows[state.VersionKey{UDID: udidA, Number: number}]
	if row == nil {
		r.t.Fatalf("there is no row of backup %d", number)
	}
	if !row.fold.Open {
		row.fold.Toggle()
	}
	return row
}

// press taps a button of a row, or what the row has in its menu, which is opened for it.
func (r *rig) press(b interface {
	fyne.CanvasObject
	fyne.Tappable
	fyne.Disableable
	AccessibilityLabel() string
}) {
	r.t.Helper()
	if item, in := b.(*widgets.MenuItem); in {
		r.press(item.Menu().Button)
	}
	if b.Disabled() || !b.Visible() || !slices.Contains(r.objects(), fyne.CanvasObject(b)) {
		r.t.Fatalf("%q cannot be pressed", b.AccessibilityLabel())
	}
	test.Tap(b)
	r.drain()
}

func waits(ctx context.Context) error {
	<-ctx.Done()
	return fault.New(fault.Cancelled, "wait", ctx.Err())
}
