package restore

import (
	"slices"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// TestTakesVersion: a phone takes what is not newer than its own iOS, and of the
// same iOS also what says that it requires no more.
func TestTakesVersion(t *testing.T) {
	for _, c := range []struct {
		phone, backup, required string
		takes, known            bool
	}{
		{"18.4.1", "18.4.1", "", true, true},
		{"18.4.1", "17.7.2", "", true, true},
		{"18.4", "18.4.1", "", false, true},
		{"18.4", "18.4.1", "18.4", true, true},
		{"18.4", "18.4.1", "18.4.1", false, true},
		{"18.4", "18.5", "18.0", false, true},
		{"18.9", "18.10", "", false, true},
		{"18.10", "18.9", "", true, true},
		{"9.3.5", "27.0", "9.0", false, true},
		{"16.4.1 (a)", "16.4.1", "", true, true},
		{"", "18.4", "", false, false},
		{"18.4", "", "", false, false},
		{"18.4", "newest", "", false, false},
		{"18.4.1.1", "18.4", "", false, false},
	} {
		takes, known := takesVersion(c.phone, c.backup, c.required)
		if takes != c.takes || known != c.known {
			t.Errorf("%+v: %v, %v", c, takes, known)
		}
	}
}

// TestNamed: a keyboard's own spelling of the name is taken, another name is not.
func TestNamed(t *testing.T) {
	for typed, want := range map[string]bool{
		"Zoë’s  iPhone": true, "zoë's iphone": true, "Zoe\u0308's iPhone": true, " Zoë's iPhone\n": true,
		"Zoe's iPhone": false, "Zoë's iPad": false, "": false, " ": false, "Zoë's": false,
	} {
		p := Plan{Facts: facts.Phone{Name: facts.Of("Zoë’s iPhone")}}
		if p.Named(typed) != want {
			t.Errorf("%q: %v", typed, !want)
		}
	}
	if (Plan{}).Named("") {
		t.Error("a phone without a name has one")
	}
}

// TestUnread: what a phone does not say is called unknown, and refuses nothing.
func TestUnread(t *testing.T) {
	p := Plan{Backup: Backup{Bytes: 5_000_000_000, Encrypted: true, Apps: 1}}
	p.judge(facts.Phone{UDID: "U", Name: facts.Of("N")})
	var ids []NoticeID
	for _, n := range p.Notices {
		ids = append(ids, n.ID)
	}
	for _, want := range []NoticeID{Erases, VersionUnread, FindMyUnread, RoomUnread, ChargeUnread, OnlyPhone} {
		if !slices.Contains(ids, want) {
			t.Errorf("%s is not said", want)
		}
	}
	if len(p.Refusals) > 0 {
		t.Error(p.Refusals)
	}
}

// TestRoom: what cannot fit is refused, and what may is said.
func TestRoom(t *testing.T) {
	for _, c := range []struct {
		ios                           string
		restorable, free, most, whole int64
		refused, tight                bool
	}{
		{"18.4", 100, 90, 200, 1000, false, false},
		{"18.4", 40, 45, 200, 1000, false, true},
		{"18.4", 40, 45, 49, 1000, true, false},
		{"27.0", 40, 45, 49, 1000, false, false},
		{"27.0", 100, 100, 100, 49, true, false},
	} {
		p := Plan{Backup: Backup{Bytes: 50, IOS: "18.0"}}
		p.judge(facts.Phone{
			Version: facts.Of(c.ios), RestoreAvailable: facts.Of(c.restorable), DataAvailable: facts.Of(c.free),
			DataReclaimable: facts.Of(c.most), DataCapacity: facts.Of(c.whole),
		})
		refused := slices.ContainsFunc(p.Refusals, func(e *fault.Error) bool { return e.Code == fault.DeviceSpace })
		tight := slices.ContainsFunc(p.Notices, func(n Notice) bool { return n.ID == RoomTight })
		if refused != c.refused || tight != c.tight {
			t.Errorf("%+v: refused %v, tight %v", c, refused, tight)
		}
	}
}

// TestWords: each notice, phase and state has its words.
func TestWords(t *testing.T) {
	english := words.English()
	args := words.Args{"Phone": "N", "Backup": "B", "From": "iPad", "To": "iPhone", "Need": words.Bytes(1), "Have": words.Bytes(2), "Level": 3, "Organization": "O"}
	for _, id := range []NoticeID{
		Erases, Replaces, OtherPhone, OtherKind, Unencrypted, NoApps, Managed, VersionUnread, FindMyUnread, RoomUnread, RoomTight, ChargeLow, ChargeUnread, OnlyPhone,
	} {
		if text := english.Text(Notice{id, args}.Words()); text == "" || text[0] == '[' {
			t.Errorf("%s: %q", id, text)
		}
	}
	for _, phase := range []backup.Phase{
		Checking, Proving, BackingUp, backup.Preparing, WaitingUnlock, backup.WaitingProgram, backup.Settling, backup.WaitingPhone, backup.WaitingPasscode, Sending, backup.Finishing, backup.Done,
	} {
		if !english.Has("restore.phase." + string(phase)) {
			t.Error(phase)
		}
	}
	for _, state := range []State{Untouched, FirstFailed, Partial, Erased, Sent} {
		if !english.Has("restore.state." + string(state)) {
			t.Error(state)
		}
	}
	for _, r := range []Result{{}, {Apps: 1}, {Apps: 7, Plan: Plan{Backup: Backup{Encrypted: true}}}} {
		for _, text := range english.Texts(r.After()) {
			if text == "" || text[0] == '[' {
				t.Errorf("%+v: %q", r, text)
			}
		}
	}
}
