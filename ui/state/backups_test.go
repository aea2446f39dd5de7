package state

import (
	"slices"
	"testing"

	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// TestCheckPassword: to prove a backup again, the password of this session is taken,
// else that of the keyring; the person is asked only where neither opens it.
func TestCheckPassword(t *testing.T) {
	inBubble(t, func(r *rig) {
		k, v, quick := Kept{UDID: udidA, Encrypted: true}, vault.Version{Number: 2}, verify.Level{Depth: verify.Quick}
		r.engine.recheck = func(password string) error {
			switch password {
			case "":
				return fault.New(fault.PasswordNeeded, "open", nil)
			case "right":
				return nil
			}
			return fault.New(fault.PasswordWrong, "open", nil)
		}
		r.plug()
		r.Tab(BackupsPage)
		r.drain()
		tell := func(step string, asked, checked int, wrong bool) {
			t.Helper()
			r.drain()
			if r.view.asked != asked || r.view.checked != checked || r.view.wrong != wrong {
				t.Errorf("%s: asked %d times, the last time since one was wrong: %v; checked %d times", step, r.view.asked, r.view.wrong, r.view.checked)
			}
		}
		r.Check(k, v, quick, keybag.Password{})
		tell("nothing known", 1, 0, false)
		r.Check(k, v, quick, typed("typo"))
		tell("a typo", 2, 0, true)
		r.Check(k, v, quick, typed("right"))
		tell("the right one", 2, 1, true)
		r.engine.keyring[udidA] = "right"
		r.Check(k, v, quick, keybag.Password{})
		tell("in the keyring", 2, 2, true)
		delete(r.engine.keyring, udidA)
		r.passwords[udidA] = typed("right")
		before := len(r.engine.noted("password"))
		r.Check(k, v, quick, keybag.Password{})
		tell("of this session", 2, 3, true)
		if len(r.engine.noted("password")) != before {
			t.Error("the keyring was asked although the password is known")
		}
		r.Check(Kept{UDID: udidB}, v, quick, keybag.Password{})
		tell("not encrypted", 3, 3, false)
		if got := r.engine.noted("recheck"); !slices.Equal(got, []string{"recheck ", "recheck typo", "recheck right", "recheck right", "recheck right", "recheck "}) {
			t.Errorf("checked with %q", got)
		}
	})
}

// TestCheckNeverGoesBack though the proof's own totals grow as it reads the lists.
func TestCheckNeverGoesBack(t *testing.T) {
	v, last := vault.Version{Files: 12345, Bytes: 23e9}, -1.0
	for _, p := range []verify.Progress{
		{FilesTotal: 100, BytesTotal: 1e9}, {Files: 90, FilesTotal: 100, Bytes: 1e9, BytesTotal: 1e9}, {Files: 95, FilesTotal: v.Files, Bytes: 2e9, BytesTotal: v.Bytes},
		{Files: v.Files, FilesTotal: v.Files, Bytes: v.Bytes, BytesTotal: v.Bytes},
	} {
		share := farOf(p, v, verify.Level{Depth: verify.Full}).Share()
		if share < last {
			t.Errorf("from %v back to %v", last, share)
		}
		last = share
	}
	if last != 1 {
		t.Errorf("ends at %v", last)
	}
	if share := farOf(verify.Progress{Files: v.Files / 5, FilesTotal: 10}, v, verify.Level{Depth: verify.Quick}).Share(); share != 0.2 {
		t.Errorf("a quick check is at %v", share)
	}
}
