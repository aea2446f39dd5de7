package checks

import (
	"github.com/hashicorp/go-version"

	"lifeboat/device/facts"
)

// Lifeboat makes encrypted backups only: with a password they also hold
// saved passwords and Health data. Rule: section 20 of the notes on checks.
const localReady topic = "local-backup-ready"

var _ = register(cause{id: localReady, place: 190, blocks: 180, about: ThisComputer, seen: true, check: checkLocalReady})

// passcodeSince is the iOS from which on a backup to a computer asks for the
// phone's passcode: 16.1 at every backup, and 15.7.1 was seen to ask as well.
var passcodeSince = version.Must(version.NewVersion("15.7.1"))

func checkLocalReady(in Input) Result {
	p := in.Phone
	e := evidence{keyReadiness: string(p.Readiness)}
	note(e, keyWillEncrypt, p.WillEncrypt)
	note(e, keyRequires, p.RequiresEncryption)
	note(e, keyLastLocal, p.LastLocalBackup)
	note(e, keyPasscodeLocked, p.PasscodeLocked)
	note(e, keyActivation, p.ActivationState)
	note(e, keySetup, p.SetupDone)

	// No such key means that no password was ever set, just like "false".
	encrypts, encryptsKnown := p.WillEncrypt.Known()
	encryptsKnown = encryptsKnown || p.WillEncrypt.State == facts.Absent
	required, _ := p.RequiresEncryption.Known()
	locked, lockKnown := p.PasscodeLocked.Known()
	state, stateKnown := p.ActivationState.Known()
	reset := localReady.fix(Reset, "forgotten", menuArgs("reset-all-settings", p))
	ready := passcodeSteps(p)
	home := in.chose(askHomeScreen) == "home"
	switch {
	case p.Readiness == facts.SetupUnfinished, inSetup(p), stateKnown && state != activated:
		return localReady.outcome(Fail, "setup", nil, e, localReady.fix(Setting, "finish-setup", nil))
	case p.Readiness == facts.Locked, lockKnown && locked:
		return localReady.outcome(Warn, "locked", nil, e, localReady.fix(Retry, "unlock", nil))
	case p.Readiness != facts.Ready, !encryptsKnown:
		return localReady.outcome(Unknown, "unread", nil, e, localReady.fix(Retry, "unlock", nil), localReady.fix(Setting, "replug", nil))
	case !lockKnown && !home:
		return localReady.outcome(Ask, "lock-unread", nil, e).asking(in, askHomeScreen)
	case !stateKnown && !home:
		return localReady.outcome(Ask, "setup-unread", nil, e).asking(in, askHomeScreen)
	case encrypts && required:
		return localReady.outcome(Pass, "password-required", nil, e, append(ready, reset)...)
	case encrypts:
		return localReady.outcome(Pass, "password-set", nil, e, append(ready, reset)...)
	case required:
		return localReady.outcome(Pass, "none-yet-required", nil, e, ready...)
	}
	return localReady.outcome(Pass, "none-yet", nil, e, ready...)
}

// passcodeSteps prepares the user for the phone's question. A version that is
// not known gets the hint too, since nearly every phone asks today.
func passcodeSteps(p facts.Phone) []Fix {
	text, _ := p.Version.Known()
	if plainIOS.MatchString(text) && version.Must(version.NewVersion(text)).LessThan(passcodeSince) {
		return nil
	}
	return []Fix{localReady.fix(Look, "passcode", nil)}
}
