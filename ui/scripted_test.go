package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/changes"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/report"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/state"
)

// scripted is an [Engine] that does what a test tells it.
type scripted struct {
	changes chan device.Change
	// Each method answers with its function, or with a healthy phone's answer.
	inspect func(ctx context.Context, p *device.Phone) (device.Summary, error)
	pair    func(ctx context.Context, waiting func(fault.Code)) error
	// check is what is found when the phone is looked at.
	check    func(p *device.Phone, destination string) (diagnosis.State, error)
	diagnose func(ctx context.Context) error // in place of check
	states   chan diagnosis.State            // what is found meanwhile
	looks    chan struct{}
	answer   func(checks.QuestionID, checks.Answer) error
	// attempt, switchOn and restart are what the phone does.
	attempt           func(ctx context.Context, each func(devicelog.Attempt)) error
	switchOn, restart func(ctx context.Context) error
	calls             []string // what was asked for, in order
	saved             []string // path and text of reports
	recordErr         error
	saveErr           error
	callsMu           sync.Mutex
	backUp            func(ctx context.Context, o engine.Order, report func(backup.Event)) (backup.Result, error)
	// destinationErr is why no backup can be made where it is to go.
	destinationErr error
	// keyring holds plain passwords by UDID; keyringErr makes it fail.
	keyring      map[string]string
	keyringErr   error
	keyringWaits bool // it asks its owner, who does not answer
	backups      keptBackups
	enginetest.Restores
}

func (s *scripted) Watch(ctx context.Context, each func(device.Change)) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-s.changes:
			each(c)
		}
	}
}

func (s *scripted) Follow(ctx context.Context, x engine.Examination, connected func(device.Connection), each func(diagnosis.State)) error {
	if err := device.Connect(ctx, scriptedPhone{s, x.Phone}, device.Ready, connected); err != nil {
		return err
	}
	return s.Diagnose(ctx, x, device.Summary{}, each)
}

// scriptedPhone is connected as real ones are.
type scriptedPhone struct {
	*scripted
	phone *device.Phone
}

func (s scriptedPhone) Inspect(ctx context.Context) (device.Summary, error) {
	if s.inspect != nil {
		return s.inspect(ctx, s.phone)
	}
	return summaryOf(facts.Ready), nil
}

func (s scriptedPhone) Pair(ctx context.Context, waiting func(fault.Code)) error {
	return s.pair(ctx, waiting)
}

func (s scriptedPhone) IsAttached(context.Context) (bool, error) { return true, nil }

func (s *scripted) Diagnose(ctx context.Context, x engine.Examination, _ device.Summary, each func(diagnosis.State)) error {
	p, destination := x.Phone, x.Destination
	if s.diagnose != nil {
		return s.diagnose(ctx)
	}
	for {
		found, err := healthy(), error(nil)
		if s.check != nil {
			found, err = s.check(p, destination)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		each(found)
		for again := false; !again; {
			select {
			case <-ctx.Done():
				return nil
			case found := <-s.states:
				each(found)
			case <-s.looks:
				again = true
			}
		}
	}
}

// note remembers that something was asked for.
func (s *scripted) note(format string, args ...any) {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
}

// noted are the calls that begin with a word.
func (s *scripted) noted(word string) (calls []string) {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	for _, c := range s.calls {
		if strings.HasPrefix(c, word) {
			calls = append(calls, c)
		}
	}
	return calls
}

func (s *scripted) Look(*device.Phone) { s.note("look"); s.looks <- struct{}{} }

func (s *scripted) FixOpen(_ *device.Phone, open bool) { s.note("open %v", open) }

func (s *scripted) Answer(_ context.Context, _ *device.Phone, id checks.QuestionID, a checks.Answer) error {
	s.note("answer %s %s%s", id, a.Choice, a.Text)
	if s.answer != nil {
		return s.answer(id, a)
	}
	return nil
}

func (s *scripted) Tick(_ context.Context, _ *device.Phone, fixID string, done bool) error {
	s.note("tick %s %v", fixID, done)
	return nil
}

func (s *scripted) Attempt(ctx context.Context, _ *device.Phone, each func(devicelog.Attempt)) error {
	s.note("attempt")
	if s.attempt != nil {
		return s.attempt(ctx, each)
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *scripted) SwitchCloud(ctx context.Context, _ *device.Phone, _ bool, _ func(bool)) error {
	s.note("switch on")
	return s.switchOn(ctx)
}

func (s *scripted) Restart(ctx context.Context, _ *device.Phone) error {
	s.note("restart")
	return s.restart(ctx)
}

func (s *scripted) Report(_ *device.Phone, include report.Include) report.Report {
	s.note("report %+v", include)
	return reportOf(include)
}

func (s *scripted) SaveReport(path, text string) error {
	s.saved = append(s.saved, path+"\n"+text)
	return s.saveErr
}

func (s *scripted) Record(on bool) (string, error) {
	s.note("record %v", on)
	return "/home/anna/recording.txt", s.recordErr
}

func (s *scripted) ForgetHistory(context.Context, *device.Phone) error { s.note("forget"); return nil }

func (s *scripted) Allow(a feeds.Allowed) { s.note("allow %+v", a) }

func (s *scripted) Destination(string) error { return s.destinationErr }

func (s *scripted) BackUp(ctx context.Context, o engine.Order, report func(backup.Event)) (backup.Result, error) {
	return s.backUp(ctx, o, report)
}

func (s *scripted) Password(_ context.Context, udid string) (keybag.Password, error) {
	return keybag.NewPassword(s.keyring[udid]), s.keyringErr
}

func (s *scripted) KeepPassword(ctx context.Context, udid string, p keybag.Password) error {
	if s.keyringWaits {
		<-ctx.Done()
		return ctx.Err()
	}
	if s.keyringErr != nil {
		return s.keyringErr
	}
	s.keyring[udid] = p.Reveal()
	return nil
}

var errKeyring = fault.New(fault.KeyringFailed, "keep the password", errors.New("no such service"))

func (s *scripted) PasswordsKept(_ context.Context, udid string) (engine.KeptPasswords, error) {
	_, newest := s.keyring[udid]
	return engine.KeptPasswords{Newest: newest}, s.keyringErr
}

func (s *scripted) ForgetPassword(_ context.Context, udid string) error {
	s.note("forget password")
	delete(s.keyring, udid)
	return s.keyringErr
}

func (s *scripted) Encrypt(context.Context, *device.Phone, keybag.Password, keybag.Password, func(bool)) (engine.Encrypted, error) {
	s.note("encrypt")
	return engine.Encrypted{Kept: true}, nil
}

func (s *scripted) SaveRecoverySheet(path string, _ engine.Sheet) error {
	s.saved = append(s.saved, path)
	return s.saveErr
}

func (s *scripted) Foreign(context.Context, ...string) ([]library.Foreign, []library.Unread, error) {
	return s.backups.foreign, s.backups.unread, nil
}

func (s *scripted) Remembered(context.Context) ([]library.Remembered, error) { return nil, nil }

func (s *scripted) Room(_ context.Context, _ string, all []state.Kept, _ vault.Policy, _ time.Time) (library.Room, error) {
	r := library.Room{Free: 66e9, Size: 240e9, Used: 23e9}
	for _, k := range all {
		own := map[int]int64{}
		for _, v := range k.Versions {
			own[v.Number] = int64(v.Number) * 1e9
		}
		r.Phones = append(r.Phones, library.PhoneRoom{Kept: k, Own: own})
	}
	return r, nil
}

func (s *scripted) Copy(_ context.Context, k state.Kept, number int, to string, _ func(int64)) (vault.Transferred, error) {
	s.note("copy %d %s", number, to)
	return vault.Transferred{Dir: to + "/" + k.UDID, Versions: 1}, nil
}

func (s *scripted) Move(_ context.Context, k state.Kept, number int, to string, _ time.Time, _ func(int64)) (vault.Transferred, bool, error) {
	s.note("move %d %s", number, to)
	return vault.Transferred{Dir: to + "/" + k.UDID, Versions: 1}, true, nil
}

func (s *scripted) Changes(_ context.Context, _ state.Kept, from, to int, _ keybag.Password) (changes.Changes, error) {
	s.note("changes %d %d", from, to)
	return changes.Changes{From: from, To: to}, nil
}
