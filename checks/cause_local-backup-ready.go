package checks

import (
	"regexp"
	"strings"

	"github.com/hashicorp/go-version"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Lifeboat makes encrypted backups only: with a password they also hold
// saved passwords and Health data (checks/SIGNALS.md#local-backup-ready).
const localReady topic = "local-backup-ready"

var _ = register(cause{id: localReady, place: 190, dependsOn: []topic{phoneReady}, urgency: 110, about: ThisComputer, seen: true,
	check: checkLocalReady,
	acts:  map[string]act{"unlock": actUnlock, "finish-setup": actFinishSetup, "replug": actReplug}})

// passcodeSince is the iOS from which on a backup to a computer asks for the
// phone's passcode: 16.1 at every backup, and 15.7.1 was seen to ask as well.
var passcodeSince = version.Must(version.NewVersion("15.7.1"))

func checkLocalReady(in Input) Result {
	p := in.Phone
	e := evidence{keyReadiness: string(p.Readiness)}
	encrypts, encryptsKnown := note(e, keyWillEncrypt, p.WillEncrypt)
	required, _ := note(e, keyRequires, p.RequiresEncryption)
	note(e, keyLastLocal, p.LastLocalBackup)
	locked, lockKnown := note(e, keyPasscodeLocked, p.PasscodeLocked)
	state, stateKnown := note(e, keyActivation, p.ActivationState)
	note(e, keySetup, p.SetupDone)
	note(e, keyMinITunes, p.MinITunes)
	note(e, keyHostITunes, shortVersion(in.Host.ITunes))

	// No such key means that no password was ever set, just like "false".
	encryptsKnown = encryptsKnown || p.WillEncrypt.State == facts.Absent
	var forgotten []Fix
	if encrypts {
		forgotten = []Fix{localReady.fix(Reset, "forgotten", menuArgs("reset-all-settings", p))}
	}
	ready := append(passcodeSteps(p), forgotten...)
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
	case (!stateKnown || !setUp(p)) && !home:
		return localReady.outcome(Ask, "setup-unread", nil, e).asking(in, askHomeScreen)
	case in.oldITunes():
		// Lifeboat does without it; who puts a backup back by it does not.
		args := words.Args{"Have": shortVersion(in.Host.ITunes).Value, "Need": tidy(p.MinITunes.Value)}
		return localReady.outcome(Warn, "itunes-old", args, e, append(forgotten, localReady.fix(Update, "update-itunes", nil))...)
	case encrypts && required:
		return localReady.outcome(Pass, "password-required", nil, e, ready...)
	case encrypts:
		return localReady.outcome(Pass, "password-set", nil, e, ready...)
	case required:
		return localReady.outcome(Pass, "none-yet-required", nil, e, ready...)
	}
	return localReady.outcome(Pass, "none-yet", nil, e, ready...)
}

// plainProgram is the form of a version of iTunes, as the phone and the
// computer write it: 12.13.9.1.
var plainProgram = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,6}){1,4}$`)

// oldITunes reports whether the iTunes of this computer is older than the phone
// itself asks for. Nothing else of a computer is known to matter: the version
// of macOS that phones name has been 10.5.8 for all of them.
func (in Input) oldITunes() bool {
	have, installed := in.Host.ITunes.Known()
	need, known := in.Phone.MinITunes.Known()
	if !installed || !known || !plainProgram.MatchString(have) || !plainProgram.MatchString(need) {
		return false
	}
	return version.Must(version.NewVersion(have)).LessThan(version.Must(version.NewVersion(need)))
}

// shortVersion leaves out the last of four numbers, with which it would look
// like an address.
func shortVersion(d facts.Datum[string]) facts.Datum[string] {
	parts := strings.SplitN(tidy(d.Value), ".", 4)
	d.Value = strings.Join(parts[:min(len(parts), 3)], ".")
	return d
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
