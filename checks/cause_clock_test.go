package checks

import (
	"math"
	"time"

	"lifeboat/device/facts"
)

// clocks sets how far the phone is ahead of this computer, and this computer
// ahead of the network.
func clocks(phone, computer time.Duration) func(*Input) {
	return func(in *Input) {
		in.Phone.ClockSkew, in.Network.ClockSkew = facts.Of(phone), facts.Of(computer)
	}
}

// alone is for a computer that did not ask the network for the time.
func alone(phone time.Duration) func(*Input) {
	return func(in *Input) {
		in.Phone.ClockSkew, in.Network.ClockSkew = facts.Of(phone), facts.Datum[time.Duration]{Reason: Offline}
	}
}

var _ = tried(clock, needs{"Phone.ClockSkew": missing}, []situation{
	{name: "right", set: func(*Input) {}, want: Pass, finding: "right to within 3 seconds"},
	{name: "just under a minute", set: clocks(time.Minute-time.Second, 0), want: Pass, finding: "59 seconds"},
	{name: "exactly a minute ahead", set: clocks(time.Minute, 0), want: Warn, finding: "clock is 60 seconds ahead", fixes: []string{"Settings > General > Date & Time and switch on “Set Automatically”", "off and on", "restart the iPhone"}},
	{name: "exactly five minutes behind", set: clocks(-clockWrong, 0), want: Warn, finding: "clock is 5 minutes behind"},
	{name: "a second more", set: clocks(-clockWrong-time.Second, 0), want: Fail, finding: "clock is 5 minutes behind", fixes: []string{"Set Automatically"}},
	{name: "two days ahead", set: clocks(48*time.Hour, 0), want: Fail, finding: "clock is 2 days ahead"},
	{name: "trap: this computer is wrong, the phone is not", set: clocks(-8*time.Minute, 8*time.Minute), want: Pass, finding: "iPhone’s clock is right. The clock of this computer is 8 minutes ahead", fixes: []string{"this computer"}, noFix: "Set Automatically"},
	{name: "this computer is a minute off", set: clocks(-time.Minute, time.Minute), want: Pass, finding: "this computer is 60 seconds ahead"},
	{name: "this computer is behind", set: clocks(3*time.Hour, -3*time.Hour), want: Pass, finding: "clock of this computer is 3 hours behind"},
	{name: "trap: both are wrong alike", set: clocks(0, 10*time.Minute), want: Fail, finding: "clock is 10 minutes ahead"},
	{name: "both are wrong and add up", set: clocks(-4*time.Minute, -4*time.Minute), want: Fail, finding: "8 minutes behind"},
	{name: "network not asked, clocks agree", set: alone(-20 * time.Second), want: Pass, finding: "agrees with that of this computer to within 20 seconds"},
	{name: "network not asked, 20 minutes ahead", set: alone(20 * time.Minute), want: Warn, finding: "20 minutes ahead of this computer’s. One of them is wrong", fixes: []string{"Set Automatically", "this computer", "restart the iPhone", "switched on?"}},
	{name: "network not asked, behind", set: alone(-2 * time.Minute), want: Warn, finding: "2 minutes behind this computer’s"},
	{name: "network not asked, the phone sets itself", set: answering(alone(20*time.Minute), askClockAuto, "on"), want: Pass, finding: "differ by 20 minutes, and you said that “Set Automatically” is on", fixes: []string{"this computer"}},
	{name: "network not asked, the phone is set by hand", set: answering(alone(20*time.Minute), askClockAuto, "off"), want: Warn, finding: "differ by 20 minutes, and you said that “Set Automatically” is off", fixes: []string{"Set Automatically"}},
	{name: "an answer stands back behind what was read", set: answering(clocks(10*time.Minute, 0), askClockAuto, "on"), want: Fail, finding: "10 minutes ahead"},
	{name: "as far as a number goes", set: clocks(math.MinInt64, math.MinInt64), want: Fail, finding: "73,000 days behind"},
	{name: "as far as a number goes the other way", set: clocks(math.MaxInt64, math.MaxInt64), want: Fail, finding: "73,000 days ahead"},
	{name: "not read", set: func(in *Input) { in.Phone.ClockSkew = facts.Datum[time.Duration]{} }, want: Ask, finding: "couldn’t read", fixes: []string{"Date & Time. Is “Set Automatically” switched on?"}},
	{name: "not read, sets itself", set: answering(func(in *Input) { in.Phone.ClockSkew = facts.Gone[time.Duration]() }, askClockAuto, "on"), want: Pass, finding: "You said that “Set Automatically” is on"},
	{name: "not read, set by hand", set: answering(func(in *Input) { in.Phone.ClockSkew = facts.Gone[time.Duration]() }, askClockAuto, "off"), want: Warn, finding: "You said that “Set Automatically” is off", fixes: []string{"Set Automatically"}},
})
