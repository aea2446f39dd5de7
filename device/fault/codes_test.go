package fault_test

import (
	"slices"
	"testing"

	"lifeboat/device/fault"
)

// Each number that the phone's backup engine is known to answer has a cause of
// its own, and the phone's words stay with it.
func TestKnownDeviceCodes(t *testing.T) {
	known := []int{-36, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 17, 22, 25, 26, 100, 101, 102, 103, 104, 105, 106,
		202, 203, 204, 205, 207, 208, 209, 210, 211, 212, 217, 218, 219, 220, 221, 222, 223, 224}
	for number := -100; number < 1000; number++ {
		e := fault.FromMobileBackup("back up", number, "its words")
		if named := e.Code != fault.DeviceError; named != slices.Contains(known, number) {
			t.Errorf("%d: %s", number, e.Code)
		}
		if !slices.Contains(fault.Codes(), e.Code) {
			t.Errorf("%d: %s is not listed", number, e.Code)
		}
		if e.Number != number || e.Text != "its words" || e.Domain != "MBErrorDomain" {
			t.Errorf("%d: %+v", number, e)
		}
	}
	for number, want := range map[int]fault.Code{
		3: fault.DeviceFile, 17: fault.DeviceBusy, 102: fault.DeviceSnapshot, 104: fault.HostWrite, 106: fault.DeviceSpace,
		205: fault.BackupCorrupt, 209: fault.DeviceKeyMissing, 223: fault.DeviceDeferred,
	} {
		if got := fault.FromMobileBackup("", number, "").Code; got != want {
			t.Errorf("%d: %s, want %s", number, got, want)
		}
	}
}

// A number may mean another thing before any content has come: 3 is what a
// phone answers that still has the snapshot of an interrupted run.
func TestCodesAtTheStart(t *testing.T) {
	for number, want := range map[int]fault.Code{
		3: fault.DeviceSnapshot, 4: fault.DeviceFile, 102: fault.DeviceSnapshot, 103: fault.HostRead, 999: fault.DeviceError,
	} {
		e := fault.FromMobileBackupAtStart("back up", number, "its words")
		if e.Code != want || e.Number != number || e.Text != "its words" {
			t.Errorf("%d: %+v, want %s", number, e, want)
		}
	}
}

// TestCodesOfARestore: what a phone answers to a restore has a cause of its own,
// and its words stay with it.
func TestCodesOfARestore(t *testing.T) {
	for number, want := range map[int]fault.Code{
		1: fault.DeviceInternal, 3: fault.RestoreLeftover, 22: fault.PolicyForbids, 25: fault.RestoreInProgress,
		102: fault.RestoreLeftover, 103: fault.HostRead, 106: fault.DeviceSpace, 202: fault.CancelledPhone,
		203: fault.BackupVersion, 204: fault.BackupEmpty, 205: fault.BackupCorrupt, 207: fault.PasswordWrong,
		208: fault.DeviceLocked, 211: fault.FindMyOn, 999: fault.DeviceError,
	} {
		e := fault.FromRestore("restore", number, "its words")
		if e.Code != want || e.Number != number || e.Text != "its words" || e.Domain != "MBErrorDomain" {
			t.Errorf("%d: %+v, want %s", number, e, want)
		}
	}
}

// What lockdownd answers to StartService is not what the same name means of a
// value.
func TestServiceNames(t *testing.T) {
	for name, want := range map[string]fault.Code{
		"MissingValue": fault.FirstUnlock, "EscrowLocked": fault.PhoneLocked, "InvalidService": fault.ServiceRefused, "Odd": fault.LockdownRefused,
	} {
		if e := fault.FromStartService("start", name); e.Code != want || e.Text != name || e.Domain != "lockdownd" {
			t.Errorf("%s: %+v, want %s", name, e, want)
		}
	}
	if code := fault.FromLockdown("read", "MissingValue").Code; code != fault.LockdownRefused {
		t.Error(code)
	}
}

// No code is listed twice.
func TestCodesAreListedOnce(t *testing.T) {
	all := slices.Sorted(slices.Values(fault.Codes()))
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("%q", all)
	}
}
