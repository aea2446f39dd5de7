package checks

import (
	"fmt"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Full iCloud storage is the most common cause and the one that no cable can
// read: nothing that the phone reports holds the plan or what is left of it. Its log
// names it for certain, and so does the user; without them it stays a question.
// Signals and rule: (checks/SIGNALS.md#icloud-storage).
const iCloudStorage topic = "icloud-storage"

var _ = register(cause{id: iCloudStorage, place: 50, dependsOn: []topic{appleAccount}, urgency: 10, about: ICloud,
	check: checkICloudStorage, remedy: iCloudStorageSteps,
	acts: map[string]act{"again": actTry, "trim": actTrim}})

var (
	// askSpace is about the bar at the top of the iCloud page.
	askSpace = asks(questionDef{id: "icloud-space", choices: []string{"plenty", "nearly-full", "full", "family-full"}, menu: "icloud", good: 3 * 24 * time.Hour})
	// askPlan has one choice a plan of the embedded table.
	askPlan = asks(questionDef{id: "icloud-plan", choices: planIDs(), menu: "icloud", good: 90 * 24 * time.Hour})
)

// nearlyFull is the part of the plan that is free at most when the user calls
// it nearly full: a tenth, as the question has it.
const nearlyFull = 10

func checkICloudStorage(in Input) Result {
	e := evidence{}
	note(e, "icloud/quota", facts.Datum[int64]{Reason: "no phone tells it"})
	next := leastNext(in)
	if next > 0 {
		noteAnswer(e, in, askNextSize)
	}

	steps := iCloudStorageSteps(in)
	args := words.Args{"Plan": planName(in.chose(askPlan)), "Next": words.Bytes(next)}
	room, bounded := in.cloudRoom()
	said := func(status Status, found string, fixes ...Fix) Result {
		return iCloudStorage.outcome(status, found, args, e, fixes...).answered().asking(in, askSpace, askPlan)
	}
	switch space := in.complaint(askSpace); {
	case space == "family-full":
		family := append([]Fix{iCloudStorage.fix(Tidy, "family", menuArgs("family", in.Phone))}, steps...)
		return said(Fail, "said-family-full", family...)
	case space == "full":
		return said(Fail, "said-full", steps...)
	case bounded && next > 0 && next >= room:
		return said(Fail, "too-small", steps...)
	case space == "nearly-full":
		return said(Warn, "said-nearly-full", steps...)
	case in.chose(askSpace) == "plenty":
		return said(Pass, "said-plenty")
	}
	return iCloudStorage.outcome(Ask, "ask", nil, e).asking(in, askSpace, askPlan)
}

// cloudRoom is the most that can be free in iCloud by what the user said, in
// bytes; false without a plan.
func (in Input) cloudRoom() (int64, bool) {
	plan, known := knowledge.PlanOf(in.chose(askPlan))
	switch in.complaint(askSpace) {
	case "full", "family-full":
		return 0, known
	case "nearly-full":
		return plan.Bytes / nearlyFull, known
	}
	return plan.Bytes, known
}

// leastNext is the least that the next backup takes by what the user read, in
// bytes; 0 when that is not known or too little to matter.
func leastNext(in Input) int64 {
	return map[string]int64{
		"5to20": 5 * gigabyte, "20to100": 20 * gigabyte, "over100": 100 * gigabyte,
	}[in.complaint(askNextSize)]
}

// planIDs are the choices of the question about the plan.
func planIDs() []string {
	var ids []string
	for _, p := range knowledge.Plans().Plans {
		ids = append(ids, p.ID)
	}
	return ids
}

// planName formats a plan as its question does; "" stays empty.
func planName(id string) words.Text {
	if id == "" {
		return words.Text{}
	}
	return words.T("question."+string(askPlan)+"."+id, nil)
}

// iCloudStorageSteps make room, what costs nothing first; the last does
// without any room in iCloud.
func iCloudStorageSteps(in Input) []Fix {
	path := menuArgs("icloud-storage", in.Phone)
	_, parts, _ := in.recordedLoad()
	path["Apps"] = topApps(withoutPhotos(parts))
	steps := []Fix{iCloudStorage.fix(Tidy, "old-backups", path), iCloudStorage.fix(Tidy, "trim", path)}
	if major := majorOf(in.Phone); major == 0 || major >= prepareForNew {
		steps = append(steps, iCloudStorage.fix(Tidy, "lend", menuArgs("prepare-for-new-iphone", in.Phone)))
	}
	return append(steps,
		iCloudStorage.fix(Tidy, "bigger", biggerPlan(in)),
		iCloudStorage.fix(Tidy, "again", menuArgs("icloud-backup", in.Phone)).does(WatchAttempt),
		iCloudStorage.fix(Tidy, "here", nil).does(BackUpHere))
}

// prepareForNew is the first iOS with "Prepare for New iPhone", for which
// Apple lends storage.
const prepareForNew = 15

// biggerPlan names the plan above the user's and what it cost, where both are known.
func biggerPlan(in Input) words.Args {
	table := knowledge.Plans()
	args := words.Args{"Menu": menu("icloud-storage", in.Phone), "Bigger": words.Text{}, "Price": "", "AsOf": words.Date(table.AsOf.Time)}
	plan, known := knowledge.PlanOf(in.chose(askPlan))
	for _, other := range table.Plans {
		if known && other.Bytes > plan.Bytes {
			args["Bigger"], args["Price"] = planName(other.ID), fmt.Sprintf("$%d.%02d", other.USCents/100, other.USCents%100)
			break
		}
	}
	return args
}
