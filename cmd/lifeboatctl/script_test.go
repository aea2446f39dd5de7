package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// programs are what the test binary also is, when it runs under their names.
var programs = map[string]func(){"lifeboatctl": main}

func TestMain(m *testing.M) { testscript.Main(m, programs) }

// TestScripts runs whole command lines against simulated iPhones. Each file
// of testdata/script is one story.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"phone":  phone,
			"unplug": unplug,
			"play":   play,
			"spoil":  spoil,
			"holds":  holds,
		},
		Setup: func(env *testscript.Env) error {
			server, err := phonesim.Listen("127.0.0.1:0")
			if err != nil {
				return err
			}
			d := &desk{server: server}
			env.Defer(d.clear)
			env.Values[deskKey{}] = d
			env.Setenv("USBMUXD_SOCKET_ADDRESS", server.Address())
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("LOCALAPPDATA", filepath.Join(env.WorkDir, "AppData", "Local"))
			env.Setenv("APPDATA", filepath.Join(env.WorkDir, "AppData", "Roaming"))
			env.Setenv("USERPROFILE", env.WorkDir)
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv(offlineEnv, "1")
			return nil
		},
	})
}

// desk is the computer of one script, with the phones that are plugged in.
type desk struct {
	server *phonesim.Server
	phones []*phonesim.Phone
}

type deskKey struct{}

func (d *desk) clear() {
	d.server.Close()
	for _, p := range d.phones {
		p.Close()
	}
}

// phone plugs in a simulated iPhone: phone [NAME=VALUE ...], with the names of
// phonesim's flags, files=N bytes=N for its content, and number=N for another
// phone than the first. A phone keeps its state until the script ends.
func phone(ts *testscript.TestScript, neg bool, args []string) {
	d := ts.Value(deskKey{}).(*desk)
	cfg := phonesim.DefaultConfig()
	cfg.Faults.Backup.FewFolders = runtime.GOOS == "windows" // as Wine is slow with folders
	cfg.StateDir = filepath.Join(ts.Getenv("WORK"), ".state")
	files, bytes := 40, int64(2<<20)
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		var err error
		switch name {
		case "files":
			files, err = strconv.Atoi(value)
		case "number":
			var n int
			n, err = strconv.Atoi(value)
			cfg = cfg.Numbered(n)
		case "log":
			err = cfg.Set(name, ts.MkAbs(value))
		case "name": // which may hold a line end, written as \n
			err = cfg.Set(name, strings.ReplaceAll(value, `\n`, "\n"))
		case "bytes":
			bytes, err = strconv.ParseInt(value, 10, 64)
		default:
			err = cfg.Set(name, value)
		}
		ts.Check(err)
	}
	cfg.Content = content.Generate(3, files, bytes)
	p, err := phonesim.NewPhone(cfg)
	ts.Check(err)
	d.phones = append(d.phones, p)
	d.server.Attach(p)
	if len(d.phones) == 1 {
		ts.Setenv("UDID", cfg.UDID)
		ts.Setenv("BARE", strings.ToLower(strings.ReplaceAll(cfg.UDID, "-", "")))
	}
}

// unplug pulls out every phone and switches it off.
func unplug(ts *testscript.TestScript, neg bool, args []string) {
	d := ts.Value(deskKey{}).(*desk)
	for _, p := range d.phones {
		ts.Check(p.Close())
	}
	d.phones = nil
}

// spoil changes one bit in the middle of the longest content of a backup:
// spoil DIR.
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	var path string
	var longest int64
	names, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "??", "*"))
	ts.Check(err)
	for _, name := range names {
		info, err := os.Stat(name)
		ts.Check(err)
		if info.Size() > longest {
			path, longest = name, info.Size()
		}
	}
	data, err := os.ReadFile(path)
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

// holds looks into every file below a folder for a text: [!] holds DIR TEXT.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	found := ""
	err := filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(args[1])) {
			found = path
		}
		return err
	})
	ts.Check(err)
	if neg == (found != "") {
		ts.Fatalf("found in %q", found)
	}
}

// play lets the next part of every phone's log script begin.
func play(ts *testscript.TestScript, neg bool, args []string) {
	for _, p := range ts.Value(deskKey{}).(*desk).phones {
		p.Play()
	}
}
