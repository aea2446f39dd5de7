//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestRealPhone walks `make real-phone` to its end with a simulated iPhone full
// of secrets, and nobody at the keyboard: each step ends as it should, and what
// is to be sent holds none of them.
func TestRealPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("a dozen backups")
	}
	home := t.TempDir()
	// The script looks for dist/lifeboatctl beside itself.
	tree := filepath.Join(home, "tree")
	for _, dir := range []string{".ci", "dist"} {
		if err := os.MkdirAll(filepath.Join(tree, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script, err := os.ReadFile("../../.ci/real-phone")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree, ".ci/real-phone"), script, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(tree, "dist/lifeboatctl")); err != nil {
		t.Fatal(err)
	}
	server, err := phonesim.Listen("unix://" + filepath.Join(home, "usbmuxd"))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	cfg := phonesim.DefaultConfig()
	cfg.Name, cfg.Organization, cfg.WiFi.Network = "Zaphods iPhone", "Zaphod GmbH", "Zaphod at home"
	for _, set := range [][2]string{
		{"app", "org.zaphod.dating|Zaphod Dating|1MB|1MB"}, {"profile", "org.zaphod.vpn|Zaphod VPN|Zaphod GmbH"}, {"crash", "zaphodd@1d"},
	} {
		if err := cfg.Set(set[0], set[1]); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Content = content.Generate(8, 40, 2<<20)
	phone, err := phonesim.NewPhone(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	server.Attach(phone)

	// What a person would do: enter everywhere, but listen to no attempt.
	answers := "zaphod secret\n\n\ns\n" + strings.Repeat("\n", 12)
	answersFile := filepath.Join(home, "answers")
	if err := os.WriteFile(answersFile, []byte(answers), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "walk")
	cmd := exec.Command("bash", filepath.Join(tree, ".ci/real-phone"), dir)
	cmd.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS="+server.Address(), "REAL_PHONE_ANSWERS="+answersFile, "HOME="+home, offlineEnv+"=1")
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	send := filepath.Join(dir, "to send")
	results, err := os.ReadFile(filepath.Join(send, "results.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"1-devices", "2-check", "4-first", "5-nothing-changed", "6-a-photo", "8-after-the-cable", "10-after-cancel", "11-verify"} {
		transcript, err := os.ReadFile(filepath.Join(send, step+".transcript"))
		if err != nil || !strings.Contains(string(transcript), "= done") {
			t.Errorf("%s: no transcript to its end: %v", step, err)
		}
		if step != "2-check" && !strings.Contains(string(results), step+": ") || strings.Contains(string(results), step+": lifeboatctl backup, exit 2") {
			t.Errorf("%s did not end well", step)
		}
	}
	if !strings.Contains(string(results), "12-lay-out: exit 0") {
		t.Errorf("nothing was laid out:\n%s", results)
	}
	if _, err := os.Stat(filepath.Join(dir, "lifeboat-real-phone.tar.gz")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "password")); err == nil {
		t.Error("the password lies on the disk")
	}
	files, _ := os.ReadDir(send)
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(send, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"zaphod", cfg.UDID, "anna", home} {
			if at := strings.Index(strings.ToLower(string(data)), strings.ToLower(secret)); at >= 0 {
				t.Errorf("%s: %q is to be sent: …%s", file.Name(), secret, data[max(0, at-60):min(len(data), at+60)])
			}
		}
	}
	if t.Failed() {
		fmt.Printf("%s\n%s\n", results, out)
	}
}
