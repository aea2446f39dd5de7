package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A backup belongs to the account that is signed in, and its session can run
// out while the phone looks as ever. Each of the signals
// (checks/SIGNALS.md#apple-account) proves that somebody is signed in and none
// that the session is alive: that only the log and the user can tell.
const appleAccount topic = "apple-account"

var _ = register(cause{id: appleAccount, place: 40, dependsOn: []topic{cloudSwitch}, urgency: 10, about: ICloud,
	check: checkAppleAccount, remedy: appleAccountRemedy,
	acts: map[string]act{"sign-out": actSignOut, "sign-in": actSignIn}})

// askBanner is for what Settings shows at the very top.
var askBanner = asks(questionDef{id: "account-banner", choices: []string{"none", "banner", "payment", "terms", "signed-out"}, good: 24 * time.Hour})

const (
	keyFindMy = "com.apple.fmip/IsAssociated"
	keySync   = "com.apple.mobile.data_sync" // the whole domain
	// stolenDevice is the first iOS whose Stolen Device Protection delays signing out.
	stolenDevice = 17
)

func checkAppleAccount(in Input) Result {
	p := in.Phone
	e := evidence{}
	note(e, keyFindMy, p.FindMy)
	note(e, keySync, p.ICloudSync)
	note(e, keyCloudEnabled, p.CloudBackupEnabled)

	said, sign := in.complaint(askBanner), signOfAccount(p)
	switch {
	case said == "payment" || said == "terms":
		return appleAccount.outcome(Fail, "said-"+said, nil, e, noticeSteps(in, said)...).answered().asking(in, askBanner)
	case said == "banner": // no signal contradicts it
		return appleAccount.outcome(Fail, "said-banner", nil, e, appleAccountSteps(in)...).answered().asking(in, askBanner)
	case sign != "" && in.savedLately():
		return appleAccount.outcome(Pass, sign, nil, e)
	case sign != "":
		return appleAccount.outcome(Pass, sign, nil, e).asking(in, askBanner)
	case said == "signed-out":
		return appleAccount.outcome(Fail, "said-signed-out", nil, e, signInSteps(in)...).answered().asking(in, askBanner)
	case in.chose(askBanner) == "none":
		return appleAccount.outcome(Pass, "said-none", nil, e).answered().asking(in, askBanner)
	case nothingSaysAccount(p):
		return appleAccount.outcome(Warn, "no-sign", nil, e, signInSteps(in)...).asking(in, askBanner)
	}
	return appleAccount.outcome(Ask, "unread", nil, e).asking(in, askBanner)
}

// signOfAccount names what proves that somebody is signed in, "" for nothing.
func signOfAccount(p facts.Phone) string {
	for _, s := range []struct {
		datum facts.Datum[bool]
		name  string
	}{{p.FindMy, "find-my"}, {p.ICloudSync, "sync"}, {p.CloudBackupEnabled, "backup"}} {
		if yes, known := s.datum.Known(); known && yes {
			return s.name
		}
	}
	return ""
}

// nothingSaysAccount reports whether the phone was heard on all three and none
// is a yes. Each of them can also be off on purpose, so this proves little.
func nothingSaysAccount(p facts.Phone) bool {
	findMy, asked := p.FindMy.Known()
	// A phone without an account has neither the switch nor anything to sync.
	return asked && !findMy && no(p.ICloudSync) && no(p.CloudBackupEnabled)
}

// no reports whether the phone answered, and not with a yes.
func no(d facts.Datum[bool]) bool {
	return d.State == facts.Absent || d.State == facts.Read && !d.Value
}

// accountArgs call the account as the phone's iOS does.
func accountArgs(in Input) words.Args {
	return words.Args{"Account": menu("apple-account-name", in.Phone), "Menu": menu("apple-account", in.Phone)}
}

// signInSteps are for a phone that perhaps nobody is signed in on.
func signInSteps(in Input) []Fix {
	args := accountArgs(in)
	return []Fix{appleAccount.fix(Setting, "sign-in", args), appleAccount.fix(Setting, "website", args)}
}

// appleAccountRemedy is for an account that the phone's log, or an error text,
// complains of. Where it seems that nobody is signed in, signing in comes
// before typing a password again.
func appleAccountRemedy(in Input) []Fix {
	steps := appleAccountSteps(in)
	if nothingSaysAccount(in.Phone) {
		steps[0], steps[1] = steps[1], steps[0]
	}
	return steps
}

// appleAccountSteps renew the session, from typing a password to signing out.
func appleAccountSteps(in Input) []Fix {
	steps := append([]Fix{appleAccount.fix(Setting, "password", accountArgs(in))}, signInSteps(in)...)
	return append(steps, appleAccount.fix(Restart, "restart", nil).does(RestartPhone), signOutStep(in))
}

// signOutStep renews the sign-in for good, and warns of what it can cost.
func signOutStep(in Input) Fix {
	args := accountArgs(in)
	delete(args, "Account")
	args["Delay"] = words.Text{}
	if major := majorOf(in.Phone); major == 0 || major >= stolenDevice {
		args["Delay"] = menu("stolen-device-protection", in.Phone)
	}
	return appleAccount.fix(SignOut, "sign-out", args)
}

// noticeSteps follow a notice that names what iCloud waits for: "payment" or "terms".
func noticeSteps(in Input, notice string) []Fix {
	return []Fix{
		appleAccount.fix(Setting, notice, accountArgs(in)), appleAccount.fix(Setting, "website", accountArgs(in)),
		appleAccount.fix(Restart, "restart", nil).does(RestartPhone),
	}
}
