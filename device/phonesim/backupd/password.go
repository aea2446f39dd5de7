package backupd

import (
	"context"
	"fmt"
)

// Notifications that the agent has posted.
const (
	noteDomainChanged     = "com.apple.mobile.backup.domain_changed"
	notePasscodeShown     = "com.apple.LocalAuthentication.ui.presented"
	notePasscodeDismissed = "com.apple.LocalAuthentication.ui.dismissed"
	noteCancelled         = "com.apple.itunes-client.syncCancelRequest"
)

// askPasscode shows the passcode sheet, as iOS does from a version on, and
// says nothing to the host meanwhile.
func (s *session) askPasscode(ctx context.Context, since version) error {
	s.engine.mu.Lock()
	passcode := s.engine.passcode
	s.engine.mu.Unlock()
	if !passcode.Set || !s.engine.version.atLeast(since.major, since.minor) {
		return nil
	}
	if err := s.link.pause(ctx, passcode.After); err != nil {
		return err
	}
	s.engine.cfg.Notify(notePasscodeShown)
	err := s.link.pause(ctx, passcode.Wait)
	s.engine.cfg.Notify(notePasscodeDismissed)
	if err == nil && passcode.Refused {
		return &refusal{code: mbLocked, text: "Device locked"}
	}
	return err
}

// changePassword switches encryption on (only a new password), off (only the
// old one) or changes its password (both). Each success makes a new keybag.
func (s *session) changePassword(ctx context.Context, r request) error {
	state, faults := s.engine.current()
	if err := s.checkTarget(r); err != nil {
		return err
	}
	if faults.ChangePassword.Code != 0 {
		return &refusal{code: faults.ChangePassword.Code, text: faults.ChangePassword.Text}
	}
	old, fresh := r.text("OldPassword"), r.text("NewPassword")
	if old == "" && fresh == "" {
		return &refusal{code: mbPassword, text: "Invalid password"}
	}
	if fresh == "" && s.engine.cfg.RequiresEncryption {
		return &refusal{code: mbPassword, text: "Encryption is required"}
	}
	if err := s.askPasscode(ctx, version{13, 0}); err != nil {
		return err
	}
	right := old == ""
	if state.Encrypted {
		var err error
		if right, err = state.opens(old); err != nil {
			return err
		}
	}
	if !right {
		return &refusal{code: mbPassword, text: "Invalid password"}
	}
	next, err := newState(fresh, s.engine.cfg.Rounds)
	if err != nil {
		return err
	}
	next.Chosen = true
	if err := s.engine.setState(next); err != nil {
		return err
	}
	s.engine.cfg.Notify(noteDomainChanged)
	return nil
}

// enableCloudBackup flips the iCloud backup switch.
func (s *session) enableCloudBackup(_ context.Context, r request) error {
	_, faults := s.engine.current()
	if err := s.checkTarget(r); err != nil {
		return err
	}
	if faults.CloudBackup.Code != 0 {
		return &refusal{code: faults.CloudBackup.Code, text: faults.CloudBackup.Text}
	}
	on, _ := r["CloudBackupState"].(bool)
	if s.engine.cfg.SwitchCloudBackup != nil {
		if no := s.engine.cfg.SwitchCloudBackup(on || r.option("CloudBackupState")); no.Code != 0 {
			return &refusal{code: no.Code, text: no.Text}
		}
	}
	return nil
}

// checkTarget refuses requests that are meant for another phone.
func (s *session) checkTarget(r request) error {
	if target := r.text("TargetIdentifier"); target != s.engine.cfg.UDID {
		return &refusal{code: mbInternal, text: fmt.Sprintf("TargetIdentifier %.60q is not this device", target)}
	}
	return nil
}
