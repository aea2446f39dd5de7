package diagnosis_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/feeds/feedstest"
	"lifeboat/checks/history"
	"lifeboat/device"
	"lifeboat/device/devicetest"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/services"
	"lifeboat/device/phonesim/wait"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a simulated phone on the real wire that trusts this computer.
type rig struct {
	t      *testing.T
	server *phonesim.Server
	sim    *phonesim.Phone
	phone  *device.Phone
}

// newRig plugs a phone in that is set by phonesim's flags.
func newRig(t *testing.T, log string, flags ...string) *rig {
	t.Helper()
	cfg := phonesim.DefaultConfig()
	for _, flag := range flags {
		name, value, _ := strings.Cut(flag, "=")
		if err := cfg.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := services.ParseLog(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	cfg.LogScript = lines
	r := &rig{t: t}
	records := t.TempDir()
	devicetest.Trust(t, &cfg, records)
	if r.server, err = phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(records)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.server.Close() })
	if r.sim, err = phonesim.NewPhone(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.sim.Close() })
	r.server.Attach(r.sim)
	mux, err := device.NewMux(r.server.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mux.CountFor, mux.ExtraFor = time.Second, device.ReplyTimeout
	if r.phone, err = mux.Find(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	return r
}

// states runs a diagnosis and gives its states; the channel never makes it wait.
func (r *rig) states(s *diagnosis.Session, summary device.Summary) (states <-chan diagnosis.State, ended <-chan error) {
	all := make(chan diagnosis.State, 1000)
	end := make(chan error, 1)
	ctx, stop := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		end <- s.Run(ctx, summary, func(st diagnosis.State) { all <- st })
	}()
	r.t.Cleanup(func() { stop(); <-done })
	return all, end
}

// until waits for a state that satisfies wanted.
func (r *rig) until(states <-chan diagnosis.State, within time.Duration, wanted func(diagnosis.State) bool) diagnosis.State {
	r.t.Helper()
	limit := time.After(within)
	var last diagnosis.State
	for {
		select {
		case last = <-states:
			if wanted(last) {
				return last
			}
		case <-limit:
			r.t.Fatalf("not within %v; last: %s %s", within, last.Blocker, statuses(last))
		}
	}
}

func statuses(s diagnosis.State) string {
	var parts []string
	for _, r := range s.Results {
		parts = append(parts, r.ID+"="+string(r.Status))
	}
	return strings.Join(parts, " ")
}

func is(id string, status checks.Status) func(diagnosis.State) bool {
	return func(s diagnosis.State) bool {
		r, ok := s.Result(id)
		return ok && r.Status == status
	}
}

// complete is a state that waits for nothing.
func complete(s diagnosis.State) bool { return len(s.Results) > 0 && !s.Pending }

// With 50 ms for each request the whole checklist is there within three
// seconds of the plug; what is slow comes later and nothing is asked twice.
func TestChecklistWithinThreeSeconds(t *testing.T) {
	r := newRig(t, "", "latency=50ms", "photos=50@2MB", "movies=1@20MB", "apps=30@200MB")
	asked := len(r.sim.Asked()) // trust was asked for
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Destination: t.TempDir(), MustExist: true})
	start := time.Now()
	summary, err := r.phone.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	states, _ := r.states(s, summary)
	first := r.until(states, wait.Promised(3*time.Second), func(diagnosis.State) bool { return true })
	if took := time.Since(start); took > wait.Promised(3*time.Second) {
		t.Errorf("the checklist took %v", took)
	} else {
		t.Logf("the checklist took %v", took)
	}
	if want := len(checks.Run(checks.Input{})); len(first.Results) != want {
		t.Errorf("%d checks on the first list, want %d", len(first.Results), want)
	}
	if !first.Pending {
		t.Error("nothing was pending at first")
	}
	last := r.until(states, 60*time.Second, complete)
	if got := ids(first); !slices.Equal(got, ids(last)) {
		t.Errorf("the list changed its order:\n%q\n%q", got, ids(last))
	}
	seen := map[string]int{}
	for _, request := range r.sim.Asked()[asked:] {
		seen[request]++
	}
	for request, n := range seen {
		if n > 1 && !allowedTwice(request) {
			t.Errorf("%q was asked %d times", request, n)
		}
	}
	if len(seen) < 12 {
		t.Errorf("only %d different requests were seen", len(seen))
	}
}

// allowedTwice: the facts that take long and the notifications have sessions of their own.
func allowedTwice(request string) bool { return request == "session" }

func ids(s diagnosis.State) []string {
	var all []string
	for _, r := range s.Results {
		all = append(all, r.ID)
	}
	return all
}

// What the user repairs on the phone turns its row green within five seconds,
// by the phone's notification or by looking again while a step is open.
func TestRepairedRowTurnsGreen(t *testing.T) {
	for name, tc := range map[string]struct {
		flags  []string
		id     string
		repair func(*phonesim.Phone)
	}{
		"switch": {[]string{"icloud=off", "last-icloud=23d-ago"}, "icloud-backup-switch", func(p *phonesim.Phone) {
			p.Set("com.apple.mobile.backup", "CloudBackupEnabled", true)
			p.Notify("com.apple.mobile.backup.domain_changed")
		}},
		"power, which no notification tells": {[]string{"external=false", "charging=false"}, "power", func(p *phonesim.Phone) {
			p.Set("com.apple.mobile.battery", "ExternalConnected", true)
			p.Set("com.apple.mobile.battery", "BatteryIsCharging", true)
		}},
		"locked": {nil, "phone-ready", func(p *phonesim.Phone) { p.Trust(phonesim.Unlock) }},
		"storage": {[]string{"disk-free=500MB", "disk-purgeable=50MB"}, "phone-storage", func(p *phonesim.Phone) {
			p.Set("com.apple.disk_usage", "AmountDataAvailable", int64(30_000_000_000))
		}},
		"date": {[]string{"last-icloud=23d-ago"}, "last-icloud-backup", func(p *phonesim.Phone) {
			p.Set("com.apple.mobile.backup", "LastCloudBackupDate", time.Now().Unix()-978307200)
			p.Notify("com.apple.mobile.backup.domain_changed")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "", tc.flags...)
			if tc.id == "phone-ready" {
				r.sim.Trust(phonesim.Lock)
			}
			s := diagnosis.New(diagnosis.Options{Phone: r.phone})
			states, _ := r.states(s, device.Summary{})
			r.until(states, wait.Promised(20*time.Second), func(st diagnosis.State) bool { return complete(st) && !is(tc.id, checks.Pass)(st) })
			tc.repair(r.sim)
			r.until(states, wait.Promised(5*time.Second), is(tc.id, checks.Pass))
		})
	}
}

const failing = `
@wait
+0s backupd[312] default =scheduler= [On condition] state changed, enabled:1, locked:0, onPower:1, onWiFi:1, onCellular:0
+50ms backupd[312] default =cloud-backup= scan done in 2.41s
+50ms backupd[312] error =cloud-backup= Backup failed: MBErrorDomain(303) Underlying error: CKErrorDomain(25)
@wait
+0s backupd[312] default =cloud-backup= scan done in 1.10s
+50ms backupd[312] default =cloud-backup= Backup finished successfully
@set com.apple.mobile.backup/LastCloudBackupDate=now
`

// While it is held, as during a backup, nothing is asked of the phone; when it
// is let go, what changed meanwhile is seen.
func TestHeld(t *testing.T) {
	r := newRig(t, "", "icloud=off", "last-icloud=23d-ago")
	var looks atomic.Int64
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Local: func() checks.Local { return checks.Local{Exists: looks.Add(1) > 1} }})
	s.FixEvery(5 * time.Millisecond)
	states, _ := r.states(s, device.Summary{})
	r.until(states, wait.Promised(20*time.Second), complete)
	s.Hold(true)
	// What asks now is heard when all that had begun before is at its end.
	wake := func() {
		s.Refresh()
		for end := time.Now().Add(wait.Promised(20 * time.Second)); !s.Woken(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nothing is read again")
			}
		}
	}
	wake()
	asked := len(r.sim.Asked())
	r.sim.Set("com.apple.mobile.backup", "CloudBackupEnabled", true)
	r.sim.Notify("com.apple.mobile.backup.domain_changed")
	wake()
	time.Sleep(100 * time.Millisecond) // twenty times as long as the facts are left alone otherwise
	if more := r.sim.Asked()[asked:]; len(more) > 0 {
		t.Errorf("asked while held: %q", more)
	}
	s.Hold(false)
	r.until(states, wait.Promised(5*time.Second), is("icloud-backup-switch", checks.Pass))
	if !s.State().Input.Local.Exists || looks.Load() < 2 {
		t.Errorf("the backup here was looked for %d times: %+v", looks.Load(), s.State().Input.Local)
	}
	if photos := s.State().Input.Phone.Photos; photos.State != facts.Read {
		t.Errorf("what took long is gone: %+v", photos)
	}
}

// An attempt that fails names its cause, one that succeeds takes it back.
func TestAttempt(t *testing.T) {
	r := newRig(t, failing, "last-icloud=12d-ago")
	s := diagnosis.New(diagnosis.Options{Phone: r.phone})
	states, _ := r.states(s, device.Summary{})
	r.until(states, wait.Promised(20*time.Second), complete)
	attempt := func() devicelog.Attempt {
		var last devicelog.Attempt
		heard := false
		err := s.Attempt(t.Context(), func(a devicelog.Attempt) { last, heard = a, true })
		if err != nil || !heard {
			t.Fatalf("attempt: %v, heard %v", err, heard)
		}
		return last
	}
	r.sim.Play()
	if a := attempt(); a.Outcome != devicelog.Failed || a.Cause != "icloud-storage" || len(a.Codes) != 2 {
		t.Fatalf("attempt: %+v", a)
	}
	failed := s.State()
	if failed.Blocker != "icloud-storage" {
		t.Errorf("blocker = %q: %s", failed.Blocker, statuses(failed))
	}
	if said := words.English().Text(failed.Verdict); !strings.Contains(said, "nothing has been saved to iCloud for 12 days") {
		t.Errorf("verdict = %q", said)
	}
	if len(failed.Lines) == 0 {
		t.Error("no line may be shown to others")
	}
	r.sim.Play()
	if a := attempt(); a.Outcome != devicelog.Succeeded {
		t.Fatalf("attempt: %+v", a)
	}
	if repaired := s.State(); repaired.Blocker != "" || !is("last-icloud-backup", checks.Pass)(repaired) {
		t.Errorf("after the success: blocker %q, %s", repaired.Blocker, statuses(repaired))
	}
}

// Cancelling an attempt ends it within a second.
func TestAttemptCancelled(t *testing.T) {
	r := newRig(t, "@wait\n")
	s := diagnosis.New(diagnosis.Options{Phone: r.phone})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	if err := s.Attempt(ctx, func(devicelog.Attempt) {}); fault.Of(err) != fault.Cancelled {
		t.Errorf("error = %v", err)
	}
	if took := time.Since(start); took > wait.Promised(1500*time.Millisecond) {
		t.Errorf("took %v", took)
	}
}

// A phone that is unplugged ends its diagnosis with the reason.
func TestUnplugged(t *testing.T) {
	r := newRig(t, "")
	s := diagnosis.New(diagnosis.Options{Phone: r.phone})
	states, ended := r.states(s, device.Summary{})
	r.until(states, wait.Promised(10*time.Second), func(diagnosis.State) bool { return true })
	r.server.Detach(r.sim)
	s.Look()
	select {
	case err := <-ended:
		if fault.Of(err) != fault.PhoneGone {
			t.Errorf("error = %v", err)
		}
	case <-time.After(wait.Promised(10 * time.Second)):
		t.Error("the diagnosis goes on without its phone")
	}
}

// Answers and steps are remembered, and what changed since last time is reported.
func TestMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	r := newRig(t, "", "icloud=off", "last-icloud=23d-ago")
	once := func(before func(*diagnosis.Session)) diagnosis.State {
		store, err := history.Open(path, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		s := diagnosis.New(diagnosis.Options{Phone: r.phone, History: store})
		before(s)
		state, err := s.Once(t.Context(), device.Summary{})
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	first := once(func(s *diagnosis.Session) {
		if err := s.Answer(t.Context(), "overnight", checks.Answer{Choice: "yes"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Tick(t.Context(), "icloud-backup-switch/switch-on", true); err != nil {
			t.Fatal(err)
		}
	})
	if len(first.Changes) != 0 {
		t.Errorf("changes at first: %v", first.Changes)
	}
	r.sim.Set("com.apple.mobile.backup", "CloudBackupEnabled", true)
	second := once(func(*diagnosis.Session) {})
	if second.Input.Answers["overnight"].Choice != "yes" {
		t.Errorf("answers = %v", second.Input.Answers)
	}
	if _, ok := second.Tried["icloud-backup-switch/switch-on"]; !ok {
		t.Errorf("tried = %v", second.Tried)
	}
	want := history.Change{ID: "icloud-backup-switch", From: checks.Fail, To: checks.Pass}
	if !slices.Contains(second.Changes, want) {
		t.Errorf("changes = %v, want %v", second.Changes, want)
	}
}

// A try that failed while somebody listened counts for the next diagnosis too.
func TestEarlierTryCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	r := newRig(t, failing, "last-icloud=12d-ago")
	open := func() *history.Store {
		store, err := history.Open(path, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	store := open()
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, History: store, Quick: true})
	if _, err := s.Once(t.Context(), device.Summary{}); err != nil {
		t.Fatal(err)
	}
	r.sim.Play()
	if err := s.Attempt(t.Context(), func(devicelog.Attempt) {}); err != nil {
		t.Fatal(err)
	}
	store.Close()
	store = open()
	defer store.Close()
	next := diagnosis.New(diagnosis.Options{Phone: r.phone, History: store, Quick: true})
	state, err := next.Once(t.Context(), device.Summary{})
	if err != nil {
		t.Fatal(err)
	}
	if state.Input.Attempt.Outcome != devicelog.Open || state.Blocker != "icloud-storage" {
		t.Errorf("the next diagnosis: blocker %q, %s", state.Blocker, statuses(state))
	}
	next.Forget()
	if state := next.State(); state.Blocker != "last-icloud-backup" {
		t.Errorf("forgotten, and still: blocker %q", state.Blocker)
	}
}

// A test of the promise that no datum of the phone leaves the computer: every
// connection of a whole run is counted, and what was asked holds nothing of the phone.
func TestConnections(t *testing.T) {
	for name, tc := range map[string]struct {
		allowed feeds.Allowed
		least   int
		most    int
	}{
		"not allowed": {feeds.Allowed{}, 0, 0},
		"allowed":     {feeds.Everything, 3, 12},
		"status only": {feeds.Allowed{Status: true}, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := feedstest.New(t).AsRecorded()
			client := &feeds.Client{Allowed: tc.allowed, Now: time.Now, Wire: feeds.Wire{Dial: world.Dial, Roots: world.Roots, AppleRoots: world.AppleRoots}}
			r := newRig(t, "")
			s := diagnosis.New(diagnosis.Options{Phone: r.phone, Feeds: client})
			state, err := s.Once(t.Context(), device.Summary{})
			if err != nil {
				t.Fatal(err)
			}
			dialled := world.Dialled()
			if len(dialled) < tc.least || len(dialled) > tc.most {
				t.Errorf("%d connections: %q", len(dialled), dialled)
			}
			sent := strings.ToLower(fmt.Sprint(world.Asked(), dialled))
			phone := state.Phone()
			for _, secret := range []string{phone.UDID, phone.Name.Value, phone.ProductType.Value, phone.Build.Value} {
				if secret == "" || strings.Contains(sent, strings.ToLower(secret)) {
					t.Errorf("%q was sent: %s", secret, sent)
				}
			}
			status := state.Input.Network.Status
			if tc.allowed.Status != (status.State == facts.Read) {
				t.Errorf("status: %+v", status)
			}
			if !tc.allowed.Status && status.Reason != checks.SwitchedOff {
				t.Errorf("status not allowed: %+v", status)
			}
		})
	}
}

// How often the phone left its cable reaches the check of the cable.
func TestDropsReachTheCable(t *testing.T) {
	r := newRig(t, "")
	var plugs diagnosis.ConnectionTracker
	for _, here := range [][]string{{r.phone.UDID}, nil, {r.phone.UDID}, nil, {r.phone.UDID}} {
		plugs.Observe(here, time.Now())
	}
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Connections: &plugs, Quick: true})
	state, err := s.Once(t.Context(), device.Summary{})
	if err != nil {
		t.Fatal(err)
	}
	if n, known := state.Input.Host.Drops.Known(); !known || n != 2 || !is("cable", checks.Fail)(state) {
		t.Errorf("drops = %d (%v), %s", n, known, statuses(state))
	}
}

// A drive that hangs does not hold the checklist up.
func TestHangingDrive(t *testing.T) {
	r := newRig(t, "")
	wake := make(chan struct{})
	t.Cleanup(func() { close(wake) })
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Local: func() checks.Local { <-wake; return checks.Local{} }})
	states, _ := r.states(s, device.Summary{})
	first := r.until(states, wait.Promised(3*time.Second), func(diagnosis.State) bool { return true })
	if len(first.Results) != len(checks.Run(checks.Input{})) {
		t.Errorf("%d checks", len(first.Results))
	}
}
