package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// ownPlace has the program find its folders in a new home.
func ownPlace(t *testing.T) {
	t.Helper()
	home, err := os.MkdirTemp("", "lb") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	for _, name := range []string{"HOME", "USERPROFILE", "LocalAppData", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"} {
		t.Setenv(name, home)
	}
}

// TestSecondStart: a second start shows the first, one at login does not, and
// the demonstration is a program of its own.
func TestSecondStart(t *testing.T) {
	ownPlace(t)
	shown := make(chan bool, 9)
	first, release, err := claim(t.Context(), flags{background: true}, func() { shown <- true })
	defer release()
	if !first || err != nil {
		t.Fatal(first, err)
	}
	for _, c := range []struct {
		f            flags
		first, shows bool
	}{{flags{}, false, true}, {flags{background: true}, false, false}, {flags{demo: true}, true, false}} {
		first, release, err := claim(t.Context(), c.f, func() {})
		if release(); first != c.first || err != nil {
			t.Errorf("%+v: first %v, %v", c.f, first, err)
		}
		if got := len(shown) > 0; got != c.shows {
			t.Errorf("%+v: shown %v", c.f, got)
		}
		for len(shown) > 0 {
			<-shown
		}
	}
}

// TestShower: who starts the program twice at once sees its window.
func TestShower(t *testing.T) {
	var s shower
	n := 0
	s.show()
	s.by(func() { n++ })
	if n != 1 {
		t.Errorf("shown %d times, wanted before there was a window", n)
	}
	if s.show(); n != 2 {
		t.Errorf("shown %d times", n)
	}
}

func TestLogs(t *testing.T) {
	ownPlace(t)
	var errs bytes.Buffer
	log, file := logs(flags{}, &errs)
	log.Info("it starts", "udid", "secret")
	log.Debug("a detail")
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file.Path())
	if text := string(data); err != nil || errs.Len() > 0 || !strings.Contains(text, "it starts") || strings.Contains(text, "secret") || strings.Contains(text, "a detail") {
		t.Errorf("%q, %v; on standard error %q", text, err, errs.String())
	}
	log, file = logs(flags{debug: true, demo: true}, &errs)
	if log.Debug("a detail"); file != nil || !strings.Contains(errs.String(), "a detail") {
		t.Errorf("the demonstration logs to %v; on standard error %q", file, errs.String())
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
