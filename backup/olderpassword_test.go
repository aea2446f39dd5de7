package backup

import (
	"context"
	"errors"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// TestOlderPassword: after the phone's password was changed, each version opens
// with the one that it was made with, and another one is reported as an older or a wrong one.
func TestOlderPassword(t *testing.T) {
	r := newRig(t, nil)
	const newer = "another"
	r.mustRun(r.job())
	if err := (&conversation.Conversation{Phone: r.phone}).Encrypt(context.Background(), keybag.NewPassword(secret), keybag.NewPassword(newer)); err != nil {
		t.Fatal(err)
	}
	j := r.job()
	j.Password = keybag.NewPassword(newer)
	j.AskAgain = func(context.Context) (keybag.Password, error) { return keybag.NewPassword(newer), nil }
	r.mustRun(j)
	j.AskAgain = nil
	r.mustRun(j)

	for _, c := range []struct {
		version  int
		password string
		want     fault.Code
	}{
		{1, secret, ""}, {1, newer, fault.PasswordOlder}, {1, "wrong", fault.PasswordWrong},
		{2, newer, ""}, {2, secret, fault.PasswordWrong}, // it has the keys of the newest one
		{3, newer, ""}, {3, secret, fault.PasswordWrong}, {0, newer, ""},
	} {
		r.rechecked(r.recheck(c.version, c.password), c.want)
		err := r.recheck(c.version, c.password).Opens(context.Background())
		if fault.Of(err) != c.want && !(err == nil && c.want == "") {
			t.Errorf("version %d with %q: %v", c.version, c.password, err)
		}
		if c.want == fault.PasswordOlder && fault.As(err).Args["Date"] == nil {
			t.Error("of which day is not said")
		}
	}
	if err := r.recheck(1, "").Opens(context.Background()); fault.Of(err) != fault.PasswordNeeded {
		t.Error(err)
	}
	ended, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("enough"))
	if err := r.recheck(1, newer).Opens(ended); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}

	// A copy needs no password, and says whether it opens with that of today.
	lib := library.Library{}
	for number, other := range map[int]bool{1: true, 2: false, 3: false} {
		to := t.TempDir()
		copied, err := lib.LayOut(context.Background(), library.Kept{Root: r.root, UDID: r.phone.UDID}, number, to, nil)
		if err != nil || !copied.Ready() || copied.OtherKeys != other {
			t.Errorf("version %d: %+v, %v", number, copied, err)
			continue
		}
		password := newer
		if other {
			password = secret
		}
		if _, err := verify.Run(context.Background(), verify.Subject{Fs: afero.NewOsFs(), Dir: copied.Dir, UDID: r.phone.UDID}, keybag.NewPassword(password), verify.Level{}, nil); err != nil {
			t.Errorf("the copy of version %d: %v", number, err)
		}
	}
}
