package backup

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
)

// asker answers with the next password each time, and counts.
type asker struct {
	answers []string
	asked   int
}

func (a *asker) ask(context.Context) (keybag.Password, error) {
	if a.asked++; a.asked > len(a.answers) {
		return keybag.Password{}, errors.New("no more answers")
	}
	return keybag.NewPassword(a.answers[a.asked-1]), nil
}

func (r *rig) opensWith(password string) {
	r.t.Helper()
	dir := r.root + "/" + r.cfg.UDID
	if _, err := verify.Run(context.Background(), verify.Subject{Fs: afero.NewOsFs(), Dir: dir}, keybag.NewPassword(password), verify.Level{}, nil); err != nil {
		r.t.Errorf("with %q: %v", password, err)
	}
}

func TestPasswordOfEncryptingPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	const changed = "battery staple"
	for name, c := range map[string]struct {
		phone   string // the phone's password now; the earlier backup has secret
		given   string
		answers []string // nil: nobody to ask
		asked   int
		want    fault.Code
	}{
		"right":                               {secret, secret, nil, 0, ""},
		"wrong, nobody to ask":                {secret, "wrong", nil, 0, fault.PasswordWrong},
		"none, nobody to ask":                 {secret, "", nil, 0, fault.PasswordNeeded},
		"wrong, then right":                   {secret, "wrong", []string{secret}, 1, ""},
		"none, then right":                    {secret, "", []string{secret}, 1, ""},
		"wrong, then gives up":                {secret, "wrong", []string{}, 1, fault.PasswordWrong},
		"wrong twice, then insists, then not": {secret, "wrong", []string{"wrong", secret}, 2, ""},
		"changed elsewhere, nobody to ask":    {changed, changed, nil, 0, fault.PasswordWrong},
		"changed elsewhere, insists":          {changed, changed, []string{changed}, 1, ""},
		"changed elsewhere, the old one":      {changed, secret, []string{changed}, 1, ""},
	} {
		r := newRig(t, nil)
		before := r.earlier()
		if c.phone != secret {
			if err := (&conversation.Conversation{Phone: r.phone}).Encrypt(context.Background(), keybag.NewPassword(secret), keybag.NewPassword(c.phone)); err != nil {
				t.Fatal(err)
			}
		}
		j := r.job()
		j.Password = keybag.NewPassword(c.given)
		a := &asker{answers: c.answers}
		if c.answers != nil {
			j.AskAgain = a.ask
		}
		_, err := j.Run(context.Background(), nil)
		if a.asked != c.asked {
			t.Errorf("%s: asked %d times, want %d", name, a.asked, c.asked)
		}
		if c.want != "" {
			r.survived(name, err, c.want, before)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		r.opensWith(c.phone)
	}
}

// TestPasswordWithoutEarlierBackup: there is nothing to try it on, so the
// backup itself shows, and what was received is kept while asking.
func TestPasswordWithoutEarlierBackup(t *testing.T) {
	r := newRig(t, nil)
	if err := (&conversation.Conversation{Phone: r.phone}).Encrypt(context.Background(), keybag.Password{}, keybag.NewPassword(secret)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		given   string
		answers []string
		askedIn Phase
		want    fault.Code
	}{
		"none":              {"", []string{secret}, Preparing, ""},
		"wrong, then right": {"wrong", []string{"wrong too", secret}, Verifying, ""},
		"wrong, no answer":  {"wrong", []string{}, Verifying, fault.PasswordWrong},
	} {
		j := r.job()
		j.Root, j.Password = t.TempDir(), keybag.NewPassword(c.given)
		a := &asker{answers: c.answers}
		var reported events
		j.AskAgain = func(ctx context.Context) (keybag.Password, error) {
			if phase := reported.phases(); phase[len(phase)-1] != c.askedIn {
				t.Errorf("%s: asked in %v", name, phase)
			}
			return a.ask(ctx)
		}
		_, err := j.Run(context.Background(), reported.add)
		if fault.Of(err) != c.want || a.asked != max(len(c.answers), 1) {
			t.Errorf("%s: %v, asked %d times", name, err, a.asked)
		}
		// What was received is kept: hours may have gone into it.
		if _, stands, _ := (&library.Library{Fs: j.Fs}).Standing(j.Root, r.phone.UDID); stands != (err == nil) {
			t.Errorf("%s: a backup stands: %v", name, stands)
		}
	}
}

func TestUnencrypted(t *testing.T) {
	r := newRig(t, nil)
	j := r.job()
	j.Password = keybag.Password{}
	if _, err := j.Run(context.Background(), nil); fault.Of(err) != fault.PasswordNeeded {
		t.Errorf("without leave: %v", err)
	}
	j.Unencrypted = true
	result, err := j.Run(context.Background(), nil)
	if err != nil || result.Encrypted || result.Files == 0 {
		t.Errorf("%+v, %v", result, err)
	}
	r.opensWith("")
}

func TestChangeEncryption(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Passcode = backupd.Passcode{Set: true, Wait: 20 * time.Millisecond} })
	var shown []bool
	change := func(old, new string) fault.Code {
		t.Helper()
		c := &conversation.Conversation{Phone: r.phone, OnPasscode: func(on bool) { shown = append(shown, on) }}
		return fault.Of(c.Encrypt(context.Background(), keybag.NewPassword(old), keybag.NewPassword(new)))
	}
	on := func() bool {
		t.Helper()
		v, err := conversation.WillEncrypt(context.Background(), r.phone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, step := range []struct {
		name, old, new string
		want           fault.Code
		on             bool
	}{
		{"nothing at all", "", "", fault.PasswordEmpty, false},
		{"off while off", "a", "", fault.EncryptionIsOff, false},
		{"change while off", "a", "b", fault.EncryptionIsOff, false},
		{"on", "", "a", "", true},
		{"on while on", "", "b", fault.EncryptionIsOn, true},
		{"change with the wrong one", "x", "b", fault.PasswordWrong, true},
		{"change", "a", "b", "", true},
		{"off with the old one", "a", "", fault.PasswordWrong, true},
		{"off", "b", "", "", false},
	} {
		if got := change(step.old, step.new); got != step.want || on() != step.on {
			t.Errorf("%s: %q and encryption %v, want %q and %v", step.name, got, on(), step.want, step.on)
		}
	}
	if len(shown) < 2 || !shown[0] || shown[1] {
		t.Errorf("the passcode question: %v", shown)
	}
	cfg := r.cfg
	cfg.RequiresEncryption = true
	r.start(cfg)
	if got := change("", "a"); got != "" {
		t.Error(got)
	}
	if got := change("a", ""); got != fault.EncryptionForced {
		t.Errorf("off against a profile: %q", got)
	}
}

// TestPasswordIsSetClean: what is set is what the same person types elsewhere,
// and what was typed once opens the backup all the same.
func TestPasswordIsSetClean(t *testing.T) {
	const typed, clean = " Cafe\u0301\u00a0au lait\t", "Caf\u00e9 au lait"
	r := newRig(t, nil)
	j := r.job()
	j.Password = keybag.NewPassword(typed)
	if _, err := j.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	r.opensWith(clean)
	r.opensWith(typed)
	change := conversation.Conversation{Phone: r.phone}
	if err := change.Encrypt(context.Background(), keybag.NewPassword(typed), keybag.NewPassword("\ufeffnew one\n")); err != nil {
		t.Fatal(err)
	}
	if err := change.Encrypt(context.Background(), keybag.NewPassword("new one"), keybag.Password{}); err != nil {
		t.Error(err)
	}
	if err := change.Encrypt(context.Background(), keybag.Password{}, keybag.NewPassword(" \t")); fault.Of(err) != fault.PasswordEmpty {
		t.Errorf("only spaces: %v", err)
	}
}

// TestOldPasswordAsTyped: a password that another program set is tried as it
// was typed before its other spellings are.
func TestOldPasswordAsTyped(t *testing.T) {
	const odd = "Cafe\u0301 "
	r := newRig(t, nil)
	// As another program sets it, which does not clean it.
	other := &conversation.Conversation{Phone: r.phone}
	if err := other.During(context.Background(), func(ctx context.Context) error {
		return other.ChangePassword(ctx, keybag.Password{}, keybag.NewPassword(odd))
	}); err != nil {
		t.Fatal(err)
	}
	j := r.job()
	j.Password = keybag.NewPassword(odd)
	if _, err := j.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	r.opensWith(odd)
}
