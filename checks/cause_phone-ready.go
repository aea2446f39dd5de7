package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A phone that is not trusted, not unlocked or not set up reports nothing and
// backs nothing up (checks/SIGNALS.md#phone-ready).
const phoneReady topic = "phone-ready"

var _ = register(cause{id: phoneReady, place: 10, urgency: 0, about: ICloud, means: access, seen: true,
	check: checkPhoneReady,
	acts:  map[string]act{"restart": actRestart, "unlock": actUnlock, "finish-setup": actFinishSetup, "replug": actReplug}})

// askHomeScreen is for a phone that does not tell how far it is.
var askHomeScreen = asks(questionDef{id: "home-screen", choices: []string{"home", "locked", "setup"}, good: 10 * time.Minute})

// activated is the ActivationState of a phone that is set up.
const activated = "Activated"

func checkPhoneReady(in Input) Result {
	p := in.Phone
	e := evidence{keyReadiness: string(p.Readiness)}
	locked, lockKnown := note(e, keyPasscodeLocked, p.PasscodeLocked)
	state, stateKnown := note(e, keyActivation, p.ActivationState)
	note(e, keySetup, p.SetupDone)

	unlock, replug := phoneReady.fix(Retry, "unlock", nil), phoneReady.fix(Setting, "replug", nil)
	open := func(found string) Result {
		switch in.chose(askHomeScreen) {
		case "home":
			return phoneReady.outcome(Pass, "said-home", nil, e).answered().asking(in, askHomeScreen)
		case "locked":
			return phoneReady.outcome(Warn, "locked", nil, e, unlock).answered().asking(in, askHomeScreen)
		case "setup":
			return phoneReady.outcome(Fail, "setup", nil, e, phoneReady.fix(Setting, "finish-setup", nil)).answered().asking(in, askHomeScreen)
		}
		return phoneReady.outcome(Ask, found, nil, e).asking(in, askHomeScreen)
	}
	switch {
	case p.Readiness == facts.Silent:
		return phoneReady.outcome(Fail, "silent", nil, e, unlock, replug, phoneReady.fix(Restart, "restart", nil))
	case p.Readiness == facts.Untrusted:
		return phoneReady.outcome(Fail, "untrusted", nil, e, phoneReady.fix(Retry, "trust", nil), replug,
			phoneReady.fix(Setting, "accessories", menuArgs("accessories-"+string(unlockOf(p)), p)),
			phoneReady.fix(Reset, "reset-trust", menuArgs("reset-location-privacy", p)))
	case p.Readiness == facts.SetupUnfinished, inSetup(p):
		return phoneReady.outcome(Fail, "setup", nil, e, phoneReady.fix(Setting, "finish-setup", nil))
	case stateKnown && state != activated:
		return phoneReady.outcome(Fail, "activation", words.Args{"State": tidy(state)}, e, phoneReady.fix(Setting, "finish-setup", nil))
	case p.Readiness == facts.Locked, lockKnown && locked:
		return phoneReady.outcome(Warn, "locked", nil, e, unlock)
	case p.Readiness != facts.Ready:
		return phoneReady.outcome(Unknown, "unread", nil, e, unlock, replug)
	case !lockKnown:
		return open("lock-unread")
	case !stateKnown:
		return open("activation-unread")
	case !setUp(p):
		return open("setup-unread")
	}
	return phoneReady.outcome(Pass, "ready", nil, e)
}

// inSetup reports whether the phone says that its setup is not
// finished. A phone activates early in its setup, so that being activated does not say so.
func inSetup(p facts.Phone) bool {
	done, known := p.SetupDone.Known()
	return known && !done
}

// setUp reports whether the phone is known to be set up: it says so, or, where
// it does not tell, it has what a phone gets only afterwards.
func setUp(p facts.Phone) bool {
	done, known := p.SetupDone.Known()
	on, _ := p.CloudBackupEnabled.Known()
	synced, _ := p.ICloudSync.Known()
	_, cloud := p.LastCloudBackup.Known()
	_, local := p.LastLocalBackup.Known()
	return known && done || !known && (on || synced || cloud || local)
}
