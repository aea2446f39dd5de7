package backup

import (
	"context"
	"slices"
	"testing"
	"time"

	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

// TestOtherDevices backs up what is no new iPhone, twice: an iPad and an iPod,
// and an iPhone of the time when services were not encrypted.
func TestOtherDevices(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for model, version := range map[string]string{"iPad15,7": "26.5", "iPod9,1": "15.8.2", "iPhone7,2": "12.5.7"} {
		r := newRig(t, func(c *phonesim.Config) {
			c.ProductType, c.Version = model, version
			c.Passcode = backupd.Passcode{Set: true, After: 20 * time.Millisecond, Wait: 20 * time.Millisecond}
		})
		for range 2 {
			result := r.mustRun(r.job())
			if result.Verified.NoteCount != 0 || len(result.Skipped) != 0 {
				t.Errorf("%s on iOS %s: %+v", model, version, result)
			}
			if err := r.sim.Edit(content.Edits{Changed: 2, Added: 2, Removed: 2}); err != nil {
				t.Fatal(err)
			}
		}
		if run := r.sim.Agent().LastRun(); !run.Incremental {
			t.Errorf("%s on iOS %s: the second backup was %+v", model, version, run)
		}
	}
}

// TestResumesAsPhonesDo: after a break the phone asks for the passcode again,
// says nothing while it compares, and resumes what had come: Status.plist
// says "uploading", Snapshot is there, and no full backup is asked for.
func TestResumesAsPhonesDo(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) {
		c.Content = content.Generate(9, 400, 6<<20)
		c.Passcode = backupd.Passcode{Set: true, After: 20 * time.Millisecond, Wait: 20 * time.Millisecond}
		c.Faults.Backup = backupd.Faults{NotFull: true, DetachAt: 0.6}
	})
	if _, err := r.job().Run(context.Background(), nil); err == nil {
		t.Fatal("the run was not interrupted")
	}
	all := r.sim.Agent().LastRun().Files
	cfg := r.cfg
	cfg.Faults.Backup = backupd.Faults{NotFull: true, CompareFor: 300 * time.Millisecond}
	r.start(cfg)
	var reported events
	if _, err := r.job().Run(context.Background(), reported.add); err != nil {
		t.Fatal(err)
	}
	if run := r.sim.Agent().LastRun(); !run.Resumed || run.Files == 0 || run.Files >= all {
		t.Errorf("%+v of %d files", run, all)
	}
	if !slices.Contains(reported.phases(), WaitingPasscode) {
		t.Errorf("the passcode was not asked for again: %v", reported.phases())
	}
}

// TestEncryptionSwitchedOffAgain: a phone that once had a password says
// WillEncrypt false where others say nothing, and the keybag of its backups
// has no second derivation.
func TestEncryptionSwitchedOffAgain(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	off := &conversation.Conversation{Phone: r.phone}
	if err := off.Encrypt(context.Background(), keybag.NewPassword(secret), keybag.Password{}); err != nil {
		t.Fatal(err)
	}
	j := r.unencrypted()
	if result := r.mustRun(j); result.Verified.NoteCount != 0 {
		t.Errorf("%+v", result)
	}
}
