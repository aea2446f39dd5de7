package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/wait"
)

// TestKilledMidway ends lifeboatctl in the middle of a backup, once as
// Ctrl-C does and once as a crash does. The earlier backup stands to the
// byte, and the next run succeeds and clears what was left.
func TestKilledMidway(t *testing.T) {
	if testing.Short() {
		t.Skip("what races is the program, which the scripts run: make test runs this without the race detector")
	}
	server, err := phonesim.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	state, root := t.TempDir(), t.TempDir()
	ctl := named(t, "lifeboatctl")
	backup := func(more ...string) *exec.Cmd {
		cmd := exec.Command(ctl, append([]string{"backup", "--json", "--to", root}, more...)...)
		cmd.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS="+server.Address(), "LIFEBOAT_PASSWORD=correct horse")
		return cmd
	}
	// with runs what under a phone that stops at a share of the backup (0: never).
	with := func(hangAt float64, what func()) {
		cfg := phonesim.DefaultConfig()
		cfg.Faults.Backup.FewFolders = runtime.GOOS == "windows" // as Wine is slow with folders
		cfg.StateDir, cfg.Content = state, content.Generate(5, 300, 30<<20)
		cfg.Faults.Backup.SilentAfter = hangAt
		phone, err := phonesim.NewPhone(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer phone.Close()
		server.Attach(phone)
		what()
	}
	succeed := func() {
		if out, err := backup().CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	with(0, succeed)
	folder := filepath.Join(root, phonesim.DefaultConfig().UDID)
	before := digest(t, folder)
	ends := []struct {
		name string
		end  func(*exec.Cmd) error
	}{
		{"interrupt", interrupt},
		{"kill", func(cmd *exec.Cmd) error { return cmd.Process.Kill() }},
	}
	for _, signal := range ends {
		t.Run(signal.name, func(t *testing.T) {
			with(0.5, func() {
				cmd := backup("--full") // so that there is something to receive
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				interruptible(cmd)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				last := awaitReceiving(t, out)
				if err := signal.end(cmd); err != nil {
					cmd.Process.Kill()
					io.Copy(io.Discard, out)
					cmd.Wait()
					if errors.Is(err, errors.ErrUnsupported) {
						t.Skip(err)
					}
					t.Fatal(err)
				}
				since := time.Now()
				rest, _ := io.ReadAll(out)
				err = cmd.Wait()
				if took := time.Since(since); took > wait.Promised(2*time.Second) {
					t.Errorf("it took %v to end", took)
				}
				if err == nil {
					t.Errorf("it ended as if nothing had happened, after %s%s", last, rest)
				}
			})
			if after := digest(t, folder); after != before {
				t.Error("the earlier backup has changed")
			}
			with(0, succeed)
			if left, _ := filepath.Glob(filepath.Join(root, ".lifeboat", "*", "run")); len(left) > 0 {
				t.Errorf("the next run left %v", left)
			}
			before = digest(t, folder)
		})
	}
}

// named is the test's own program under a name of [programs].
func named(t *testing.T, name string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if runtime.GOOS != "windows" {
		err = os.Symlink(program, path)
	} else { // where links are for administrators only
		path += ".exe"
		var data []byte
		if data, err = os.ReadFile(program); err == nil {
			err = os.WriteFile(path, data, 0o700)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// awaitReceiving reads events until a third of the backup has come.
func awaitReceiving(t *testing.T, out io.Reader) string {
	t.Helper()
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("it ended before it was ended: %v", err)
		}
		var e struct {
			Phase   string
			Percent float64
		}
		if json.Unmarshal([]byte(line), &e) == nil && e.Phase == "receiving" && e.Percent > 25 {
			return line
		}
	}
}

// digest is a hash over every name and every byte of a folder.
func digest(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		io.WriteString(h, path+"\x00")
		if d.IsDir() {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(h, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}
