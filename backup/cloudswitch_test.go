package backup

import (
	"context"
	"testing"
	"time"

	"lifeboat/backup/conversation"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/wait"
	"lifeboat/device/safeplist"
)

func TestCloudSwitch(t *testing.T) {
	for name, tc := range map[string]struct {
		cloud string // of phonesim's cloud-switch
		want  fault.Code
	}{
		"done":                        {"ok", ""},
		"a profile forbids it":        {"forbidden", fault.PolicyForbids},
		"nobody is signed in":         {"no-account", fault.NoAccount},
		"the account has no backups":  {"not-provisioned", fault.CloudNotProvisioned},
		"agreed, but nothing happens": {"silent", fault.CloudUnchanged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(c *phonesim.Config) {
				c.ICloud.Switch = phonesim.Off
				if err := c.Set("cloud-switch", tc.cloud); err != nil {
					t.Fatal(err)
				}
			})
			err := (&conversation.Conversation{Phone: r.phone}).SwitchCloud(t.Context(), true)
			if fault.Of(err) != tc.want {
				t.Fatalf("error = %v, want %q", err, tc.want)
			}
			v, err := r.phone.Value(t.Context(), "com.apple.mobile.backup", "CloudBackupEnabled")
			if err != nil || isOn(v) != (tc.want == "") {
				t.Errorf("switch = %v, %v", v, err)
			}
		})
	}
}

func TestCloudSwitchOff(t *testing.T) {
	r := newRig(t, nil)
	if err := (&conversation.Conversation{Phone: r.phone}).SwitchCloud(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if v, err := r.phone.Value(t.Context(), "com.apple.mobile.backup", "CloudBackupEnabled"); err != nil || isOn(v) {
		t.Errorf("switch = %v, %v", v, err)
	}
}

// Cancelling ends the wait for a switch that does not move.
func TestCloudSwitchCancelled(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) {
		c.ICloud.Switch = phonesim.Off
		if err := c.Set("cloud-switch", "silent"); err != nil {
			t.Fatal(err)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	start := time.Now()
	if err := (&conversation.Conversation{Phone: r.phone}).SwitchCloud(ctx, true); fault.Of(err) != fault.Cancelled {
		t.Errorf("error = %v", err)
	}
	if took := time.Since(start); took > wait.Promised(3*time.Second) {
		t.Errorf("took %v", took)
	}
}

func isOn(v any) bool {
	on, _ := safeplist.Bool(v)
	return on
}
