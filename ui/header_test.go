package ui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// TestModelLine: no code of a model stands where people read, and an iPad has iPadOS.
func TestModelLine(t *testing.T) {
	for _, c := range []struct{ product, version, want string }{
		{"iPhone15,2", "18.7.1", "iPhone 14 Pro · iOS 18.7.1 · 81 %"},
		{"iPhone99,9", "30.1", "iPhone · iOS 30.1 · 81 %"},
		{"iPad15,7", "18.7", "iPad · iPadOS 18.7 · 81 %"},
		{"iPad4,4", "12.5.7", "iPad · iOS 12.5.7 · 81 %"},
		{"iPod9,1", "15.8", "iPod · iOS 15.8 · 81 %"},
	} {
		inWindow(t, nil, func(r *rig) {
			r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) {
				return device.Summary{Name: "Anna's", ProductType: c.product, Version: c.version, Readiness: facts.Ready}, nil
			}
			r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
				in := inputOf(false)
				in.Phone.ProductType = facts.Of(c.product)
				return stateOf(in), nil
			}
			r.plug(phoneA)
			if name, about := r.head.phone.Words(); name != "Anna's" || about != c.want {
				t.Errorf("%q, %q, want %q", name, about, c.want)
			}
		})
	}
}

// TestTabFollowsTheEye goes from card to card as they stand, also on a page that was
// left and come back to: there the keyboard is at once on the primary button.
func TestTabFollowsTheEye(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.Tab(state.BackupsPage)
		r.drain()
		r.Tab(state.Overview)
		r.drain()
		c := r.o.Window.Canvas()
		var before []string
		for range 4 {
			at, ok := c.Focused().(fyne.Accessible)
			if !ok {
				t.Fatalf("the keyboard is on %T", c.Focused())
			}
			before = append(before, at.AccessibilityLabel())
			c.FocusPrevious()
		}
		if got, want := strings.Join(before, ", "), "Back Up Now, Try iCloud now and watch, All steps (8), Switch it on …"; got != want {
			t.Errorf("backwards it comes by %s; want %s", got, want)
		}
	})
}

// TestHeaderHasRoom: what is known of the phone is not cut as long as there is room
// beside it; the tabs stand in the middle where they can, and always in the window.
func TestHeaderHasRoom(t *testing.T) {
	for _, c := range []struct {
		name   string
		width  float32
		whole  bool
		middle bool
	}{
		{"Anna's iPhone", minWidth, true, false},
		{"Anna's iPhone", width, true, true},
		{strings.Repeat("Anna's very own ", 8), minWidth, false, false},
	} {
		inWindow(t, nil, func(r *rig) {
			r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) {
				s := summaryOf(facts.Ready)
				s.Name = c.name
				return s, nil
			}
			r.settle(c.width, minHeight)
			in := inputOf(false)
			in.Phone.BatteryLevel = facts.Datum[int]{}
			r.finds(in)
			r.hears(healthy()) // now it is known how full the battery is
			if got := r.head.phone.Size().Width >= r.head.phone.Natural(); got != c.whole {
				t.Errorf("%s at %v: it has %v, needs %v", c.name, c.width, r.head.phone.Size().Width, r.head.phone.Natural())
			}
			tabs, line := r.head.tabs, r.head.line
			left, right := tabs.Position().X, line.Size().Width-tabs.Position().X-tabs.Size().Width
			if r.head.phone.Size().Width > left || right < widgets.Grid {
				t.Errorf("%s at %v: the tabs stand from %v to %v of the right", c.name, c.width, left, right)
			}
			if got := left == right; got != c.middle {
				t.Errorf("%s at %v: beside the tabs %v and %v are left", c.name, c.width, left, right)
			}
		})
	}
}
