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
