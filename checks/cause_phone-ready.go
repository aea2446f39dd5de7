package checks

import (
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A phone that is not trusted, not unlocked or not set up tells nothing and
// backs nothing up. Rule: section 1 of the notes on checks.
const phoneReady topic = "phone-ready"

var _ = register(cause{id: phoneReady, place: 10, blocks: 10, check: checkPhoneReady})

// activated is the ActivationState of a phone that is set up.
const activated = "Activated"

func checkPhoneReady(in Input) Result {
	p := in.Phone
	e := evidence{keyReadiness: string(p.Readiness)}
	note(e, keyPasscodeLocked, p.PasscodeLocked)
	note(e, keyActivation, p.ActivationState)

	unlock, replug := phoneReady.fix("unlock", nil), phoneReady.fix("replug", nil)
	locked, lockKnown := p.PasscodeLocked.Known()
	state, stateKnown := p.ActivationState.Known()
	switch {
	case p.Readiness == facts.Silent:
		return phoneReady.outcome(Fail, "silent", nil, e, unlock, replug, phoneReady.fix("restart", nil))
	case p.Readiness == facts.Untrusted:
		return phoneReady.outcome(Fail, "untrusted", nil, e, phoneReady.fix("trust", nil), replug,
			phoneReady.fix("accessories", menuArgs("accessories-"+string(unlockOf(p)), p)),
			phoneReady.fix("reset-trust", menuArgs("reset-location-privacy", p)))
	case p.Readiness == facts.SetupUnfinished:
		return phoneReady.outcome(Fail, "setup", nil, e, phoneReady.fix("finish-setup", nil))
	case stateKnown && state != activated:
		return phoneReady.outcome(Fail, "activation", words.Args{"State": tidy(state)}, e, phoneReady.fix("finish-setup", nil))
	case p.Readiness == facts.Locked, lockKnown && locked:
		return phoneReady.outcome(Warn, "locked", nil, e, unlock)
	case p.Readiness != facts.Ready:
		return phoneReady.outcome(Unknown, "unread", nil, e, unlock, replug)
	case !lockKnown:
		return phoneReady.outcome(Ask, "lock-unread", nil, e, phoneReady.fix("look-unlocked", nil))
	case !stateKnown:
		return phoneReady.outcome(Ask, "activation-unread", nil, e, phoneReady.fix("look-set-up", nil))
	}
	return phoneReady.outcome(Pass, "ready", nil, e)
}
