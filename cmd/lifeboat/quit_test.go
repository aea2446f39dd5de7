package main

import (
	"testing"

	"fyne.io/fyne/v2/app"
)

// TestStopLater: Fyne's loop has nothing left to do when it ends, and what it did
// then is done all the same.
func TestStopLater(t *testing.T) {
	ownPlace(t)
	a := app.NewWithID(appID + ".test")
	left := func() func() { return a.Lifecycle().(interface{ OnStopped() func() }).OnStopped() }
	stopped := stopLater(a)
	if left() != nil {
		t.Error("the loop still has something to do at its end")
	}
	a.Preferences().SetString("kept", "yes")
	stopped()
	if got := app.NewWithID(appID + ".test").Preferences().String("kept"); got != "yes" {
		t.Errorf("the preferences were not written: %q", got)
	}
}
