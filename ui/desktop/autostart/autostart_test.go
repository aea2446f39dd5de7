package autostart

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var lifeboat = Entry{ID: "io.github.lifeboat", Name: "Lifeboat", Program: "/usr/bin/lifeboat", Args: []string{"--background"}}

func TestProgram(t *testing.T) {
	temp := filepath.Join(t.TempDir(), "temp")
	for _, c := range []struct {
		name, goos, path string
		env              map[string]string
		flatpak          bool
		want             string
		err              error
	}{
		{name: "a package", goos: "linux", path: "/usr/bin/lifeboat", want: "/usr/bin/lifeboat"},
		{name: "an AppImage", goos: "linux", path: "/tmp/.mount_LifeXY/usr/bin/lifeboat",
			env: map[string]string{"APPIMAGE": "/home/anna/Apps/Lifeboat.AppImage", "APPDIR": "/tmp/.mount_LifeXY"}, want: "/home/anna/Apps/Lifeboat.AppImage"},
		{name: "started by another AppImage", goos: "linux", path: "/usr/bin/lifeboat",
			env: map[string]string{"APPIMAGE": "/home/anna/Apps/Shell.AppImage", "APPDIR": "/tmp/.mount_ShellXY"}, want: "/usr/bin/lifeboat"},
		{name: "Flatpak", goos: "linux", path: "/app/bin/lifeboat", flatpak: true, err: ErrUnsupported},
		{name: "Snap", goos: "linux", path: "/snap/lifeboat/1/bin/lifeboat", env: map[string]string{"SNAP": "/snap/lifeboat/1"}, err: ErrUnsupported},
		{name: "within a .zip", goos: "windows", path: filepath.Join(temp, "Temp1_lifeboat.zip", "lifeboat.exe"), err: ErrPassing},
		{name: "beside the folder for what passes", goos: "windows", path: temp + "lifeboat.exe", want: temp + "lifeboat.exe"},
		{name: "downloaded, not moved", goos: "darwin", path: "/private/var/folders/x/AppTranslocation/F00/d/Lifeboat.app/Contents/MacOS/lifeboat", err: ErrPassing},
		{name: "in Applications", goos: "darwin", path: "/Applications/Lifeboat.app/Contents/MacOS/lifeboat", want: "/Applications/Lifeboat.app/Contents/MacOS/lifeboat"},
	} {
		got, err := program(c.goos, c.path, temp, func(name string) string { return c.env[name] }, func(string) bool { return c.flatpak })
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

// TestQuote has the examples of the specification: quoted, and then escaped.
func TestQuote(t *testing.T) {
	for arg, want := range map[string]string{
		"/usr/bin/lifeboat": `"/usr/bin/lifeboat"`,
		"/opt/a b/x":        `"/opt/a b/x"`,
		"$x":                `"\\$x"`,
		`\`:                 `"\\\\"`,
		"a\"b`c":            "\"a\\\\\"b\\\\`c\"",
		"100%f":             `"100%%f"`,
		"":                  `""`,
	} {
		if got := quote(arg); got != want {
			t.Errorf("%q: %s, want %s", arg, got, want)
		}
	}
}

func TestDesktopFile(t *testing.T) {
	text, err := desktopFile(lifeboat)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"[Desktop Entry]", "Type=Application", "Name=Lifeboat", `Exec="/usr/bin/lifeboat" "--background"`} {
		if !slices.Contains(strings.Split(text, "\n"), line) {
			t.Errorf("%q is missing in\n%s", line, text)
		}
	}
	bad := lifeboat
	bad.Program = "/home/anna\nExec=rm"
	if _, err := desktopFile(bad); err == nil {
		t.Error("a path of two lines is taken")
	}
}

// What other programs make of the entry is read as they mean it.
func TestDesktopStatus(t *testing.T) {
	own, err := desktopFile(lifeboat)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]Status{
		own: On,
		"[Desktop Entry]\nExec=/usr/bin/lifeboat --background\n":               On,
		"# x\n[Desktop Entry]\r\n Exec = /usr/bin/lifeboat  --background \r\n": On,
		"[Desktop Entry]\nExec=/usr/bin/lifeboat --background %u\n":            On,
		own + "Hidden=true\n": Off,
		strings.Replace(own, "enabled=true", "enabled=false", 1):  Blocked,
		own + "[Desktop Action x]\nHidden=true\n":                 On,
		strings.Replace(own, "/usr", "/opt", 1):                   Other,
		"[Desktop Entry]\nExec=/usr/bin/lifeboat\n":               Other,
		"[Desktop Entry]\n#Exec=/usr/bin/lifeboat --background\n": Other,
		"": Other,
	} {
		if got := desktopStatus(lifeboat, text); got != want {
			t.Errorf("%s, want %s, of\n%s", got, want, text)
		}
	}
}

func TestAgent(t *testing.T) {
	own, err := agentFile(lifeboat)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"<key>RunAtLoad</key>", "<string>/usr/bin/lifeboat</string>", "<string>--background</string>", "<string>Aqua</string>"} {
		if !strings.Contains(string(own), part) {
			t.Errorf("%s is missing in\n%s", part, own)
		}
	}
	for text, want := range map[string]Status{
		string(own): On,
		strings.Replace(string(own), "<key>RunAtLoad</key>", "<key>Disabled</key><true/><key>RunAtLoad</key>", 1): Blocked,
		strings.Replace(string(own), "/usr/bin/", "/Volumes/Lifeboat/", 1):                                        Other,
		strings.Replace(string(own), "<true/>", "<false/>", 1):                                                    Other,
		"": Other,
	} {
		if got := agentStatus(lifeboat, []byte(text)); got != want {
			t.Errorf("%s, want %s, of\n%s", got, want, text)
		}
	}
}

// FuzzQuote: what is written as one argument is read as that one, on one line.
func FuzzQuote(f *testing.F) {
	for _, arg := range []string{"", " ", `\`, `"`, "%", "%%f", "$HOME", "`x`", "ä b", `a\"b`, "\\\\n"} {
		f.Add(arg, "--background")
	}
	f.Fuzz(func(t *testing.T, program, arg string) {
		e := Entry{ID: "x", Name: "x", Program: program, Args: []string{arg}}
		text, err := desktopFile(e)
		if err != nil {
			return
		}
		if got := desktopStatus(e, text); got != On {
			t.Errorf("%q, %q: %s of\n%s", program, arg, got, text)
		}
	})
}
