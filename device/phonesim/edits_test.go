package phonesim_test

import (
	"os"
	"path/filepath"
	"testing"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

// files counts the files of a phone, and those that differ from a source.
func files(t *testing.T, phone *phonesim.Phone, from content.Source) (all, other int) {
	t.Helper()
	known := map[content.File]bool{}
	for _, s := range []content.Source{from, phone.Content()} {
		err := s.Walk(func(f content.File) error {
			switch {
			case f.Kind != content.Regular:
			case s == from:
				known[f] = true
			default:
				all++
				if !known[f] {
					other++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all, other
}

// What is on the phone, and what goes wrong with its backups, changes by flag,
// by hand and by script.
func TestEditsAndFaults(t *testing.T) {
	script := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(script, []byte("@wait\n@edit add=4\n@fault detach=#17\n@fault no-resume\n@notify com.example.done\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	source := content.Generate(3, 100, 1<<20)
	l := newLab(t, func(c *phonesim.Config) {
		c.Content = source
		with(t, "log", script, "change", "5", "add", "3", "delete", "2", "edit-seed", "8")(c)
	})
	if all, other := files(t, l.phone, source); all != 101 || other != 8 {
		t.Errorf("by flag: %d files, %d others", all, other)
	}
	if err := l.phone.Edit(content.Edits{Added: 10}); err != nil {
		t.Fatal(err)
	}
	if all, other := files(t, l.phone, source); all != 111 || other != 18 {
		t.Errorf("by hand: %d files, %d others", all, other)
	}
	notices := l.service(l.pair("HOST"), "com.apple.mobile.notification_proxy")
	notices.send(dict{"Command": "ObserveNotification", "Name": "com.example.done"})
	notices.send(dict{"Command": "ObserveNotification", "Name": "sync"})
	notices.send(dict{"Command": "PostNotification", "Name": "sync"})
	notices.receive()
	l.phone.Play()
	notices.receive()
	if all, other := files(t, l.phone, source); all != 115 || other != 22 {
		t.Errorf("by script: %d files, %d others", all, other)
	}
	if got := l.phone.Agent().Faults(); got.DetachAtMessage != 17 || !got.NoResume {
		t.Errorf("by script: %+v", got)
	}
	if err := l.phone.SetFault("dance"); err == nil {
		t.Error("a fault that there is not was taken")
	}
	if err := l.phone.SetFault("none"); err != nil || l.phone.Agent().Faults().NoResume {
		t.Errorf("%v, %+v", err, l.phone.Agent().Faults())
	}
	if err := l.phone.SetFault("snapshot-left"); err != nil || !l.phone.Agent().Faults().SnapshotLeft {
		t.Error(err)
	}
	l.phone.Restart()
	if l.phone.Agent().Faults().SnapshotLeft || l.phone.Restarts() != 1 {
		t.Error("the restart left the snapshot")
	}
	l.phone.SetPasscode(backupd.Passcode{Set: true})
	l.phone.CancelBackup()
}

// Whatever is given as a fault is refused or set, and can be described.
func FuzzFault(f *testing.F) {
	for _, seed := range []string{"detach=0.5", "detach=#17", "oversized=data@#3", "upload-error=1:0x0F", "wedge=30s", "link-speed=1.5MiB", "final-form=list", "purge", "=", "none"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var faults phonesim.Faults
		if err := faults.Set(text); err != nil {
			return
		}
		b := faults.Backup
		for _, share := range []float64{b.DetachAt, b.SilentAfter, b.CancelAt, b.Truncate.Share, b.Oversized.At.Share} {
			if !(share >= 0 && share <= 1) {
				t.Errorf("%q is a share of %v", text, share)
			}
		}
		for _, n := range []int{b.DetachAtMessage, b.SilentAtMessage, b.CancelAtMessage, b.Truncate.Message, b.Oversized.At.Message, b.UploadErrors} {
			if n < 0 {
				t.Errorf("%q is number %d", text, n)
			}
		}
		if b.Speed < 0 || b.WedgedFor < 0 {
			t.Errorf("%q is %d bytes a second, %v", text, b.Speed, b.WedgedFor)
		}
	})
}
