package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// SafetyState says how well what is on the phone is kept elsewhere.
type SafetyState string

const (
	Safe          SafetyState = "safe"    // a complete copy is younger than a week
	Ageing        SafetyState = "ageing"  // the newest is older than that
	Unsafe        SafetyState = "unsafe"  // there is none, or only an old one
	SafetyUnknown SafetyState = "unknown" // it could not be seen
)

const (
	copyFresh = 7 * 24 * time.Hour
	// copyOld is when iOS itself begins to warn of a missing backup.
	copyOld = 14 * 24 * time.Hour
)

// Copy is what is known of the newest complete copy in one of the two places.
type Copy struct {
	State    SafetyState
	Sentence words.Text
	Finished time.Time // zero if it is not known, or if there is none
	undated  bool      // there is one, and its date is not known
}

// Safety answers whether what is on the phone would survive the phone. It is
// as good as the better of the two copies.
type Safety struct {
	State SafetyState
	// Headline says it in a few words, without a full stop; Detail is the sentence
	// below it, and Sentence both of them.
	Headline, Detail words.Text
	Sentence         words.Text
	ICloud           Copy
	Local            Copy
}

// SafetyOf weighs the copies of a phone. What could not be seen counts for
// nothing, and is not called missing either.
func SafetyOf(in Input) Safety {
	s := Safety{ICloud: in.cloudCopy(), Local: in.localCopy()}
	state, headline, detail := weighCopies(s.ICloud, s.Local)
	newest := s.ICloud.Finished
	if s.Local.Finished.After(newest) {
		newest = s.Local.Finished
	}
	args := words.Args{
		"Age": words.Span(in.Now.Sub(newest)), "Newest": words.Day(newest, in.Now),
		"Cloud": words.When(s.ICloud.Finished, in.Now), "Local": words.When(s.Local.Finished, in.Now),
	}
	s.State, s.Headline, s.Detail = state, say("safety.headline."+headline, args), say("safety.detail."+detail, args)
	s.Sentence = say("safety.sentence", words.Args{"Headline": s.Headline, "Detail": s.Detail})
	return s
}

// weighCopies is the state of two copies together, with the names of its
// headline and of its sentence.
func weighCopies(cloud, local Copy) (state SafetyState, headline, detail string) {
	has := func(state SafetyState) bool { return cloud.State == state || local.State == state }
	dated := !cloud.Finished.IsZero()
	switch {
	case cloud.State == Safe && local.State == Safe && dated:
		return Safe, "safe", "both"
	case cloud.State == Safe && dated:
		return Safe, "safe", "icloud"
	case local.State == Safe:
		return Safe, "safe", "local"
	case cloud.State == Safe:
		return Safe, "safe", "said"
	case has(Ageing):
		return Ageing, "ageing", "ageing"
	case has(SafetyUnknown):
		return SafetyUnknown, "unknown", "unknown"
	case !dated && local.Finished.IsZero() && cloud.undated:
		return Unsafe, "older", "older"
	case !dated && local.Finished.IsZero():
		return Unsafe, "none", "none"
	}
	return Unsafe, "old", "old"
}

// byAge is the state of a copy that was completed so long ago.
func byAge(age time.Duration) SafetyState {
	switch {
	case age < -clockSlack: // of the future
		return SafetyUnknown
	case age <= copyFresh:
		return Safe
	case age <= copyOld:
		return Ageing
	}
	return Unsafe
}

// cloudCopy is the last backup that iCloud completed.
func (in Input) cloudCopy() Copy {
	p := in.Phone
	last, known := p.LastCloudBackup.Known()
	age := in.Now.Sub(last)
	if known && !last.Before(cloudBegan) && age >= -clockSlack {
		return Copy{State: byAge(age), Sentence: say("safety.copy.icloud", words.Args{"Date": words.Date(last), "Age": words.Span(age)}), Finished: last}
	}
	on, _ := p.CloudBackupEnabled.Known()
	if !known && on && p.LastCloudBackup.State == facts.Absent {
		return Copy{State: Unsafe, Sentence: say("safety.copy.icloud-never", nil)}
	}
	switch said := in.chose(askLastDate); said {
	case "days", "week":
		return Copy{State: Safe, Sentence: say("safety.copy.icloud-said-"+said, nil)}
	case "older", "never":
		return Copy{State: Unsafe, Sentence: say("safety.copy.icloud-said-"+said, nil), undated: said == "older"}
	}
	return Copy{State: SafetyUnknown, Sentence: say("safety.copy.icloud-unknown", nil)}
}

// localCopy is the newest complete backup on this computer. Of one that any
// other computer made only the phone's date is known, and not whether it still stands.
func (in Input) localCopy() Copy {
	here := in.Local.Finished
	age := in.Now.Sub(here)
	elsewhere, known := in.Phone.LastLocalBackup.Known()
	args := words.Args{"Date": words.Date(here), "Age": words.Span(age), "Last": words.Date(elsewhere)}
	switch {
	case in.Local.Exists && (here.IsZero() || age < -clockSlack):
		return Copy{State: SafetyUnknown, Sentence: say("safety.copy.local-undated", nil)}
	case in.Local.Exists:
		return Copy{State: byAge(age), Sentence: say("safety.copy.local", args), Finished: here}
	case known && in.Now.Sub(elsewhere) <= copyOld:
		return Copy{State: SafetyUnknown, Sentence: say("safety.copy.local-elsewhere", args)}
	case in.looked():
		return Copy{State: Unsafe, Sentence: say("safety.copy.local-none", nil)}
	case in.Phone.LastLocalBackup.State == facts.Absent:
		return Copy{State: Unsafe, Sentence: say("safety.copy.local-never", nil)}
	}
	return Copy{State: SafetyUnknown, Sentence: say("safety.copy.local-unknown", nil)}
}
