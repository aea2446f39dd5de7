package checks

import (
	"time"

	"lifeboat/device/facts"
)

// says answers several questions at once, a minute ago; the last backup is older.
func says(choices map[QuestionID]string) func(*Input) {
	return func(in *Input) {
		in.Answers = Answers{}
		for id, choice := range choices {
			in.Answers[id] = Answer{Choice: choice, At: in.Now.Add(-time.Minute)}
		}
	}
}

// cloud answers the questions about iCloud storage; "" leaves one open.
func cloud(space, plan, next string) func(*Input) {
	choices := map[QuestionID]string{}
	for id, choice := range map[QuestionID]string{askSpace: space, askPlan: plan, askNextSize: next} {
		if choice != "" {
			choices[id] = choice
		}
	}
	return says(choices)
}

var _ = tried(iCloudStorage, nil, []situation{
	{name: "the family's is full, iOS 15", set: answering(runs("iPhone8,1", "15.8.8"), askSpace, "family-full"), want: Fail, finding: "your family shares is full", fixes: []string{"Settings > [your name] > Family Sharing"}},
	{name: "nothing answered", set: func(*Input) {}, want: Ask, finding: "We can’t see how full", fixes: []string{"Settings > [your name] > iCloud. Look at the storage bar", "Which plan"}},
	{name: "they cannot tell", set: cloud(Unsure, Unsure, ""), want: Ask, finding: "We can’t see how full"},
	{name: "only the plan", set: cloud("", "50gb", ""), want: Ask, finding: "We can’t see how full"},
	{name: "plenty", set: cloud("plenty", "", ""), want: Pass, finding: "You said that a tenth or more of the iCloud storage is free"},
	{name: "plenty of 200 GB", set: cloud("plenty", "200gb", ""), want: Pass, finding: "iCloud storage of 200 GB is free"},
	{name: "plenty of 200 GB, and 20 GB come next", set: cloud("plenty", "200gb", "20to100"), want: Pass, finding: "200 GB"},
	{name: "nearly full", set: cloud("nearly-full", "", ""), want: Warn, finding: "less than a tenth of the iCloud storage", fixes: []string{"delete backups of phones"}},
	{name: "nearly full, 5 GB", set: cloud("nearly-full", "5gb", "under5"), want: Warn, finding: "storage of 5 GB", fixes: []string{"50 GB, cost $0.99 a month in the United States on 23 November 2026"}},
	{name: "nearly full, and less fits than comes next", set: cloud("nearly-full", "50gb", "5to20"), want: Fail, finding: "at least 5.0 GB", fixes: []string{"delete backups of phones"}},
	{name: "nearly full, and more is free than comes next", set: cloud("nearly-full", "2tb", "over100"), want: Warn, finding: "2 TB"},
	{name: "the next backup is larger than the plan", set: cloud("plenty", "5gb", "20to100"), want: Fail, finding: "at least 20 GB; your 5 GB"},
	{name: "the same, without a word on the bar", set: cloud("", "50gb", "over100"), want: Fail, finding: "at least 100 GB"},
	{name: "a large backup, but no plan known", set: cloud("", "", "over100"), want: Ask, finding: "We can’t see how full"},
	{name: "full", set: cloud("full", "", ""), want: Fail, finding: "You said that the iCloud storage is full",
		fixes: []string{"open Settings > [your name] > iCloud, and tap the storage bar at the top, then Backups", "makes the backup no smaller", "Prepare for New iPhone", "bigger plan", "Back Up Now", "needs no room in iCloud"}},
	{name: "full, iOS 17", set: onIOS("17.7.2", cloud("full", "2tb", "")), want: Fail, finding: "storage of 2 TB is full", fixes: []string{"Manage Account Storage", "6 TB, cost $29.99"}},
	{name: "full, iOS 15", set: onIOS("15.8.8", cloud("full", "", "")), want: Fail, finding: "full", fixes: []string{"Manage Storage", "Prepare for New iPhone"}},
	{name: "full, iOS 14", set: onIOS("14.8.1", cloud("full", "", "")), want: Fail, finding: "full", fixes: []string{"Manage Storage"}, noFix: "Prepare for New iPhone"},
	{name: "full, and it is the largest plan", set: cloud("full", "12tb", ""), want: Fail, finding: "12 TB is full", noFix: "cost $"},
	{name: "full, but a backup was completed since", set: func(in *Input) {
		cloud("full", "5gb", "over100")(in)
		in.Phone.LastCloudBackup = facts.Of(in.Now)
	}, want: Ask, finding: "We can’t see how full"},
	{name: "full, four days ago", set: func(in *Input) {
		in.Answers = Answers{askSpace: {Choice: "full", At: in.Now.Add(-4 * 24 * time.Hour)}}
	}, want: Ask, finding: "We can’t see how full"},
})
