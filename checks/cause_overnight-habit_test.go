package checks

import (
	"time"

	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// brokenOff is a log that tells so many times that the phone was taken up.
func brokenOff(times int) func(*Input) {
	return func(in *Input) {
		aged(5 * 24 * time.Hour)(in)
		in.Attempt = devicelog.Attempt{Heard: true, Ended: in.Now.Add(-time.Hour), Outcome: devicelog.Failed, Cause: string(overnight),
			Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 218}}}
		if times > 1 {
			in.Attempt.Signs = []devicelog.Sign{{ID: "lost-wifi", Cause: string(wifi), Count: 9}, {ID: "unlocked", Cause: string(overnight), Count: times}}
		}
	}
}

var _ = tried(overnight, nil, []situation{
	{name: "nothing answered", set: func(*Input) {}, want: Ask, finding: "Only you can tell", fixes: []string{"spend the night", "Auto-Lock. What", "Settings > Battery > Power Mode"}},
	{name: "they cannot tell", set: answering(func(*Input) {}, askOvernight, Unsure), want: Ask, finding: "Only you can tell"},
	{name: "nothing answered, iOS 18", set: onIOS("18.7.10", func(*Input) {}), want: Ask, finding: "Only you can tell", fixes: []string{"Settings > Battery. Is"}},
	{name: "every night", set: answering(func(*Input) {}, askOvernight, "yes"), want: Pass, finding: "spends its nights plugged in"},
	{name: "sometimes", set: answering(func(*Input) {}, askOvernight, "sometimes"), want: Warn, finding: "not every night", fixes: []string{"Tonight"}},
	{name: "never", set: answering(func(*Input) {}, askOvernight, "no"), want: Warn, finding: "doesn’t spend its nights", fixes: []string{"Tonight"}},
	{name: "every night, but it never locks", set: says(map[QuestionID]string{askOvernight: "yes", askAutoLock: "never"}), want: Warn, finding: "never locks", fixes: []string{"Settings > Display & Brightness > Auto-Lock"}},
	{name: "every night, but in Low Power Mode", set: says(map[QuestionID]string{askOvernight: "yes", askAutoLock: "locks", askLowPower: "on"}), want: Warn, finding: "Low Power Mode", fixes: []string{"switch off “Low Power Mode”"}},
	{name: "every night, and all is well", set: says(map[QuestionID]string{askOvernight: "yes", askAutoLock: "locks", askLowPower: "off"}), want: Pass, finding: "You said"},
	{name: "locks, but nothing on the night", set: answering(func(*Input) {}, askAutoLock, "locks"), want: Ask, finding: "Only you can tell"},
	{name: "the reminder of iOS", set: func(in *Input) {
		in.Answers = Answers{errorText: {Text: "This iPhone hasn't been backed up in 3 weeks. Backups happen when this iPhone is plugged in, locked, and connected to Wi-Fi.", At: in.Now}}
	}, want: Warn, finding: "wasn’t charging", fixes: []string{"Tonight"}},
	{name: "another error text", set: func(in *Input) {
		in.Answers = Answers{errorText: {Text: "The sky is falling.", At: in.Now}}
	}, want: Ask, finding: "Only you can tell"},
	{name: "interrupted once", set: brokenOff(1), want: Warn, finding: "stopped once because", fixes: []string{"Tonight, plug the iPhone in, let it lock, and leave it alone"}},
	{name: "interrupted three times, whatever is answered", set: answering(brokenOff(3), askOvernight, "yes"), want: Warn, finding: "stopped 3 times because"},
	{name: "interrupted, and completed since", set: func(in *Input) { brokenOff(3)(in); in.Phone.LastCloudBackup = facts.Of(in.Now) }, want: Ask, finding: "Only you can tell"},
	{name: "interrupted for want of Wi-Fi", set: func(in *Input) {
		brokenOff(3)(in)
		in.Attempt.Cause = string(wifi)
		in.Attempt.Signs = in.Attempt.Signs[:1]
	}, want: Ask, finding: "Only you can tell"},
})
