package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/checks"
	"lifeboat/checks/checkup"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/feeds"
	"lifeboat/checks/report"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/theme"
)

// scripted is an [Engine] that does what a test tells it.
type scripted struct {
	changes chan device.Change
	// Each method answers with its function, or with a healthy phone's answer.
	inspect func(ctx context.Context, p *device.Phone) (device.Summary, error)
	pair    func(ctx context.Context, waiting func(fault.Code)) error
	// check is what is found when the phone is looked at.
	check    func(p *device.Phone, destination string) (checkup.State, error)
	diagnose func(ctx context.Context) error // in place of check
	states   chan checkup.State              // what is found meanwhile
	looks    chan struct{}
	answer   func(checks.QuestionID, checks.Answer) error
	// attempt, switchOn and restart are what the phone does.
	attempt           func(ctx context.Context, each func(devicelog.Attempt)) error
	switchOn, restart func(ctx context.Context) error
	calls             []string // what was asked for, in order
	saved             []string // path and text of reports
	recordErr         error
	saveErr           error
	callsMu           sync.Mutex
	backUp            func(ctx context.Context, o Order, report func(backup.Event)) (backup.Result, error)
	// destinationErr is why no backup can be made where it is to go.
	destinationErr error
	// keyring holds plain passwords by UDID; keyringErr makes it fail.
	keyring    map[string]string
	keyringErr error
	shelves    shelves
}

func (s *scripted) Watch(ctx context.Context, each func(device.Change)) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-s.changes:
			each(c)
		}
	}
}

func (s *scripted) Inspect(ctx context.Context, p *device.Phone) (device.Summary, error) {
	if s.inspect != nil {
		return s.inspect(ctx, p)
	}
	return summaryOf(facts.Ready), nil
}

func (s *scripted) Pair(ctx context.Context, _ *device.Phone, waiting func(fault.Code)) error {
	return s.pair(ctx, waiting)
}

func (s *scripted) Diagnose(ctx context.Context, p *device.Phone, _ device.Summary, destination string, each func(checkup.State)) error {
	if s.diagnose != nil {
		return s.diagnose(ctx)
	}
	for {
		found, err := healthy(), error(nil)
		if s.check != nil {
			found, err = s.check(p, destination)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		each(found)
		for again := false; !again; {
			select {
			case <-ctx.Done():
				return nil
			case found := <-s.states:
				each(found)
			case <-s.looks:
				again = true
			}
		}
	}
}

// note remembers that something was asked for.
func (s *scripted) note(format string, args ...any) {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
}

// noted are the calls that begin with a word.
func (s *scripted) noted(word string) (calls []string) {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	for _, c := range s.calls {
		if strings.HasPrefix(c, word) {
			calls = append(calls, c)
		}
	}
	return calls
}

func (s *scripted) Look(*device.Phone) { s.note("look"); s.looks <- struct{}{} }

func (s *scripted) FixOpen(_ *device.Phone, open bool) { s.note("open %v", open) }

func (s *scripted) Answer(_ context.Context, _ *device.Phone, id checks.QuestionID, a checks.Answer) error {
	s.note("answer %s %s%s", id, a.Choice, a.Text)
	if s.answer != nil {
		return s.answer(id, a)
	}
	return nil
}

func (s *scripted) Tick(_ context.Context, _ *device.Phone, fixID string, done bool) error {
	s.note("tick %s %v", fixID, done)
	return nil
}

func (s *scripted) Attempt(ctx context.Context, _ *device.Phone, each func(devicelog.Attempt)) error {
	s.note("attempt")
	if s.attempt != nil {
		return s.attempt(ctx, each)
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *scripted) SwitchOn(ctx context.Context, _ *device.Phone) error {
	s.note("switch on")
	return s.switchOn(ctx)
}

func (s *scripted) Restart(ctx context.Context, _ *device.Phone) error {
	s.note("restart")
	return s.restart(ctx)
}

func (s *scripted) Report(_ *device.Phone, include report.Include) report.Report {
	s.note("report %+v", include)
	return reportOf(include)
}

func (s *scripted) SaveReport(path, text string) error {
	s.saved = append(s.saved, path+"\n"+text)
	return s.saveErr
}

func (s *scripted) Record(on bool) (string, error) {
	s.note("record %v", on)
	return "/home/anna/recording.txt", s.recordErr
}

func (s *scripted) ForgetHistory(context.Context, *device.Phone) error { s.note("forget"); return nil }

func (s *scripted) Allow(a feeds.Allowed) { s.note("allow %+v", a) }

func (s *scripted) Destination(context.Context, string) error { return s.destinationErr }

func (s *scripted) BackUp(ctx context.Context, o Order, report func(backup.Event)) (backup.Result, error) {
	return s.backUp(ctx, o, report)
}

func (s *scripted) Password(_ context.Context, udid string) (keybag.Password, error) {
	return keybag.NewPassword(s.keyring[udid]), s.keyringErr
}

func (s *scripted) KeepPassword(_ context.Context, udid string, p keybag.Password) error {
	if s.keyringErr != nil {
		return s.keyringErr
	}
	s.keyring[udid] = p.Reveal()
	return nil
}

var errKeyring = fault.New(fault.KeyringFailed, "keep the password", errors.New("no such service"))

// rig is a window on the test driver, with an engine to script and a queue
// for the UI goroutine, which is the test's own.
type rig struct {
	*Window
	t      *testing.T
	engine *scripted
	posts  chan func()
	posted atomic.Int64 // how many were ever posted
	runs   runs
	rename string // gives phones another name
	opened []string
	copied string
	closed bool
}

const (
	udidA = "00008110-001A2B3C4D5E601E"
	udidB = "00008130-000A1B2C3D4E501F"
)

var (
	today  = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	phoneA = &device.Phone{UDID: udidA, Connection: "USB", DeviceID: 3}
	phoneB = &device.Phone{UDID: udidB, Connection: "USB", DeviceID: 4}
)

// inWindow runs f with a started window, in a bubble with a fake clock.
func inWindow(t *testing.T, change func(*Options), f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		app := test.NewTempApp(t)
		app.Settings().SetTheme(theme.New())
		r := &rig{
			t: t,
			engine: &scripted{changes: make(chan device.Change), states: make(chan checkup.State), looks: make(chan struct{}, 9),
				keyring: map[string]string{}},
			posts: make(chan func(), 1000),
		}
		o := Options{
			Window: test.NewWindow(nil), Engine: r.engine, Words: words.English(), OS: "linux", Version: "0.1.0",
			Post: func(f func()) { r.posted.Add(1); r.posts <- f }, Settings: NewSettings(nil, "/home/anna/Lifeboat Backups", feeds.Everything), Now: time.Now,
			OpenFolder: func(dir string) error { r.opened = append(r.opened, dir); return nil },
			OpenPage:   func(address string) error { r.opened = append(r.opened, address); return nil },
			Copy:       func(text string) { r.copied = text },
		}
		if change != nil {
			change(&o)
		}
		r.runs = runs{events: make(chan backup.Event), ends: make(chan ending)}
		r.Window = New(o)
		ctx, cancel := context.WithCancel(t.Context())
		o.Window.SetOnClosed(func() { r.closed = true })
		r.Start(ctx)
		r.drain()
		f(r)
		cancel()
		if r.runs.deaf {
			r.runs.ends <- ending{err: context.Canceled}
		}
		r.drain()
		if !r.closed {
			o.Window.Close()
		}
	})
}

// drain lets all goroutines come to rest and runs what they posted.
func (r *rig) drain() {
	for {
		synctest.Wait()
		select {
		case f := <-r.posts:
			f()
		default:
			return
		}
	}
}

// pass lets the fake clock go on by d, and draws what happens.
func (r *rig) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(50*time.Millisecond, time.Until(end)))
		r.drain()
	}
}

// plug tells the window which phones are connected.
func (r *rig) plug(phones ...*device.Phone) {
	r.engine.changes <- device.Change{Phones: phones}
	r.drain()
}

// object is something visible and where it is in the window.
type object struct {
	fyne.CanvasObject
	at   fyne.Position
	clip *container.Scroll // the scroll that cuts it off, if any
}

// visible walks everything that is shown below o, which stands at a place.
func visible(o fyne.CanvasObject, at fyne.Position, clip *container.Scroll, each func(object)) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	each(object{o, at, clip})
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case *container.Scroll:
		children, clip = []fyne.CanvasObject{c.Content}, c
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, child := range children {
		visible(child, at, clip, each)
	}
}

// placed are all objects that are shown now, those of a sheet last.
func (r *rig) placed() (all []object) {
	add := func(o object) { all = append(all, o) }
	visible(r.Options.Window.Content(), fyne.Position{}, nil, add)
	if top := r.Options.Window.Canvas().Overlays().Top(); top != nil {
		visible(top, fyne.Position{}, nil, add)
	}
	return all
}

func (r *rig) objects() (all []fyne.CanvasObject) {
	for _, o := range r.placed() {
		all = append(all, o.CanvasObject)
	}
	return all
}

// texts are all words that can be seen now.
func (r *rig) texts() []string {
	var all []string
	for _, o := range r.objects() {
		switch o := o.(type) {
		case *widget.Label:
			all = append(all, o.Text)
		case *action:
			all = append(all, o.Text)
		case *widget.Check:
			all = append(all, o.Text)
		case *tickBox:
			all = append(all, o.Text)
		case *widget.Select:
			all = append(all, o.Selected)
		case *canvas.Text:
			all = append(all, o.Text)
		}
	}
	return all
}

// sees fails the test unless every text can be seen, as part of some line.
func (r *rig) sees(texts ...string) {
	r.t.Helper()
	shown := r.texts()
	for _, text := range texts {
		if !slices.ContainsFunc(shown, func(s string) bool { return strings.Contains(s, text) }) {
			r.t.Errorf("cannot see %q; there is:\n  %s", text, strings.Join(shown, "\n  "))
		}
	}
}

// misses fails the test if any of the texts can be seen.
func (r *rig) misses(texts ...string) {
	r.t.Helper()
	shown := r.texts()
	for _, text := range texts {
		if slices.ContainsFunc(shown, func(s string) bool { return strings.Contains(s, text) }) {
			r.t.Errorf("still sees %q", text)
		}
	}
}

// find returns the first visible object of a type that fits.
func find[T fyne.CanvasObject](r *rig, fits func(T) bool) T {
	r.t.Helper()
	for _, o := range r.objects() {
		if got, ok := o.(T); ok && fits(got) {
			return got
		}
	}
	var none T
	r.t.Fatalf("there is no such %T; there is:\n  %s", none, strings.Join(r.texts(), "\n  "))
	return none
}

func (r *rig) button(text string) *action {
	r.t.Helper()
	return find(r, func(a *action) bool { return a.Text == text })
}

// tap taps a button that must be there and enabled.
func (r *rig) tap(text string) {
	r.t.Helper()
	b := r.button(text)
	if b.Disabled() {
		r.t.Fatalf("button %q is disabled", text)
	}
	test.Tap(b)
	r.drain()
}

// secrets are the password fields in sight.
func (r *rig) secrets() []*secret {
	var all []*secret
	for _, o := range r.objects() {
		if s, ok := o.(*secret); ok {
			all = append(all, s)
		}
	}
	return all
}

// folds are all folds in sight.
func (r *rig) folds() []*fold {
	var all []*fold
	for _, o := range r.objects() {
		if f, ok := o.(*fold); ok {
			all = append(all, f)
		}
	}
	return all
}

// keyboardStops are what Tab goes to, in its order.
func (r *rig) keyboardStops() []fyne.Focusable {
	c := r.Options.Window.Canvas()
	before := c.Focused()
	c.Unfocus()
	var all []fyne.Focusable
	for range 100 {
		test.FocusNext(c)
		if c.Focused() == nil || len(all) > 0 && c.Focused() == all[0] {
			break
		}
		all = append(all, c.Focused())
	}
	if before != nil {
		c.Focus(before)
	}
	return all
}

// settle gives the window a size and lays it out until nothing moves, which
// the real canvas does from frame to frame.
func (r *rig) settle(width, height float32) {
	for i := range 4 {
		r.Options.Window.Resize(fyne.NewSize(width+float32(i%2), height))
	}
	r.Options.Window.Resize(fyne.NewSize(width, height))
}

// overlaps fails the test if two texts of the screen, or of the sheet over
// it, stand on one another.
func (r *rig) overlaps() {
	r.t.Helper()
	root := r.Options.Window.Content()
	if top := r.Options.Window.Canvas().Overlays().Top(); top != nil {
		root = top
	}
	var labels []object
	visible(root, fyne.Position{}, nil, func(o object) {
		if l, ok := o.CanvasObject.(*widget.Label); ok && strings.TrimSpace(l.Text) != "" {
			labels = append(labels, o)
		}
	})
	const slack = 15 // tight lines share their padding
	for i, a := range labels {
		for _, b := range labels[i+1:] {
			as, bs := a.Size(), b.Size()
			if a.clip == b.clip && a.at.X < b.at.X+bs.Width && b.at.X < a.at.X+as.Width &&
				a.at.Y+slack < b.at.Y+bs.Height && b.at.Y+slack < a.at.Y+as.Height {
				r.t.Errorf("%q at %v %v stands on %q at %v %v", shorten(a.CanvasObject.(*widget.Label).Text, 30), a.at, as,
					shorten(b.CanvasObject.(*widget.Label).Text, 30), b.at, bs)
			}
		}
	}
}

// key presses a key on whatever has the keyboard.
func (r *rig) key(name fyne.KeyName) {
	r.t.Helper()
	focused := r.Options.Window.Canvas().Focused()
	if focused == nil {
		r.t.Fatalf("nothing has the keyboard for %s", name)
	}
	focused.TypedKey(&fyne.KeyEvent{Name: name})
	r.drain()
}

func summaryOf(readiness facts.Readiness) device.Summary {
	return device.Summary{Name: "Anna's iPhone", ProductType: "iPhone15,2", Version: "18.7.1", Readiness: readiness}
}

// healthy is what is found of a phone that was never backed up here.
func healthy() checkup.State { return stateOf(inputOf(false)) }

// inputOf is a phone in order but for its switched off iCloud Backup, with or
// without encrypted backups.
func inputOf(encrypted bool) checks.Input {
	phone := facts.Phone{
		UDID: udidA, Connection: "USB", Readiness: facts.Ready, GatheredAt: today,
		Name: facts.Of("Anna's iPhone"), ProductType: facts.Of("iPhone15,2"), Version: facts.Of("18.7.1"),
		PasscodeLocked: facts.Of(false), ActivationState: facts.Of("Activated"),
		CloudBackupEnabled: facts.Of(false), LastCloudBackup: facts.Of(today.AddDate(0, 0, -51)),
		WillEncrypt: facts.Of(encrypted), DataCapacity: facts.Of(int64(119e9)), DataAvailable: facts.Of(int64(31e9)),
		DiskCapacity: facts.Of(int64(128e9)), BatteryLevel: facts.Of(81), ExternalConnected: facts.Of(true),
	}
	return checks.Input{Phone: phone, Now: today,
		Host: checks.Host{OS: "linux", Destination: "/home/anna/Lifeboat Backups", FreeBytes: facts.Of(int64(240e9))}}
}

// stateOf judges an input as a diagnosis does.
func stateOf(in checks.Input) checkup.State {
	s := checkup.State{Input: in, Results: checks.Run(in)}
	s.Verdict, s.Next = checks.Verdict(s.Results), checks.Next(s.Input, s.Results)
	blocker, _ := checks.Blocker(s.Results)
	s.Blocker = blocker.ID
	return s
}

// hears brings a state to the window while it is open.
func (r *rig) hears(s checkup.State) {
	r.engine.states <- s
	r.drain()
}
