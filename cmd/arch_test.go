// Package cmd_test keeps the rooms of the house apart: which may import
// which, and that each says what it is.
package cmd_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const module = "lifeboat/"

// pkg is what go list says of one package.
type pkg struct {
	ImportPath, Dir                   string
	Imports                           []string
	GoFiles, CgoFiles, IgnoredGoFiles []string
}

// room is the path without the module: "checks/host".
func (p pkg) room() string { return strings.TrimPrefix(p.ImportPath, module) }

// ours are the imports that lie in this module, as rooms.
func (p pkg) ours() []string {
	var rooms []string
	for _, path := range p.Imports {
		if room, ok := strings.CutPrefix(path, module); ok {
			rooms = append(rooms, room)
		}
	}
	return rooms
}

// list asks the go command for every package as it is built for goos.
func list(t *testing.T, goos string) []pkg {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil && runtime.GOOS == "windows" {
		t.Skip("the source is the same on all systems, and there is no go command here")
	}
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Imports,GoFiles,CgoFiles,IgnoredGoFiles", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for d := json.NewDecoder(out); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d packages found", len(all))
	}
	return all
}

// within reports whether a room is one of some rooms, or lies in one.
func within(room string, rooms ...string) bool {
	return slices.ContainsFunc(rooms, func(r string) bool { return room == r || strings.HasPrefix(room, r+"/") })
}

// borders are the rules: whoever lies in from and not in except may import
// of our own rooms only those in may.
var borders = []struct {
	from, except, may []string
	why               string
}{
	{from: []string{"assets"}, may: []string{"assets"}, why: "assets lie below all"},
	{from: []string{"device/facts", "device/fault"}, may: nil, why: "plain values lie below all"},
	{from: []string{"device/phonesim"}, may: []string{"device/phonesim"}, why: "the simulated phone shares nothing with our client"},
	{from: []string{"device"}, except: []string{"device/phonesim"}, may: []string{"assets", "device"}, why: "device lies below checks and backup"},
	{from: []string{"checks"}, except: []string{"checks/host", "checks/feeds", "checks/history", "checks/diagnosis"},
		may: []string{"checks", "device/facts", "device/fault", "assets"}, why: "checks hold no connection"},
	{from: []string{"checks/host", "checks/feeds", "checks/history"},
		may: []string{"checks", "device/facts", "device/fault", "assets", "backup/disk"}, why: "host, feeds and history only gather"},
	{from: []string{"checks/diagnosis"}, may: []string{"checks", "device", "assets"}, why: "a diagnosis joins gathering and deciding"},
	{from: []string{"backup/disk"}, may: []string{"assets", "device/fault", "backup/disk"}, why: "disks lie below checks and backup"},
	{from: []string{"backup/library"}, may: []string{"assets", "device/fault", "device/phoneid", "backup/disk", "backup/format", "backup/places", "backup/vault"},
		why: "what is kept is looked after without a phone"},
	{from: []string{"backup/conversation"}, may: []string{"assets", "device", "backup/keybag", "backup/mobilebackup2", "backup/syncapps"},
		why: "who talks to the phone knows no folder of backups"},
	{from: []string{"backup/audit"}, may: []string{"assets", "device/fault", "backup/catalog", "backup/format", "backup/keybag", "backup/vault", "backup/verify"},
		why: "a backup is proven again without a phone"},
	{from: []string{"backup/changes"}, may: []string{"assets", "device/fault", "backup/catalog", "backup/content/source", "backup/disk", "backup/format", "backup/keybag", "backup/vault", "backup/verify"},
		why: "versions are compared without a phone"},
	{from: []string{"backup/rehearsal"}, may: []string{"assets", "device/fault", "device/phonesim/backupd", "backup/audit", "backup/catalog", "backup/disk", "backup/format",
		"backup/keybag", "backup/mobilebackup2", "backup/vault", "backup/verify"}, why: "a restore is rehearsed without a phone, onto the phone's side of the simulated one"},
	{from: []string{"backup"}, may: []string{"assets", "device", "backup"}, why: "backup knows neither checks nor ui"},
	{from: []string{"ui/engine/logfile"}, may: []string{"checks/report", "device/fault"}, why: "the log holds what a report may"},
	{from: []string{"ui/engine"}, may: []string{"assets", "device", "checks", "backup", "ui/engine/logfile"}, why: "what is asked for knows no window"},
	{from: []string{"ui/state"}, except: []string{"ui/state/reminder"}, may: []string{"assets", "device", "checks", "backup", "ui/engine", "ui/state"},
		why: "what the window knows is known without a window"},
	{from: []string{"ui/state/reminder"}, may: []string{"assets"}, why: "when to remind knows no phone"},
	{from: []string{"ui/widgets"}, may: []string{"ui/theme"}, why: "parts of a page know neither what they show nor the window"},
	{from: []string{"ui/theme"}, may: []string{"assets"}, why: "colours and shapes know nothing"},
	{from: []string{"ui/desktop"}, may: nil, why: "what a system's desktop offers knows nobody"},
	{from: []string{"ui"}, may: []string{"assets", "device", "checks", "backup", "ui"}, why: "ui knows no command"},
}

// foreign are libraries that only some rooms may import.
var foreign = []struct {
	prefix   string
	in, none []string
}{
	{prefix: "github.com/danielpaulus/go-ios", in: []string{"device"}, none: []string{"device/phonesim", "device/facts", "device/fault"}},
	{prefix: "fyne.io/", in: []string{"ui", "cmd/lifeboat"}, none: []string{"ui/engine", "ui/desktop", "ui/state"}},
	// Whoever reaches for the network is named in the settings.
	{prefix: "net/http", in: []string{"checks/feeds"}},
}

func TestRoomsKeepTheirBorders(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range list(t, goos) {
			for _, b := range borders {
				if !within(p.room(), b.from...) || within(p.room(), b.except...) {
					continue
				}
				for _, room := range p.ours() {
					if !within(room, b.may...) {
						t.Errorf("%s (%s) imports %s: %s", p.room(), goos, room, b.why)
					}
				}
			}
			for _, f := range foreign {
				uses := slices.ContainsFunc(p.Imports, func(path string) bool { return strings.HasPrefix(path, f.prefix) })
				if uses && (!within(p.room(), f.in...) || within(p.room(), f.none...)) {
					t.Errorf("%s (%s) imports %s", p.room(), goos, f.prefix)
				}
			}
			for _, room := range p.ours() { // but tests, and what they share
				second := p.room() == "backup/rehearsal" && room == "device/phonesim/backupd"
				if within(p.room(), "backup", "checks", "ui") && !within(p.room(), apart...) && within(room, "device/phonesim") && !second {
					t.Errorf("%s (%s) imports the simulated phone's %s", p.room(), goos, room)
				}
			}
			if within(p.room(), "device") && !within(p.room(), "device/phonesim", "device/devicetest") && slices.ContainsFunc(p.ours(), func(r string) bool { return within(r, "device/phonesim") }) {
				t.Errorf("%s (%s) imports the simulated phone", p.room(), goos)
			}
		}
	}
}

// floors are the rooms of each house from the top to the bottom. Who lies on one
// imports of its own house only what lies on those below.
var floors = map[string][][]string{
	"ui": {
		{"ui"},
		{"ui/state", "ui/widgets"},
		{"ui/engine", "ui/theme"},
		{"ui/state/reminder", "ui/engine/logfile", "ui/desktop/autostart", "ui/desktop/instance", "ui/desktop/pick", "ui/desktop/reveal", "ui/desktop/notice"},
	},
	"checks": {
		{"checks/diagnosis"},
		{"checks/feeds", "checks/history", "checks/host", "checks/report"},
		{"checks"},
		{"checks/devicelog"},
	},
	"backup": {
		{"backup/restore"},
		{"backup"},
		{"backup/rehearsal"},
		{"backup/audit", "backup/changes", "backup/content", "backup/conversation", "backup/library", "backup/record"},
		{
			"backup/content/calendar", "backup/content/calls", "backup/content/files", "backup/content/health", "backup/content/messages", "backup/content/notes", "backup/content/photos",
			"backup/content/recordings", "backup/content/reminders", "backup/content/safari", "backup/content/voicemail", "backup/content/whatsapp",
		},
		{"backup/content/chat", "backup/content/contacts", "backup/content/icalendar"},
		{"backup/content/kind"},
		{"backup/export"},
		{"backup/content/source"},
		{"backup/keyring", "backup/mobilebackup2", "backup/passphrase", "backup/recoverysheet", "backup/places", "backup/vault"},
		{"backup/devicelink", "backup/overlay", "backup/verify"},
		{"backup/catalog", "backup/format", "backup/keybag"},
		{"backup/extsort"},
		{"backup/disk", "backup/disk/rootfs", "backup/sleepinhibit", "backup/syncapps"},
	},
	"device": {
		{"device"},
		{"device/services/crashreports"},
		{
			"device/lockdown", "device/usbmux", "device/services/afc", "device/services/apps", "device/services/devicelog",
			"device/services/diagnostics", "device/services/notify", "device/services/packets", "device/services/profiles", "device/services/springboard",
		},
		{"device/transcript", "device/wire"},
		{"device/facts", "device/fault", "device/phoneid", "device/safeplist"},
	},
	"assets": {{"assets/knowledge", "assets/words"}, {"assets"}},
}

// apart are the rooms without a floor: simulations, tools and what tests share.
var apart = []string{"device/phonesim", "device/devicetest", "backup/backuptest", "backup/torture", "checks/feeds/feedstest", "checks/feeds/update", "ui/desktop/desktoptest", "ui/enginetest", "backup/content/contenttest"}

// TestFloors: within a house all arrows point down, and each room has its floor.
func TestFloors(t *testing.T) {
	floorOf := map[string]int{}
	for _, house := range floors {
		for floor, rooms := range house {
			for _, room := range rooms {
				floorOf[room] = floor
			}
		}
	}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range list(t, goos) {
			house, _, _ := strings.Cut(p.room(), "/")
			if floors[house] == nil || within(p.room(), apart...) || len(p.GoFiles)+len(p.CgoFiles) == 0 {
				continue
			}
			floor, known := floorOf[p.room()]
			if !known {
				t.Errorf("%s has no floor", p.room())
			}
			for _, room := range p.ours() {
				if below, inside := floorOf[room]; inside && within(room, house) && below <= floor {
					t.Errorf("%s (%s) imports %s, which does not lie below", p.room(), goos, room)
				}
			}
		}
	}
}

// printed are the rooms whose values lifeboatctl prints. Whatever is to be done
// goes through ui/engine: who gathers, keeps, speaks or writes is not among them.
var printed = []string{
	"assets", "assets/words", "ui/engine", "device", "device/facts", "device/fault", "device/transcript",
	"checks", "checks/devicelog", "checks/diagnosis", "checks/feeds", "checks/report",
	"backup", "backup/audit", "backup/changes", "backup/keybag", "backup/library", "backup/rehearsal", "backup/vault", "backup/verify",
	"backup/content", "backup/content/kind", "backup/export", "backup/restore",
}

// TestCommandLinePrintsOnly: lifeboatctl holds options and printing, and puts
// nothing together by itself.
func TestCommandLinePrintsOnly(t *testing.T) {
	made := regexp.MustCompile(`(?:backup|audit|restore)\.Job\{|library\.Library\{|diagnosis\.New\(|vault\.(?:Open|List|Look|OpenView|Hold)\(|\bdevice\.Connect\(|\.Pair\(`)
	for _, p := range list(t, "linux") {
		if p.room() != "cmd/lifeboatctl" {
			continue
		}
		for _, room := range p.ours() {
			if !slices.Contains(printed, room) {
				t.Errorf("it imports %s", room)
			}
		}
		for _, path := range p.Imports {
			if strings.HasPrefix(path, "github.com/spf13/afero") {
				t.Errorf("it imports %s", path)
			}
		}
		for _, name := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, what := range made.FindAllString(string(source), -1) {
				t.Errorf("%s: %s", name, what)
			}
		}
	}
}

// drawn are the rooms whose values the pages show. Whatever is to be done goes
// through ui/state, which has ui/engine do it.
var drawn = []string{
	"assets", "assets/words", "assets/knowledge", "device", "device/facts", "device/fault",
	"checks", "checks/devicelog", "checks/feeds", "checks/report",
	"backup", "backup/audit", "backup/changes", "backup/keybag", "backup/library", "backup/passphrase", "backup/rehearsal", "backup/vault", "backup/verify",
	"backup/content", "backup/content/chat", "backup/content/kind", "backup/content/photos", "backup/export", "backup/restore",
	"ui/engine", "ui/state", "ui/state/reminder", "ui/theme", "ui/widgets",
	"ui/desktop/autostart", "ui/desktop/instance", "ui/desktop/notice", "ui/desktop/pick", "ui/desktop/reveal",
}

// TestPagesDrawOnly: a page reads the state and says what a person wants.
func TestPagesDrawOnly(t *testing.T) {
	seen := false
	for _, p := range list(t, "linux") {
		if p.room() != "ui" {
			continue
		}
		seen = true
		for _, room := range p.ours() {
			if !slices.Contains(drawn, room) {
				t.Errorf("it imports %s", room)
			}
		}
	}
	if !seen {
		t.Error("there is no window")
	}
}

// TestWindowTouchesNoFile: what the window does to files it has done for it. Only
// the log and what speaks with the desktop are made of files, sockets and programs.
func TestWindowTouchesNoFile(t *testing.T) {
	for _, p := range list(t, "linux") {
		for _, path := range p.Imports {
			if p.room() == "ui/engine" && path == "io/fs" {
				continue // the type of a file's error
			}
			if within(p.room(), "ui") && !within(p.room(), "ui/desktop", "ui/engine/logfile") && (path == "os" || path == "io/fs" || strings.HasPrefix(path, "github.com/spf13/afero")) {
				t.Errorf("%s imports %s", p.room(), path)
			}
		}
	}
}

// What tests share stays out of programs: only tests, and what tests share,
// may import it.
func TestProgramsHoldNoTests(t *testing.T) {
	shared := []string{"backup/backuptest", "backup/content/contenttest", "device/devicetest", "ui/enginetest"}
	seen := 0
	for _, p := range list(t, "linux") {
		if within(p.room(), shared...) {
			seen++
			continue
		}
		for _, room := range p.ours() {
			if within(room, shared...) {
				t.Errorf("%s imports %s", p.room(), room)
			}
		}
	}
	if seen < 3 {
		t.Errorf("%s has only %d packages", shared, seen)
	}
}

// gatherers are the rooms of checks that reach out of the program.
var gatherers = []string{"checks/host", "checks/feeds", "checks/history", "checks/diagnosis"}

// The rules of the diagnosis are pure: what they say depends on nothing but
// what they are given.
func TestChecksArePure(t *testing.T) {
	impure := []string{"net", "os", "io/fs", "io/ioutil", "syscall", "context", "path/filepath", "log/slog", "math/rand"}
	for _, p := range list(t, "linux") {
		if !within(p.room(), "checks") || within(p.room(), gatherers...) {
			continue
		}
		for _, path := range p.Imports {
			if slices.ContainsFunc(impure, func(i string) bool { return path == i || strings.HasPrefix(path, i+"/") }) {
				t.Errorf("%s imports %s", p.room(), path)
			}
		}
		for _, name := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, clock := range []string{"time.Now", "time.Since", "time.Until", "time.After"} {
				if strings.Contains(string(source), clock+"(") {
					t.Errorf("%s/%s reads the clock: %s", p.room(), name, clock)
				}
			}
		}
	}
}

// The top level is fixed.
func TestTopLevel(t *testing.T) {
	for _, p := range list(t, "linux") {
		if !within(p.room(), "cmd", "ui", "device", "checks", "backup", "assets") {
			t.Errorf("%s lies in no room", p.room())
		}
	}
}

// Each package says once what it is, in the same words on every system.
func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range list(t, "linux") {
		var said []string
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles) {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if file.Doc != nil && !strings.HasSuffix(name, "_test.go") {
				said = append(said, name)
			}
		}
		if len(said) != 1 && len(p.GoFiles)+len(p.CgoFiles) > 0 {
			t.Errorf("%s has %d package comments: %q", p.room(), len(said), said)
		}
	}
}

// A file is one job, and one job is not that long.
func TestFilesStayShort(t *testing.T) {
	const most = 500
	for _, p := range list(t, "linux") {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(data), "\n"); n > most {
				t.Errorf("%s has %d lines", name, n)
			}
		}
	}
}
