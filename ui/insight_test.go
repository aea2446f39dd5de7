package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/backup"
	"lifeboat/backup/restore"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/widgets"
)

// unscrolled fails the test unless a text can be seen that no scroll can hide.
func (r *rig) unscrolled(text string) {
	r.t.Helper()
	for _, o := range r.placed() {
		if said, is := o.CanvasObject.(*widgets.Text); is && o.clip == nil && strings.Contains(said.Text, text) {
			return
		}
	}
	r.t.Errorf("%q is not where it is always in sight", text)
}

// below is how far an object ends below what its page shows; negative where it doesn't.
func (r *rig) below(o fyne.CanvasObject) float32 {
	r.t.Helper()
	d := fyne.CurrentApp().Driver()
	scroll, around := widgets.PageScroll(r.o.Window.Content(), o)
	if scroll == nil || around {
		r.t.Fatal("the page doesn't scroll")
	}
	return d.AbsolutePositionForObject(o).Y + o.Size().Height - d.AbsolutePositionForObject(scroll).Y - scroll.Size().Height
}

// TestPasswordPageFits: in the usual window the page of a new password shows both fields
// and what is below them; in the smallest one a field that gets the keyboard comes into
// sight as a whole, with what is said below it.
func TestPasswordPageFits(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.settle(width, height)
		if by := r.below(r.keepBox()); by > 0 {
			t.Errorf("the page ends %v too low", by)
		}
		twice := r.secrets()[1]
		for high := float32(minHeight); high < height; high += 7 { // wherever the window cuts
			r.o.Window.Canvas().Unfocus()
			r.settle(minWidth, high)
			scroll, _ := widgets.PageScroll(r.o.Window.Content(), twice)
			scroll.ScrollToTop()
			r.o.Window.Canvas().Focus(twice)
			if by := r.below(twice); by > 0 {
				t.Fatalf("in a window %v high the field with the keyboard ends %v too low", high, by)
			}
		}
	})
}

// TestSheetTakesRoom: a sheet does not scroll where the window has room for it, and says
// what is wrong beside its buttons, in sight however small the window is.
func TestSheetTakesRoom(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.askChange(r.Current())
		fields := r.secrets()
		for i, typed := range []string{"old", "once", "twice"} {
			fields[i].SetText(typed)
		}
		r.tap("Change it")
		for _, size := range []fyne.Size{fyne.NewSize(minWidth, minHeight), fyne.NewSize(width, height), fyne.NewSize(1600, 1000)} {
			r.settle(size.Width, size.Height)
			r.unscrolled("The two passwords don't match")
		}
		line := widgets.Plain("line")
		long := slices.Repeat([]fyne.CanvasObject{line}, 16) // in height as many different ones
		for _, high := range []float32{minHeight, height, 1000, minHeight} {
			r.settle(minWidth, high)
			r.showSheet(long, widgets.NewAction("Press", nil, nil))
			r.settle(minWidth, high)
			button := r.button("Press")
			if end := fyne.CurrentApp().Driver().AbsolutePositionForObject(button).Y + button.Size().Height; end > high {
				t.Errorf("in a window %v high the button ends at %v", high, end)
			}
			for _, o := range r.placed() {
				if s := o.clip; o.CanvasObject == fyne.CanvasObject(line) && (s != nil && s.Content.MinSize().Height > s.Size().Height+rounding) != (high == minHeight) {
					t.Errorf("in a window %v high the sheet shows %v of %v", high, s.Size().Height, s.Content.MinSize().Height)
					break
				}
			}
		}
	})
}

// TestRestoreSaysWhyNot: beside a button that cannot be pressed stands why.
func TestRestoreSaysWhyNot(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plans("16.1", refusals)
		r.settle(minWidth, minHeight)
		r.unscrolled("Find My")
		for _, o := range r.placed() {
			if mark, is := o.CanvasObject.(*widgets.Mark); is && mark.Status() == "fail" {
				if by := r.below(mark); by > 0 {
					t.Errorf("what stands in the way is %v below what can be seen", by)
				}
				break
			}
		}
	})
	inWindow(t, nil, func(r *rig) {
		const why = "Nothing is backed up first"
		r.plans("18.7.1", nil)
		r.misses(why)
		r.BackUpFirst(false)
		r.drain()
		r.settle(minWidth, minHeight)
		r.unscrolled(why)
		if !r.button("Restore …").Disabled() {
			t.Error("it can be pressed")
		}
		find(r, func(b *widgets.TickBox) bool { return strings.Contains(b.Text, "lost for good") }).SetChecked(true)
		r.drain()
		r.misses(why)
		if r.button("Restore …").Disabled() {
			t.Error("it cannot be pressed")
		}
	})
}

// TestRestorePhasesFit: what a restore does stands on one line in the smallest window.
func TestRestorePhasesFit(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		for phase, key := range restorePhases {
			said := r.say(key, nil)
			if wide := fyne.MeasureText(said, fynetheme.Size(fynetheme.SizeNameHeadingText), fyne.TextStyle{Bold: true}).Width; wide > minWidth-48 {
				t.Errorf("%s: %q is %v wide", phase, said, wide)
			}
		}
	})
}

// TestAskedPicture: beside what the person is asked to do stands its own picture.
func TestAskedPicture(t *testing.T) {
	shown := func(r *running) (names string) {
		for name, picture := range r.pictures {
			if r.asks.Visible() && picture.Visible() {
				names += name
			}
		}
		return names
	}
	for _, s := range states {
		want, known := map[string]string{"passcode": "passcode", "unplugged": "connect", "receiving": ""}[s.name]
		if !known {
			continue
		}
		inWindow(t, nil, func(r *rig) {
			s.lead(r)
			if got := shown(&r.page.(*runningPage).running); got != want {
				t.Errorf("%s: the picture is %q", s.name, got)
			}
		})
	}
	inWindow(t, nil, func(r *rig) {
		r.restores("18.7.1")
		for _, c := range []struct {
			event backup.Event
			want  string
		}{
			{backup.Event{Phase: restore.WaitingUnlock, Percent: -1, Left: -1}, "locked"},
			{backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true}, "passcode"},
			{backup.Event{Phase: restore.Sending, Percent: 40, Left: -1}, ""},
		} {
			r.restoreEvent(c.event)
			if got := shown(&r.page.(*restoringPage).running); got != c.want {
				t.Errorf("%s: the picture is %q", c.event.Phase, got)
			}
		}
	})
}

// TestNothingToTakeOut: where the photos cannot be read, they are not offered.
func TestNothingToTakeOut(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		c := enginetest.Made()
		c.Library = nil
		r.photosOf(c)
		r.sees("can't be read")
		r.misses("Take out …")
	})
}
