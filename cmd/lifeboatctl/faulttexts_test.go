//go:build limits

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"lifeboat/device/fault"
)

// deviceCodes are the final codes of a phone that are tried: all of
// MBErrorDomain that are known (device/PROTOCOL.md#final-codes), and two that
// are not.
var deviceCodes = []struct {
	number int
	code   fault.Code
}{
	{1, fault.DeviceInternal}, {2, fault.DeviceInternal}, {3, fault.DeviceSnapshot}, {4, fault.DeviceFile},
	{11, fault.BackupCorrupt}, {12, fault.BackupCorrupt}, {14, fault.DeviceBusy}, {17, fault.DeviceBusy},
	{22, fault.PolicyForbids}, {25, fault.RestoreInProgress}, {100, fault.DeviceIO}, {101, fault.DeviceIO},
	{102, fault.DeviceSnapshot}, {103, fault.HostRead}, {104, fault.HostWrite}, {105, fault.HostSpace},
	{106, fault.DeviceSpace}, {202, fault.CancelledPhone}, {203, fault.BackupVersion}, {204, fault.BackupEmpty},
	{205, fault.BackupCorrupt}, {207, fault.PasswordWrong}, {208, fault.DeviceLocked}, {209, fault.DeviceKeyMissing},
	{210, fault.NoAccount}, {211, fault.FindMyOn}, {212, fault.SetupUnfinished}, {217, fault.DeviceDeferred},
	{303, fault.DeviceError}, {999, fault.DeviceError},
}

// scriptedFaults are the other ways in which a simulated phone goes wrong; an
// empty code is a backup that succeeds all the same.
var scriptedFaults = []struct {
	flags string
	code  fault.Code
}{
	{"--fault detach=0.001", fault.PhoneGone}, {"--fault detach=0.5", fault.PhoneGone}, {"--fault detach=0.98", fault.PhoneGone},
	{"--fault truncate=0.5", fault.PhoneGone}, {"--fault cancel=0.5", fault.CancelledPhone},
	{"--fault oversized=frame@0.5", fault.PhoneNonsense}, {"--fault oversized=name@0.5", fault.PhoneNonsense},
	{"--fault oversized=path@0.5", fault.PhoneNonsense}, {"--fault oversized=data@0.5", fault.PhoneNonsense},
	{"--fault oversized=text@0.5", fault.PhoneNonsense}, {"--fault huge-frame", fault.PhoneNonsense},
	{"--fault snapshot-left", fault.DeviceSnapshot}, {"--fault upload-errors=3", fault.HostWrite},
	{"--fault closing-check", fault.BackupCorrupt}, {"--fault forget-host", fault.PairingStale},
	{"--fault no-escrow-bag", fault.PhoneLocked}, {"--fault refuse-service=com.apple.mobilebackup2:MissingValue", fault.FirstUnlock}, {"--fault refuse-service=com.apple.mobilebackup2", fault.ServiceRefused},
	{"--fault password-error=207", fault.PasswordWrong}, {"--setup-unfinished", fault.SetupUnfinished},
	{"--passcode refuse", fault.DeviceLocked},
	{"--fault hostile-names", ""}, {"--fault upload-error=3:11", ""}, {"--fault purge", ""},
	{"--fault unknown-message", ""}, {"--fault mixed-order", ""}, {"--requires-encryption", ""},
}

// TestFaultTexts prints what a user sees of each fault of a phone, to be
// read, and checks that it is reported by its own code and wholly worded.
func TestFaultTexts(t *testing.T) {
	b := build(t)
	for _, c := range deviceCodes {
		tells(t, b, fmt.Sprintf("--fault error-at-start=%d", c.number), c.code)
	}
	for _, c := range scriptedFaults {
		tells(t, b, c.flags, c.code)
	}
}

func tells(t *testing.T, b built, flags string, want fault.Code) {
	t.Helper()
	address, stop := startPhone(t, b, append([]string{"--files", "40"}, strings.Fields(flags)...)...)
	defer stop()
	cmd := exec.CommandContext(t.Context(), b.ctl, "backup", "--to", t.TempDir())
	cmd.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS="+address, "LIFEBOAT_PASSWORD=correct horse", "HOME="+t.TempDir())
	var reported bytes.Buffer
	cmd.Stdout, cmd.Stderr = &reported, &reported
	err := cmd.Run()
	text := reported.String()
	t.Logf("%s\n%s", flags, text)
	if (err == nil) != (want == "") {
		t.Errorf("%s: %v", flags, err)
	}
	if want != "" && !strings.Contains(text, "\nDetails: "+string(want)+" – ") {
		t.Errorf("%s is not reported as %s", flags, want)
	}
	if strings.Contains(text, "[problem.") || strings.Contains(text, "<no value>") {
		t.Errorf("%s: a text is not worded", flags)
	}
}
