package conversation

import (
	"context"
	"errors"
	"strings"

	"lifeboat/backup/mobilebackup2"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
)

// refusals are the texts with which iOS 26.1 says no. Both carry MBErrorDomain 1,
// so that only the complete text distinguishes them. They were read in
// the program and not seen on a phone (checks/SIGNALS.md#icloud-backup-switch).
var refusals = map[string]fault.Code{
	"no account exists":                           fault.NoAccount,
	"account is not provisioned for cloud backup": fault.CloudNotProvisioned,
	"not provisioned for cloud backup":            fault.CloudNotProvisioned,
}

// SwitchCloud switches a phone's iCloud Backup on or off and reads it back: nil
// means that the phone itself now says so. It changes a setting of the phone, so
// it may only follow a click that says so, and never serves to find something
// out. Errors are *fault.Error: [fault.PolicyForbids], [fault.NoAccount],
// [fault.CloudNotProvisioned], [fault.CloudRefused] for any other refusal,
// [fault.CloudUnchanged] for a phone that agreed and did nothing.
func (c *Conversation) SwitchCloud(ctx context.Context, on bool) error {
	err := c.During(ctx, func(ctx context.Context) error {
		answer, err := c.Request(ctx, nil, func(s *mobilebackup2.Session) error {
			return s.EnableCloudBackup(c.Phone.UDID, on)
		})
		if err == nil {
			err = refusal("switch iCloud Backup", answer)
		}
		if err != nil {
			return err
		}
		return seen(ctx, fault.New(fault.CloudUnchanged, "read the switch back", nil), func(ctx context.Context) (bool, error) {
			v, err := c.Phone.Value(ctx, domain, "CloudBackupEnabled")
			got, ok := safeplist.Bool(v)
			return ok && got == on, err
		})
	})
	if err != nil {
		return fault.As(err)
	}
	return nil
}

// refusal gives a final answer that says no as an error.
func refusal(op string, answer mobilebackup2.Response) error {
	err := answer.Fault(op)
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.DeviceInternal && e.Code != fault.DeviceError {
		return err
	}
	e.Code = fault.CloudRefused
	if code, known := refusals[strings.ToLower(strings.Trim(answer.Text, " ."))]; known {
		e.Code = code
	}
	return e
}
