package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/replay"
)

// ran is what a command line did.
type ran struct {
	code      int
	out, errs string
}

// runs makes the same backups, of a phone and of what was recorded of it.
type runs struct {
	t      *testing.T
	server *phonesim.Server
	root   string
}

// overTCP: Wine has no unix sockets. Over them nothing is lost that was sent.
var overTCP = runtime.GOOS == "windows"

func newRuns(t *testing.T) *runs {
	address := "unix://" + filepath.Join(t.TempDir(), "usbmuxd")
	if overTCP {
		address = "127.0.0.1:0"
	}
	server, err := phonesim.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return &runs{t, server, t.TempDir()}
}

func (r *runs) ctl(args ...string) ran {
	r.t.Helper()
	r.t.Setenv("USBMUXD_SOCKET_ADDRESS", r.server.Address())
	r.t.Setenv("LIFEBOAT_PASSWORD", "replay")
	for _, home := range []string{"HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"} { // on Windows too, what is a person's own lies here
		r.t.Setenv(home, r.root)
	}
	r.t.Setenv(offlineEnv, "1")
	in, err := os.Open(os.DevNull)
	if err != nil {
		r.t.Fatal(err)
	}
	defer in.Close()
	var out, errs bytes.Buffer
	code := Run(r.t.Context(), args, in, &out, &errs)
	return ran{code, out.String(), errs.String()}
}

// events are the phases and notes of a run in JSON, without what depends on
// time, place and names.
func (r ran) events(t *testing.T) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(r.out) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		var said string
		switch e["event"] {
		case "progress":
			said = fmt.Sprint("progress ", e["phase"], " ", e["note"])
		case "done":
			said = fmt.Sprint("done ", e["files"], " files ", e["bytes"], " bytes, encrypted ", e["encrypted"], ", resumed ", e["resumed"],
				", version ", e["version"], " added ", e["added"], " changed ", e["changed"], " removed ", e["removed"],
				", rows ", e["verified"].(map[string]any)["rows"])
		default:
			said = fmt.Sprint(e["event"], " ", e["wanted"], e["code"])
		}
		// How often progress comes is a matter of time.
		if len(list) == 0 || list[len(list)-1] != said {
			list = append(list, said)
		}
	}
	return list
}

// stage is one run of a story, of a phone that is made for it.
type stage struct {
	name  string
	phone func(*phonesim.Config)
	args  []string
	code  int
}

// TestRecordAndReplay records backups of a simulated iPhone, and plays each
// recording back as a phone: the runs go through the same phases, count the
// same files and bytes, end with the same code and say the same of it.
func TestRecordAndReplay(t *testing.T) {
	full := func(c *phonesim.Config) {}
	for _, story := range []struct {
		name   string
		stages []stage
	}{
		{"full and incremental", []stage{
			{"full", full, nil, 0},
			{"incremental", func(c *phonesim.Config) { c.Edits = content.Edits{Changed: 4, Added: 3, Removed: 2} }, nil, 0},
		}},
		{"interrupted and resumed", []stage{
			{"interrupted", func(c *phonesim.Config) { c.Faults.Backup.DetachAt = 0.6 }, nil, 2},
			{"resumed", full, nil, 0},
		}},
		{"odd rows", []stage{
			{"odd", func(c *phonesim.Config) { c.Faults.Backup.SizesDiffer, c.Faults.Backup.OddRows = 9, true }, nil, 0},
		}},
		{"refused", []stage{
			{"snapshot", func(c *phonesim.Config) {
				c.Faults.Backup.AtStart.Code, c.Faults.Backup.AtStart.Text = 3, `Failed to create snapshot: File exists (17) at path "/private/var" (MBErrorDomain/3)`
			}, nil, 2},
		}},
		{"no room", []stage{
			{"no room", func(c *phonesim.Config) {
				c.Faults.Backup.AtEnd.Code, c.Faults.Backup.AtEnd.Text = 105, "Insufficient free disk space"
			}, nil, 2},
		}},
		{"passcode refused", []stage{
			// The question is seen before it is refused, however busy this computer is.
			{"refused", func(c *phonesim.Config) {
				c.Passcode.Set, c.Passcode.Refused, c.Passcode.Wait = true, true, 2*time.Second
			}, nil, 2},
		}},
		{"not unlocked", []stage{
			{"locked", func(c *phonesim.Config) {
				c.Faults.Lockdown.RefuseService = map[string]string{"com.apple.mobilebackup2": "MissingValue"}
			}, nil, 2},
		}},
	} {
		if testing.Short() && len(story.stages) < 2 {
			continue // make test runs all of them without the race detector
		}
		t.Run(story.name, func(t *testing.T) {
			recorded, played := newRuns(t), newRuns(t)
			state := t.TempDir()
			var transcripts []*replay.Transcript
			var originals []ran
			var files []string
			for i, s := range story.stages {
				cfg := phonesim.DefaultConfig()
				cfg.Faults.Backup.FewFolders = runtime.GOOS == "windows" // as Wine is slow with folders
				cfg.StateDir, cfg.Content = state, content.Generate(3, 60, 3<<20)
				s.phone(&cfg)
				phone, err := phonesim.NewPhone(cfg)
				if err != nil {
					t.Fatal(err)
				}
				recorded.server.Attach(phone)
				file := filepath.Join(recorded.root, fmt.Sprint(i, ".transcript"))
				original := recorded.ctl("backup", "--json", "--to", recorded.root, "--record", file)
				phone.Close()
				if original.code != s.code {
					t.Fatalf("%s: exit %d, want %d\n%s", s.name, original.code, s.code, original.errs)
				}
				if s.name == "interrupted" {
					heardFirst(t, file)
				}
				transcript := parseFile(t, file)
				transcripts, originals, files = append(transcripts, transcript), append(originals, original), append(files, file)
			}
			cfg := phonesim.DefaultConfig()
			cfg.Faults.Backup.FewFolders = runtime.GOOS == "windows" // as Wine is slow with folders
			cfg.StateDir = t.TempDir()
			player := replay.NewPlayer(transcripts...)
			player.Lead = 2 * time.Second
			if runtime.GOOS == "windows" { // Wine takes seconds to wake who waits for a connection
				player.Lead = 8 * time.Second
			}
			cfg.Play(player)
			phone, err := phonesim.NewPhone(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer phone.Close()
			lost := false
			for i, s := range story.stages {
				played.server.Attach(phone) // again, if it left
				again := filepath.Join(played.root, fmt.Sprint(i, ".transcript"))
				result := played.ctl("backup", "--json", "--to", played.root, "--record", again)
				if result.code != s.code {
					t.Errorf("%s: played back it ends with %d, not %d\n%s", s.name, result.code, s.code, result.errs)
				}
				if diff := cmp.Diff(originals[i].events(t), result.events(t)); diff != "" {
					t.Errorf("%s: other events when it is played back:\n%s", s.name, diff)
				}
				if diff := cmp.Diff(said(originals[i].errs, recorded.root), said(result.errs, played.root)); diff != "" {
					t.Errorf("%s: other words when it is played back:\n%s", s.name, diff)
				}
				if s.code == 0 {
					sameRows(t, s.name, transcripts[i], parseFile(t, again))
				}
				first, second := shapeOf(t, files[i]), shapeOf(t, again)
				if s.code != 0 && overTCP {
					// What was on its way when the phone dropped the connection is lost: on a busy
					// computer a fifth of a conversation as short as these.
					least := max(0, min(len(first), len(second))-1)
					if least < len(first)/2 {
						t.Errorf("%s: %d lines, not %d", s.name, len(second), len(first))
					}
					lost = lost || len(first) != len(second)
					first, second = first[:least], second[:least]
				} else if lost {
					continue // the phone begins where it was interrupted, which was elsewhere
				}
				if diff := cmp.Diff(first, second); diff != "" {
					t.Errorf("%s: another conversation when it is played back:\n%.4000s", s.name, diff)
				}
			}
		})
	}
}

// sameRows compares what was counted of the lists of two backups, which is
// what of a row may be odd.
func sameRows(t *testing.T, name string, recorded, played *replay.Transcript) {
	t.Helper()
	for _, count := range []string{"rows", "files", "folders", "links", "no-size", "size-differs", "size-longer", "size-shorter", "other-flags", "no-record", "no-domain", "odd-keys", "no-content"} {
		if played.Shape[count] != recorded.Shape[count] {
			t.Errorf("%s: %d rows are %q when it is played back, not %d", name, played.Shape[count], count, recorded.Shape[count])
		}
	}
	if len(recorded.Shape) < 8 {
		t.Errorf("%s: only %v was counted", name, recorded.Shape)
	}
}

func parseFile(t *testing.T, name string) *replay.Transcript {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	transcript, err := replay.Parse(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return transcript
}

// heardFirst has a transcript as it is of a busy computer, which heard from usbmuxd
// that the phone is gone before it had read the last files that came from it. An even
// busier one has ended by the time that usbmuxd says so, and has no such line, and one
// that is connected by TCP may have lost the beginning of the file that was cut.
func heardFirst(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(data)))
	gone := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `MessageType:"Detached"`) })
	cut := slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, "end=cut\n") })
	if cut < 0 && overTCP {
		cut = slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, " = end phone\n") })
	}
	if cut < 0 {
		t.Fatalf("%s: no cable was pulled within a file:\n%s", file, strings.Join(lines[max(0, len(lines)-12):], ""))
	}
	what := "0 < {DeviceID:1 MessageType:\"Detached\"}\n"
	if gone >= 0 {
		_, what, _ = strings.Cut(lines[gone], " ")
		lines = slices.Delete(lines, gone, gone+1)
	}
	for files, at := 0, min(cut, len(lines)); at > 0; at-- {
		if !strings.Contains(lines[at-1], "< file") {
			continue
		}
		if files++; files == 3 {
			when, _, _ := strings.Cut(lines[at-1], " ")
			lines = slices.Insert(lines, at-1, when+" "+what)
			break
		}
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// said is what was said to the user, without places and the phone's name,
// which is invented when it is played back.
func said(errs, root string) string {
	return ofDevice.ReplaceAllString(strings.ReplaceAll(errs, root, "ROOT"), "“NAME” itself")
}

var ofDevice = regexp.MustCompile(`“[^”]+” itself`)

var varies = regexp.MustCompile(`#\d+|^[\d.]+ \d+ `)

// shapeOf is the conversation with the phone's backup agent, without times,
// the numbers of names, and what each folder of content holds, since names
// were invented.
func shapeOf(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") || strings.Contains(line, "= manifest") || strings.Contains(line, "> DLMessageDisconnect") || !strings.Contains(line, " DL") && !strings.Contains(line, " file") || strings.Contains(line, "DLMessageStatusResponse 0") {
			continue
		}
		line = varies.ReplaceAllString(line, "")
		if head, _, cut := strings.Cut(line, " bytes="); cut && strings.HasSuffix(line, "end=cut\n") {
			line = head // how much was on its way is a matter of time
		}
		if at := strings.Index(line, "DLMessageMoveItems"); at >= 0 {
			parts := strings.Fields(line) // pairs are in the order of their names
			slices.Sort(parts)
			line = strings.Join(parts, " ")
		}
		list = append(list, line)
	}
	return list
}

// TestRecordedFaults plays what was recorded of phones that went wrong, one
// file of testdata/transcripts each: the backup ends as it did there, and
// leaves nothing behind that looks like one.
func TestRecordedFaults(t *testing.T) {
	want := map[string]string{
		"snapshot-left.txt":    "device-snapshot",
		"passcode-refused.txt": "passcode-not-entered",
	}
	files, err := os.ReadDir(filepath.Join("testdata", "transcripts"))
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files, %v; want %d", len(files), err, len(want))
	}
	for file, code := range want {
		t.Run(file, func(t *testing.T) {
			played := newRuns(t)
			cfg := phonesim.DefaultConfig()
			cfg.StateDir = t.TempDir()
			player := replay.NewPlayer(parseFile(t, filepath.Join("testdata", "transcripts", file)))
			cfg.Play(player)
			phone, err := phonesim.NewPhone(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer phone.Close()
			played.server.Attach(phone)
			result := played.ctl("backup", "--json", "--to", played.root)
			events := result.events(t)
			if result.code != 2 || !strings.HasSuffix(events[len(events)-1], code) {
				t.Errorf("exit %d, %v", result.code, events)
			}
			if left, _ := filepath.Glob(filepath.Join(played.root, "*", "Manifest.plist")); len(left) > 0 {
				t.Errorf("there is %v", left)
			}
		})
	}
}
