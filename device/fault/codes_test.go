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

// No code is listed twice.
func TestCodesAreListedOnce(t *testing.T) {
	all := slices.Sorted(slices.Values(fault.Codes()))
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("%q", all)
	}
}
