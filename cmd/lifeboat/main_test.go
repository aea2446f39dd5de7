package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"lifeboat/assets"
	"lifeboat/assets/words"
)

// TestMetadata holds the program and FyneApp.toml to the same values.
func TestMetadata(t *testing.T) {
	var file struct {
		Details struct {
			Icon, Name, ID, Version string
			Build                   int
		}
		Migrations map[string]bool
	}
	root := filepath.Join("..", "..")
	if _, err := toml.DecodeFile(filepath.Join(root, "FyneApp.toml"), &file); err != nil {
		t.Fatal(err)
	}
	m := metadata()
	got := []any{m.Name, m.ID, m.Version, m.Build, m.Migrations}
	want := []any{file.Details.Name, file.Details.ID, file.Details.Version, file.Details.Build, file.Migrations}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("FyneApp.toml and the program differ (-file +program):\n%s", diff)
	}
	icon, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file.Details.Icon)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(icon, m.Icon.Content()) {
		t.Error("the program's icon is not that of FyneApp.toml")
	}
}

func TestHasScreen(t *testing.T) {
	for _, c := range []struct {
		goos string
		env  map[string]string
		want bool
	}{
		{"linux", nil, false},
		{"freebsd", nil, false},
		{"linux", map[string]string{"DISPLAY": ":0"}, true},
		{"linux", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, true},
		{"darwin", nil, true},
		{"windows", nil, true},
	} {
		if got := hasScreen(c.goos, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("hasScreen(%s, %v) = %v", c.goos, c.env, got)
		}
	}
}

// TestVersion needs no screen.
func TestVersion(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	var out, errs bytes.Buffer
	if code := run([]string{"--version"}, &out, &errs); code != exitOK || out.String() != "Lifeboat "+assets.Version+"\n" || errs.Len() > 0 {
		t.Errorf("exit %d, said %q and %q", code, out.String(), errs.String())
	}
}

// TestNoScreen ends with a plain message rather than a panic.
func TestNoScreen(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	var errs bytes.Buffer
	if hasScreen(runtime.GOOS, os.Getenv) {
		errs.WriteString("this system always has a screen: lifeboatctl")
	} else if code := run(nil, io.Discard, &errs); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
	if !strings.Contains(errs.String(), "lifeboatctl") {
		t.Errorf("says %q", errs.String())
	}
}

func TestFlags(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want flags
		bad  bool
	}{
		{args: nil},
		{args: []string{"--demo"}, want: flags{demo: true}},
		{args: []string{"--to", "drive"}, want: flags{to: filepath.Join(wd, "drive")}},
		{args: []string{"-demo", "-debug"}, want: flags{demo: true, debug: true}},
		{args: []string{"--background"}, want: flags{background: true}},
		{args: []string{"--dmeo"}, bad: true},
		{args: []string{"demo"}, bad: true},
	} {
		var errs bytes.Buffer
		got, err := parse(c.args, &errs, words.English())
		if (err != nil) != c.bad {
			t.Errorf("%q: error %v", c.args, err)
		}
		if !c.bad && got != c.want {
			t.Errorf("%q: %+v, want %+v", c.args, got, c.want)
		}
		if c.bad && errs.Len() == 0 {
			t.Errorf("%q: says nothing", c.args)
		}
	}
}

// TestDemoPhone sees that every setting of the demonstration's phone is one
// that the simulated iPhone knows.
func TestDemoPhone(t *testing.T) {
	if _, err := demoPhone("Demo"); err != nil {
		t.Error(err)
	}
}
