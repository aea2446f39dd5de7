package syncapps

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestName(t *testing.T) {
	for _, c := range []struct{ processes, want []string }{
		{nil, nil},
		{[]string{"bash", "", "systemd", "itunes-helper"}, nil},
		{[]string{"iTunes.exe", "iTunesHelper.exe", "AppleMobileDeviceService.exe"}, []string{"iTunes"}},
		{[]string{"/System/Library/PrivateFrameworks/AMPDevices.framework/Versions/A/Support/AMPDevicesAgent"}, []string{"Finder"}},
		{[]string{"/usr/bin/python3", "/home/anna/.local/bin/pymobiledevice3", "idevicebackup2"}, []string{"idevicebackup2", "pymobiledevice3"}},
		{[]string{`C:\Program Files\DigiDNA\iMazing\iMazing.exe`, "iMazing", "3uTools.exe"}, []string{"3uTools", "iMazing"}},
	} {
		if d := cmp.Diff(c.want, name(c.processes)); d != "" {
			t.Errorf("%q: %s", c.processes, d)
		}
	}
}
