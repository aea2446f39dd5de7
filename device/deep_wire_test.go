package device_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// deep reads what takes long of a phone, and sees that it arrives bit by bit.
func deep(t *testing.T, phone *device.Phone) (last facts.Deep) {
	t.Helper()
	last = facts.PendingDeep()
	calls := 0
	phone.Deep(t.Context(), func(d facts.Deep) {
		calls++
		for name, lost := range map[string]bool{
			"apps": was(last.Apps) && !was(d.Apps), "photos": was(last.Photos) && !was(d.Photos),
			"crashes": was(last.Crashes) && !was(d.Crashes), "traffic": was(last.Traffic) && !was(d.Traffic),
			"cable": was(last.CableSpeed) && !was(d.CableSpeed),
		} {
			if lost {
				t.Errorf("%s was there and is gone", name)
			}
		}
		last = d
	})
	if calls < 4 || pending(last) {
		t.Errorf("%d calls, the last with %+v", calls, last)
	}
	return last
}

func was[T any](d facts.Datum[T]) bool { return d.Reason != facts.Pending }

func pending(d facts.Deep) bool {
	return !was(d.Apps) || !was(d.Photos) || !was(d.Crashes) || !was(d.Traffic) || !was(d.CableSpeed)
}

func TestDeep(t *testing.T) {
	d := newDesk(t)
	d.mux.Hurry(2 * time.Second)
	sim, phone := d.paired(
		"no-apps", "true", "app", "com.example.chat|Chat|100MB|5GB", "app", "com.example.vpn|Tunnel|10MB|2MB|packet-tunnel", "apps", "30@1GB",
		"photos", "40@3MB", "movies", "3@40MB", "traffic", "en0:40,pdp_ip0:10,utun2:5",
		"crash", "backupd@3d", "crash", "JetsamEvent@1d", "crash", "SpringBoard@1d",
	)
	before := len(sim.Asked())
	got := deep(t, phone)

	apps, _ := got.Apps.Known()
	if len(apps) != 32 || apps[0] != (facts.App{BundleID: "com.example.chat", Name: "Chat", Bytes: 5_000_000_000}) {
		t.Errorf("apps: %+v", got.Apps)
	}
	if i := slices.IndexFunc(apps, func(a facts.App) bool { return a.Filters }); i < 0 || apps[i].Name != "Tunnel" {
		t.Errorf("no filter in %+v", apps)
	}
	photos := got.Photos.Value
	if photos.Photos != 40 || photos.PhotoBytes != 120_000_000 || photos.Movies != 3 || photos.MovieBytes != 120_000_000 ||
		photos.Incomplete || photos.LargestMovieBytes != 40_000_000 || !strings.HasPrefix(photos.LargestMovie, "/DCIM/100APPLE/") {
		t.Errorf("photos: %+v", got.Photos)
	}
	if speed, known := got.CableSpeed.Known(); !known || speed < 100_000 {
		t.Errorf("cable: %+v", got.CableSpeed)
	}
	traffic := got.Traffic.Value
	if got.Traffic.State != facts.Read || traffic.Seconds != 2 || traffic.WiFi < traffic.Cellular || traffic.Cellular < 5 || traffic.Tunnel < 3 {
		t.Errorf("traffic: %+v", got.Traffic)
	}
	crashes, _ := got.Crashes.Known()
	if len(crashes) != 2 || crashes[0].Process != "JetsamEvent" || crashes[1].Process != "backupd" ||
		(time.Since(crashes[1].At)-72*time.Hour).Abs() > 26*time.Hour {
		t.Errorf("crashes: %+v", got.Crashes)
	}
	asked := slices.DeleteFunc(sim.Asked()[before:], func(what string) bool { return what == "session" }) // each service has one
	slices.Sort(asked)
	if once := slices.Compact(slices.Clone(asked)); len(once) != len(asked) || len(once) != 5 {
		t.Errorf("asked %q", asked)
	}
}

func TestDeepOfAnEmptyPhone(t *testing.T) {
	d := newDesk(t)
	d.mux.Hurry(time.Second)
	_, phone := d.paired("no-apps", "true", "photos", "3@3MB", "movies", "1@1MB", "traffic", "none")
	got := deep(t, phone)
	if apps, known := got.Apps.Known(); !known || len(apps) != 0 {
		t.Errorf("apps: %+v", got.Apps)
	}
	if crashes, known := got.Crashes.Known(); !known || len(crashes) != 0 {
		t.Errorf("crashes: %+v", got.Crashes)
	}
	if how(got.CableSpeed) != "not read no-movie" {
		t.Errorf("cable: %+v", got.CableSpeed)
	}
	if how(got.Traffic) != "not read "+string(fault.PhoneSilent) {
		t.Errorf("traffic: %+v", got.Traffic)
	}
}

var deepServices = []string{
	"com.apple.mobile.installation_proxy", "com.apple.afc", "com.apple.crashreportmover", "com.apple.pcapd",
}

// outcomes are how the five came about, as one text.
func outcomes(d facts.Deep) string {
	return strings.Join([]string{how(d.Apps), how(d.Photos), how(d.CableSpeed), how(d.Crashes), how(d.Traffic)}, ", ")
}

func TestDeepWithoutServices(t *testing.T) {
	for kind, want := range map[string]string{
		"no-service": "refused InvalidService, refused InvalidService, refused InvalidService, refused InvalidService, refused InvalidService",
		"silent":     "not read phone-silent, not read phone-silent, not read not-looked, not read phone-silent, not read phone-silent",
	} {
		t.Run(kind, func(t *testing.T) {
			d := newDesk(t)
			d.mux.Hurry(500 * time.Millisecond)
			var flags []string
			for _, name := range deepServices {
				if kind == "silent" {
					flags = append(flags, "fault", "silent="+name)
				} else {
					flags = append(flags, kind, name)
				}
			}
			_, phone := d.paired(flags...)
			d.mux.Timeout = 2 * time.Second
			if got := outcomes(deep(t, phone)); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

// The crash reports that a phone has already collected say nothing about new
// ones: if the folder is refused, or the mover, nothing is known.
func TestCrashesNeedBothServices(t *testing.T) {
	for _, name := range []string{"com.apple.crashreportmover", "com.apple.crashreportcopymobile"} {
		d := newDesk(t)
		d.mux.Hurry(300 * time.Millisecond)
		_, phone := d.paired("no-service", name, "crash", "backupd@3d")
		if got := deep(t, phone); how(got.Crashes) != "refused InvalidService" {
			t.Errorf("%s: got %+v", name, got.Crashes)
		}
	}
}

func TestDeepEnds(t *testing.T) {
	t.Run("with its context", func(t *testing.T) {
		d := newDesk(t)
		_, phone := d.paired("fault", "silent=com.apple.afc", "fault", "silent=com.apple.mobile.installation_proxy")
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		phone.Deep(ctx, func(d facts.Deep) {
			if calls++; was(d.Crashes) {
				cancel()
			}
		})
		if calls != 1 {
			t.Errorf("%d calls", calls)
		}
	})
	t.Run("when the phone is unplugged", func(t *testing.T) {
		d := newDesk(t)
		sim, phone := d.paired("fault", "silent=com.apple.afc", "fault", "silent=com.apple.mobile.installation_proxy")
		phone.Deep(t.Context(), func(got facts.Deep) {
			if was(got.Crashes) && !was(got.Apps) {
				d.server.Detach(sim)
			}
			if was(got.Apps) && how(got.Apps) != "not read phone-gone" {
				t.Errorf("got %+v", got)
			}
		})
	})
}

// More than can be counted in time makes the count incomplete, and a file
// without an ending is no folder.
func TestPhotosIncomplete(t *testing.T) {
	d := newDesk(t)
	d.mux.Hurry(2 * time.Second)
	sim, phone := d.paired("latency", "50ms", "photos", "100@1MB")
	if err := os.WriteFile(filepath.Join(sim.StateDir(), "media", "DCIM", "NOTES"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := deep(t, phone)
	photos, known := got.Photos.Known()
	if !known || !photos.Incomplete || photos.Photos == 0 || photos.Photos > 50 {
		t.Errorf("got %+v, %v", photos, known)
	}
	if how(got.CableSpeed) != "not read no-movie" {
		t.Errorf("cable: %+v", got.CableSpeed)
	}
}

func TestRestart(t *testing.T) {
	d := newDesk(t)
	sim, phone := d.paired("replug-after", "50ms")
	gone := phone.Gone(t.Context())
	if err := phone.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-gone
	if sim.Restarts() != 1 {
		t.Errorf("%d restarts", sim.Restarts())
	}
	_, without := newDesk(t).paired("no-service", "com.apple.mobile.diagnostics_relay")
	if err := without.Restart(t.Context()); fault.Of(err) != fault.ServiceRefused {
		t.Errorf("refused: got %v", err)
	}
}
