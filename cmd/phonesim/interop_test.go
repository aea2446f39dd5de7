//go:build interop && linux

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"howett.net/plist"
)

// Debian's libimobiledevice tools, unchanged, take the simulated phone for
// an iPhone. What they print and how they exit is checked.
//
// They time out by themselves or not at all, so each has a limit here.
const toolTime = 3 * time.Minute

// sim is a built phonesim that runs as a process of its own.
type sim struct {
	t       *testing.T
	socket  string
	process *exec.Cmd
	log     string // file of what clients asked
}

// asked counts what a program has asked so far. (A file, as phonesim writes
// the line before it answers; a pipe would be behind.)
func (s *sim) asked(program string) int {
	s.t.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Count(string(text), "program="+program+"\n")
}

func buildSim(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "phonesim")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

func startSim(t *testing.T, binary string, args ...string) *sim {
	t.Helper()
	dir := t.TempDir()
	s := &sim{t: t, socket: filepath.Join(dir, "mux"), log: filepath.Join(dir, "log")}
	log, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s.process = exec.Command(binary, append([]string{"--socket", s.socket, "--verbose"}, args...)...)
	s.process.Stderr = log
	out, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, err := out.Read(line)
	if want := "phonesim ready: USBMUXD_SOCKET_ADDRESS=UNIX://" + s.socket + "\n"; string(line[:n]) != want {
		t.Fatalf("phonesim said %q, %v; want %q", line[:n], err, want)
	}
	t.Cleanup(s.stop)
	return s
}

// stop ends the program as a user would, and checks how it goes.
func (s *sim) stop() {
	if s.process == nil {
		return
	}
	s.process.Process.Signal(syscall.SIGTERM)
	err := s.process.Wait()
	s.process = nil
	if err != nil {
		text, _ := os.ReadFile(s.log)
		s.t.Errorf("phonesim ended with %v\n%s", err, text)
	}
	if _, err := os.Lstat(s.socket); !errors.Is(err, os.ErrNotExist) {
		s.t.Errorf("phonesim left its socket: %v", err)
	}
}

// tool runs a tool against the phone and checks its exit code and that its
// output has each of want. libusbmuxd falls back in silence to the system's
// own daemon, so phonesim must also have been asked by it.
func (s *sim) tool(exit int, want []string, name string, args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), toolTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS=UNIX://"+s.socket, "LC_ALL=C.UTF-8")
	before := s.asked(name)
	out, err := cmd.CombinedOutput()
	if s.asked(name) == before {
		s.t.Errorf("%s never asked this phonesim", name)
	}
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		s.t.Fatalf("%s: %v", name, err)
	}
	if got := cmd.ProcessState.ExitCode(); got != exit {
		s.t.Errorf("%s %q: exit code %d, want %d\n%s", name, args, got, exit, out)
	}
	for _, w := range want {
		if !regexp.MustCompile(`(?m)` + w).Match(out) {
			s.t.Errorf("%s %q did not say %q but\n%s", name, args, w, out)
		}
	}
	return string(out)
}

const udid = "00008120-001C25D40C0A002E"

func TestPairingWithLibimobiledevice(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	state := t.TempDir()
	binary := buildSim(t)
	s := startSim(t, binary, "--state", state, "--trust", "pending=1", "--ios", "18.4.1", "--name", "Anna’s iPhone",
		"--battery", "63", "--icloud", "off", "--last-icloud", "2026-10-04T11:41:53Z", "--disk", "256GB", "--disk-free", "40GB")
	s.tool(0, []string{`^` + udid + `$`}, "idevice_id", "-l")
	s.tool(1, []string{`Please accept the trust dialog on the screen of device ` + udid}, "idevicepair", "pair")
	s.tool(0, []string{`^SUCCESS: Paired with device ` + udid}, "idevicepair", "pair")
	s.tool(0, []string{`^SUCCESS: Validated pairing with device ` + udid}, "idevicepair", "validate")
	s.tool(0, []string{
		`^DeviceName: Anna’s iPhone$`, `^ProductType: iPhone15,2$`, `^ProductVersion: 18\.4\.1$`, `^BuildVersion: 22E252$`,
		`^UniqueDeviceID: ` + udid + `$`, `^PasswordProtected: false$`, `^ActivationState: Activated$`, `^SerialNumber: \w{10}$`,
		`^InternationalMobileEquipmentIdentity: \d{15}$`, `^TimeIntervalSince1970: \d+\.\d+$`,
	}, "ideviceinfo")
	backup := s.tool(0, []string{`^CloudBackupEnabled: false$`, `^LastCloudBackupDate: 812806913$`, `^LastCloudBackupTZ: GMT\+1$`, `^RequiresEncryption: 0$`, `^Version: 2\.0$`},
		"ideviceinfo", "-q", "com.apple.mobile.backup")
	if strings.Contains(backup, "WillEncrypt") {
		t.Errorf("WillEncrypt without a password:\n%s", backup)
	}
	s.tool(0, []string{`^TotalDiskCapacity: 256000000000$`, `^AmountDataAvailable: 40000000000$`, `^TotalDataCapacity: \d+$`},
		"ideviceinfo", "-q", "com.apple.disk_usage")
	s.tool(0, []string{`^BatteryCurrentCapacity: 63$`, `^BatteryIsCharging: true$`, `^ExternalConnected: true$`, `^FullyCharged: false$`},
		"ideviceinfo", "-q", "com.apple.mobile.battery")
	s.tool(0, []string{`<key>DesignCapacity</key>\s*<integer>3092</integer>`}, "idevicediagnostics", "ioregentry", "AppleSmartBattery")

	// The pairing outlives both programs.
	s.stop()
	s = startSim(t, binary, "--state", state, "--trust", "refuse")
	s.tool(0, []string{`^SUCCESS: Validated pairing`}, "idevicepair", "validate")
	s.tool(0, []string{`^SUCCESS: Unpaired with device ` + udid}, "idevicepair", "unpair")
	s.tool(1, []string{`user denied the trust dialog`}, "idevicepair", "pair")
	s.stop()

	locked := startSim(t, binary, "--trust", "locked")
	locked.tool(1, []string{`a passcode is set`}, "idevicepair", "pair")
}

func TestSeveralPhonesWithLibimobiledevice(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	s := startSim(t, buildSim(t), "--phones", "3")
	list := strings.Fields(s.tool(0, nil, "idevice_id", "-l"))
	if len(list) != 3 {
		t.Fatalf("listed %q", list)
	}
	for _, id := range list {
		s.tool(0, []string{`^SUCCESS: Paired with device ` + id}, "idevicepair", "-u", id, "pair")
		s.tool(0, []string{`^` + id}, "ideviceinfo", "-u", id, "-k", "UniqueDeviceID")
	}
}

func TestBackupWithLibimobiledevice(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	s := startSim(t, buildSim(t), "--state", t.TempDir(), "--files", "40", "--bytes", "3MB")
	dir := t.TempDir()
	willEncrypt := func(want bool) {
		t.Helper()
		info := s.tool(0, nil, "ideviceinfo", "-q", "com.apple.mobile.backup")
		if strings.Contains(info, "WillEncrypt: true") != want {
			t.Errorf("WillEncrypt should be %v:\n%s", want, info)
		}
	}
	s.tool(0, []string{`^SUCCESS`}, "idevicepair", "pair")
	s.tool(0, []string{`Backup encryption has been enabled successfully\.`}, "idevicebackup2", "encryption", "on", "first", dir)
	willEncrypt(true)
	s.tool(0, []string{`Backup Successful\.`}, "idevicebackup2", "backup", "--full", dir)
	finished(t, filepath.Join(dir, udid), true)
	s.tool(0, []string{`Backup encryption password has been changed successfully\.`}, "idevicebackup2", "changepw", "first", "second")
	s.tool(49, []string{`Invalid password`}, "idevicebackup2", "encryption", "off", "first", dir)
	willEncrypt(true)
	s.tool(0, []string{`Backup encryption has been disabled successfully\.`}, "idevicebackup2", "encryption", "off", "second", dir)
	willEncrypt(false)
}

// Debian's idevicebackup2 makes a full backup, is interrupted in the next, goes
// on with it, and then sends for nothing but what changed.
func TestIncrementalWithLibimobiledevice(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	binary, state, dir := buildSim(t), t.TempDir(), t.TempDir()
	args := []string{"--state", state, "--files", "300", "--bytes", "3MB"}
	s := startSim(t, binary, args...)
	s.tool(0, []string{`^SUCCESS`}, "idevicepair", "pair")
	s.tool(0, []string{`has been enabled successfully\.`}, "idevicebackup2", "encryption", "on", "first", dir)
	s.tool(0, []string{`Backup Successful\.`}, "idevicebackup2", "backup", dir)
	before := blobs(t, filepath.Join(dir, udid))
	s.planned(`incremental=false resumed=false why="the host has no backup"`)
	s.stop()

	changes := append(args, "--change", "40", "--add", "100", "--delete", "30", "--edit-seed", "5")
	s = startSim(t, binary, append(changes, "--fault", "truncate=#778")...)
	s.tool(255, []string{`Backup Aborted\.`}, "idevicebackup2", "backup", dir)
	s.planned(`incremental=true resumed=false why="" files=140`)
	s.stop()

	s = startSim(t, binary, changes...)
	s.tool(0, []string{`Backup Successful\.`}, "idevicebackup2", "backup", dir)
	s.planned(`incremental=true resumed=true why="" files=12 `) // 128 had come
	s.tool(0, []string{`Backup Successful\.`}, "idevicebackup2", "backup", dir)
	s.planned(`incremental=true resumed=false why="" files=0 `)
	finished(t, filepath.Join(dir, udid), false)
	after := blobs(t, filepath.Join(dir, udid))
	added, changed := 0, 0
	for name, sum := range after {
		was, known := before[name]
		switch {
		case !known:
			added++
		case was != sum:
			changed++
		}
		delete(before, name)
	}
	if added != 100 || changed != 40 || len(before) != 30 {
		t.Errorf("%d were added, %d changed, %d removed", added, changed, len(before))
	}
	s.tool(0, []string{`Backup Successful\.`}, "idevicebackup2", "backup", "--full", dir)
	finished(t, filepath.Join(dir, udid), true)
}

// planned checks what kind of backup the last one was.
func (s *sim) planned(want string) {
	s.t.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)"backup agent: plan".*$`).FindAllString(string(text), -1)
	if len(lines) == 0 || !strings.Contains(lines[len(lines)-1], want) {
		s.t.Errorf("the backups were %q, the last one not %s", lines, want)
	}
}

// blobs are the content files of a backup with their hashes.
func blobs(t *testing.T, backup string) map[string][sha256.Size]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(backup, "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string][sha256.Size]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sums[filepath.Base(name)] = sha256.Sum256(data)
	}
	return sums
}

// finished checks the backup on disk as far as it can be read without the
// password: what Finder and idevicebackup2 would look at first.
func finished(t *testing.T, backup string, full bool) {
	t.Helper()
	read := func(name string) map[string]any {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(backup, name))
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if _, err := plist.Unmarshal(data, &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return v
	}
	if status := read("Status.plist"); status["SnapshotState"] != "finished" || status["IsFullBackup"] != full || status["Version"] != "3.3" {
		t.Errorf("Status.plist: %v", status)
	}
	manifest := read("Manifest.plist")
	if manifest["IsEncrypted"] != true || len(manifest["BackupKeyBag"].([]byte)) < 100 || len(manifest["ManifestKey"].([]byte)) != 44 {
		t.Errorf("Manifest.plist: encrypted %v", manifest["IsEncrypted"])
	}
	info := read("Info.plist")
	if info["Target Identifier"] != udid || info["Device Name"] == nil || len(info["Applications"].(map[string]any)) < 4 {
		t.Errorf("Info.plist: %v of %v", info["Target Identifier"], info["Device Name"])
	}
	database, err := os.ReadFile(filepath.Join(backup, "Manifest.db"))
	if err != nil || len(database) < 4096 || len(database)%16 != 0 || bytes.HasPrefix(database, []byte("SQLite format 3")) {
		t.Errorf("Manifest.db of %d bytes is not encrypted, %v", len(database), err)
	}
	if _, err := os.Stat(filepath.Join(backup, "Snapshot")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Snapshot is still there: %v", err)
	}
	blobs, err := filepath.Glob(filepath.Join(backup, "??", "*"))
	if err != nil || len(blobs) < 40 {
		t.Errorf("%d files in the backup, %v", len(blobs), err)
	}
}
