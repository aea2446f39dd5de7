//go:build xvfb

package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"lifeboat/assets/words"
)

// The window belongs to the main goroutine, which tests do not run on: so
// TestMain runs the app there, and the tests beside it.
var onMain = make(chan func())

func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	code := make(chan int)
	go func() { code <- m.Run() }()
	for {
		select {
		case f := <-onMain:
			f()
		case c := <-code:
			os.Exit(c)
		}
	}
}

// How often the UI goroutine is asked whether it is there, and how long it
// may take to say so: what a person does not notice.
const (
	beatEvery = 20 * time.Millisecond
	beatMost  = 100 * time.Millisecond
)

// TestWindowAnswersThroughBackup clicks through the demonstration in the real
// window, from the first screen through the diagnosis and its pages to the
// proven backup, while a heartbeat measures how long the UI goroutine keeps
// others waiting.
func TestWindowAnswersThroughBackup(t *testing.T) {
	home := ownHome(t)
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	opened, closed := make(chan *window, 1), make(chan struct{})
	onMain <- func() {
		defer close(closed)
		app.SetMetadata(metadata())
		w, err := open(ctx, app.NewWithID(appID+".test"), flags{demo: true}, words.English(), slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
		if err != nil {
			t.Error(err)
			close(opened)
			return
		}
		opened <- w
		w.showAndRun(ctx)
	}
	w, ok := <-opened
	if !ok {
		return
	}
	h := &hands{t: t, ctx: ctx, window: w.window}
	h.wait(100*time.Millisecond, func(f fyne.Focusable) bool { return named(f, "ui.ready.back-up") })
	t.Logf("until all shapes were drawn once, the slowest answer took %v", drawn(ctx))
	rest := heartbeat(ctx)
	for _, button := range []string{"ui.ready.report", "ui.back", "ui.cloud.try", "ui.attempt.cancel", "ui.ready.back-up"} {
		h.press(button)
	}
	h.fill("correct horse battery")
	h.press("ui.password.start")
	h.wait(time.Second, func(f fyne.Focusable) bool {
		if named(f, "ui.again") {
			t.Error("the backup failed")
			return true
		}
		return named(f, "ui.local.proof")
	})
	p := rest()
	// How fast it answers is measured on a quiet machine only (make bench-ui).
	if os.Getenv("LIFEBOAT_BENCH") != "" && p.worst > beatMost {
		t.Errorf("the window once took %v to answer, want %v at most", p.worst, beatMost)
	}
	if p.beats == 0 {
		t.Error("no heartbeat was answered")
	}
	t.Logf("%d heartbeats; the slowest took %v, %v after the first", p.beats, p.worst, p.worstAt)
	fyne.Do(w.app.Quit)
	<-closed
}

// ownHome is a home folder for the app. Fyne writes its settings there once
// more when it is asked to quit, so that t.TempDir could not remove it.
func ownHome(t *testing.T) string {
	home, err := os.MkdirTemp("", "lifeboat-window-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 20 {
			if err = os.RemoveAll(home); err == nil {
				return
			}
			<-time.After(50 * time.Millisecond)
		}
		t.Error(err)
	})
	if err := os.Mkdir(filepath.Join(home, ".cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	return home
}

// pulse is what a heartbeat measured.
type pulse struct {
	beats   int
	worst   time.Duration
	worstAt time.Duration // since the first beat
}

// heartbeat asks the UI goroutine every beatEvery to answer, until rest is
// called, which tells how long the answers took.
func heartbeat(ctx context.Context) (rest func() pulse) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	var p pulse
	began := time.Now()
	go func() {
		defer close(ended)
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			asked, answered := time.Now(), make(chan time.Time, 1)
			fyne.Do(func() { answered <- time.Now() })
			select {
			case <-ctx.Done():
				return
			case at := <-answered:
				p.beats++
				if took := at.Sub(asked); took > p.worst {
					p.worst, p.worstAt = took, asked.Sub(began)
				}
			}
		}
	}()
	return func() pulse { cancel(); <-ended; return p }
}

// drawn waits until the first page is drawn: until calm beats in a row were
// answered in time. Without a graphics card the driver compiles its shaders at the
// first frames, a third of a second with the processor to itself: that is the
// start of the program, which is no answer to anybody. It returns the slowest beat.
func drawn(ctx context.Context) (worst time.Duration) {
	const calm, calmMost = 25, beatMost / 4
	for row := 0; row < calm && ctx.Err() == nil; {
		asked := time.Now()
		fyne.DoAndWait(func() {})
		took := time.Since(asked)
		worst = max(worst, took)
		if row++; took > calmMost {
			row = 0
		}
		<-time.After(beatEvery)
	}
	return worst
}

// hands use the window as a person without a mouse would: they go from one
// control to the next until they find what they look for.
type hands struct {
	t      *testing.T
	ctx    context.Context
	window fyne.Window
}

// wait goes through the controls again and again until one is it.
func (h *hands) wait(every time.Duration, it func(fyne.Focusable) bool) {
	h.t.Helper()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if h.search(it) {
			return
		}
		select {
		case <-h.ctx.Done():
			h.t.Fatal("waited in vain")
		case <-tick.C:
		}
	}
}

// search presses Tab until a control is it, one at a time: the window answers others
// in between.
func (h *hands) search(it func(fyne.Focusable) bool) (found bool) {
	canvas := h.window.Canvas()
	fyne.DoAndWait(canvas.Unfocus)
	for n := 0; n < 60 && !found; n++ {
		fyne.DoAndWait(func() {
			canvas.FocusNext()
			at := canvas.Focused()
			found = at != nil && it(at)
		})
	}
	return found
}

// press presses Enter on the button with the words of a key of ui.en.toml, as
// soon as it is there.
func (h *hands) press(key string) {
	h.t.Helper()
	h.wait(100*time.Millisecond, func(f fyne.Focusable) bool {
		if !named(f, key) {
			return false
		}
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		return true
	})
}

// named reports whether a control is the button with the words of a key.
func named(f fyne.Focusable, key string) bool {
	b, ok := f.(fyne.Accessible)
	return ok && b.AccessibilityLabel() == words.English().Say(key, nil)
}

// fill types a text into both password fields.
func (h *hands) fill(text string) {
	h.t.Helper()
	filled := map[fyne.Focusable]bool{}
	var empty fyne.Focusable
	next := func(f fyne.Focusable) bool {
		if _, ok := f.(interface{ SelectedText() string }); ok && !filled[f] {
			filled[f] = true
			empty = f
			return true
		}
		return false
	}
	for range 2 {
		h.wait(100*time.Millisecond, next)
		for _, letter := range text { // one at a time, as a person types
			fyne.DoAndWait(func() { empty.TypedRune(letter) })
		}
	}
}
