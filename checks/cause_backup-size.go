package checks

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A large backup takes longer than one night, and may not fit into the plan.
// What lies on the phone bounds what goes into a backup: caches stay out, and photos
// too while iCloud Photos keeps them (checks/SIGNALS.md#backup-size).
const backupSize topic = "backup-size"

var _ = register(cause{id: backupSize, place: 130, dependsOn: []topic{iCloudStorage}, urgency: 70, about: ICloud,
	check: checkBackupSize,
	acts:  map[string]act{"nights": actNight, "trim": actTrim}})

// askNextSize is about the size that the phone itself expects.
var askNextSize = asks(questionDef{id: "next-size", choices: []string{"under5", "5to20", "20to100", "over100"},
	menu: "icloud-storage", good: 7 * 24 * time.Hour})

// askUpload is about the upload speed, which no cable shows.
var askUpload = asks(questionDef{id: "upload-speed", choices: []string{"under2", "2to10", "over10"}, good: 30 * 24 * time.Hour})

// uploads are the most that each answer can carry, in bytes a second.
var uploads = map[string]int64{"under2": 2_000_000 / 8, "2to10": 10_000_000 / 8}

// oneNight is how long a phone lies on its charger.
const oneNight = 8 * 60 * 60 // seconds

// nightsFor is how many nights a backup takes at least at the speed that the
// user gave; 0 where that is not known.
func (in Input) nightsFor(bytes int64) int64 {
	rate := uploads[in.chose(askUpload)]
	if rate == 0 || bytes <= 0 {
		return 0
	}
	return (bytes + rate*oneNight - 1) / (rate * oneNight)
}

const (
	backupLarge  = 20 * gigabyte // from here on, one night may be too short
	appLarge     = 5 * gigabyte  // beyond, an app is worth a look
	appsRanked   = 10            // in the evidence
	appsNamed    = 3             // in the finding
	appWorthName = gigabyte / 10
	// sizeMost bounds what a phone may claim, so that no sum overflows.
	sizeMost int64 = 1 << 48
)

// load is what may have to go into a backup, in bytes.
type load struct {
	ranking                   []facts.App // the largest first
	apps, photos              int64
	appsKnown, photosKnown    bool
	appsPending, photosToCome bool
}

func checkBackupSize(in Input) Result {
	e := evidence{}
	l := weigh(in.Phone.Deep)
	noteLoad(e, in.Phone.Deep, l)
	note(e, keyLastCloud, in.Phone.LastCloudBackup)

	total := l.apps + l.photos
	plan, planKnown := knowledge.PlanOf(in.chose(askPlan))
	args := words.Args{
		"Total": words.Bytes(total), "AppBytes": words.Bytes(l.apps), "PhotoBytes": words.Bytes(l.photos),
		"Plan": words.Bytes(plan.Bytes), "Largest": words.Bytes(0), "Apps": topApps(l.ranking), "Menu": menu("icloud-storage", in.Phone),
	}
	if len(l.ranking) > 0 {
		args["Largest"] = words.Bytes(l.ranking[0].Bytes)
	}
	// What was read is only a bound from above, so that the size which the user
	// read on the phone, if it is smaller, does not speak against it.
	least := leastNext(in)
	args["Nights"], args["Next"] = in.nightsFor(least), words.Bytes(least)
	open := func(status Status, found string, fixes ...Fix) Result {
		if nights := in.nightsFor(least); nights > 1 && !in.savedLately() {
			noteAnswer(e, in, askUpload)
			return backupSize.outcome(Warn, "slow-upload", args, e, backupSizeSteps(in, args)...).answered().asking(in, askNextSize, askUpload)
		}
		switch said := in.chose(askNextSize); said {
		case "under5", "5to20":
			return backupSize.outcome(Pass, "said-small", args, e).answered().asking(in, askNextSize)
		case "20to100", "over100":
			if status == Ask {
				return backupSize.outcome(Warn, "said-large", args, e, backupSizeSteps(in, args)...).answered().asking(in, askNextSize)
			}
		}
		return backupSize.outcome(status, found, args, e, fixes...).asking(in, askNextSize, askUpload)
	}
	if r, known := in.noted(e, plan.Bytes, planKnown); known {
		return r
	}
	steps := backupSizeSteps(in, args)
	switch {
	case planKnown && total > plan.Bytes && in.savesNothing():
		noteAnswer(e, in, askPlan)
		return open(Fail, "over-plan", steps...)
	case planKnown && total > plan.Bytes && !in.savedLately():
		noteAnswer(e, in, askPlan)
		return open(Warn, "plan-small", steps...)
	case l.appsKnown && l.photosKnown && total >= backupLarge:
		return open(Warn, "large", steps...)
	case l.appsKnown && l.apps >= backupLarge:
		return open(Warn, "large-apps", steps...)
	case l.photosKnown && l.photos >= backupLarge:
		return open(Warn, "large-photos", steps...)
	case len(l.ranking) > 0 && l.ranking[0].Bytes > appLarge:
		return open(Warn, "large-app", steps...)
	case l.appsPending || l.photosToCome:
		return pending(e)
	case !l.appsKnown && !l.photosKnown:
		return open(Ask, "unread")
	case !l.appsKnown:
		return open(Ask, "apps-unread")
	case !l.photosKnown:
		return open(Ask, "photos-unread")
	}
	if in.nightsFor(least) > 1 && !in.savedLately() {
		return open(Pass, "small")
	}
	return backupSize.outcome(Pass, "small", args, e)
}

// noted is what the phone's own record says of the size: what its last try
// meant to save. It needs no bound, and a size that the user read later is newer.
func (in Input) noted(e evidence, plan int64, planKnown bool) (Result, bool) {
	total, parts, known := in.recordedLoad()
	if size, said := in.said(askNextSize); !known || said && size.At.After(in.Record.Value.Of) {
		return Result{}, false
	}
	notePreflight(e, total, parts)
	args := words.Args{"Total": words.Bytes(total), "Apps": topApps(parts), "Of": asOf(in.Record.Value), "Plan": words.Bytes(plan)}
	steps := backupSizeSteps(in, words.Args{"Apps": topApps(withoutPhotos(parts)), "Menu": menu("icloud-storage", in.Phone)})
	switch {
	case planKnown && total > plan && in.savesNothing():
		noteAnswer(e, in, askPlan)
		return backupSize.outcome(Fail, "record-over-plan", args, e, steps...), true
	case total >= backupLarge:
		return backupSize.outcome(Warn, "record-large", args, e, steps...), true
	}
	return backupSize.outcome(Pass, "record", args, e), true
}

// weigh adds up what lies on the phone. Photos that were not all counted
// count as not known.
func weigh(d facts.Deep) load {
	l := load{appsPending: awaited(d.Apps), photosToCome: awaited(d.Photos)}
	var apps []facts.App
	apps, l.appsKnown = d.Apps.Known()
	for _, a := range apps {
		a.Bytes = boundedSize(a.Bytes)
		l.apps = boundedSize(l.apps + a.Bytes)
		l.ranking = append(l.ranking, a)
	}
	slices.SortStableFunc(l.ranking, func(a, b facts.App) int { return cmp.Compare(b.Bytes, a.Bytes) })
	photos, known := d.Photos.Known()
	l.photos = boundedSize(boundedSize(photos.PhotoBytes) + boundedSize(photos.MovieBytes))
	l.photosKnown = known && (!photos.Incomplete || l.photos >= backupLarge)
	return l
}

// boundedSize is a size that a phone reported, in bytes, within reason.
func boundedSize(n int64) int64 { return min(max(n, 0), sizeMost) }

// noteLoad adds the largest apps to the evidence, and how much was counted.
func noteLoad(e evidence, d facts.Deep, l load) {
	photos := d.Photos.Value
	note(e, keyApps, facts.Datum[int]{Value: len(l.ranking), State: d.Apps.State, Reason: d.Apps.Reason})
	note(e, keyPhotos, facts.Datum[int]{Value: photos.Photos, State: d.Photos.State, Reason: d.Photos.Reason})
	if l.photosKnown {
		e[keyPhotos+"/bytes"] = strconv.FormatInt(boundedSize(photos.PhotoBytes), 10)
		e[keyMovies] = strconv.Itoa(photos.Movies)
		e[keyMovies+"/bytes"] = strconv.FormatInt(boundedSize(photos.MovieBytes), 10)
	}
	for i, a := range l.ranking[:min(len(l.ranking), appsRanked)] {
		e["app/"+strconv.Itoa(i+1)] = humanize.Bytes(uint64(a.Bytes)) + ", " + appName(a)
	}
}

// topApps names the apps that weigh most.
func topApps(ranking []facts.App) []words.Text {
	var top []words.Text
	for _, a := range ranking[:min(len(ranking), appsNamed)] {
		args := words.Args{"Name": appName(a), "Size": words.Bytes(a.Bytes)}
		switch {
		case a.Bytes < appWorthName:
		case a.BundleID == cameraRoll:
			top = append(top, say("backup-size.photos", args))
		default:
			top = append(top, say("backup-size.app", args))
		}
	}
	return top
}

// withoutPhotos leaves photos and videos out: nobody is advised to take them out of
// the only backup that they may have.
func withoutPhotos(ranking []facts.App) []facts.App {
	return slices.DeleteFunc(slices.Clone(ranking), func(a facts.App) bool { return a.BundleID == cameraRoll })
}

// appName is what an app calls itself on the phone's screen.
func appName(a facts.App) string { return tidy(cmp.Or(a.Name, a.BundleID, "?")) }

// savesNothing says for certain that iCloud completed no backup lately.
func (in Input) savesNothing() bool {
	p := in.Phone
	last, known := p.LastCloudBackup.Known()
	on, _ := p.CloudBackupEnabled.Known()
	return known && in.Now.Sub(last) > cloudFresh || on && p.LastCloudBackup.State == facts.Absent
}

// backupSizeSteps give the backup more time first, and less to carry then.
func backupSizeSteps(in Input, args words.Args) []Fix {
	return []Fix{
		backupSize.fix(Look, "photos", menuArgs("icloud-photos", in.Phone)), backupSize.fix(Retry, "nights", nil),
		backupSize.fix(Tidy, "trim", args), backupSize.fix(Tidy, "own-cloud", nil),
		backupSize.fix(Tidy, "here", nil).does(BackUpHere),
	}
}
