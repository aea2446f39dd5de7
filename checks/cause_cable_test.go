package checks

import "lifeboat/device/facts"

// carries sets what the cable carries, in bytes a second.
func carries(bytes int64) func(*Input) {
	return func(in *Input) { in.Phone.CableSpeed = facts.Of(bytes) }
}

// drops sets how often the phone left the cable.
func drops(n int) func(*Input) { return func(in *Input) { in.Host.Drops = facts.Of(n) } }

// unmeasured is a phone without a film to measure with, on a link of a speed in bit/s.
func unmeasured(bits int64) func(*Input) {
	return func(in *Input) {
		in.Phone.SpeedBits, in.Phone.CableSpeed = bits, facts.Datum[int64]{Reason: facts.NoMovie}
	}
}

var _ = tried(cable, needs{"Host.Drops": missing}, []situation{
	{name: "fast and firm", set: func(*Input) {}, want: Pass, finding: "carries 34 MB a second and hasn’t lost contact"},
	{name: "exactly 10 MB/s", set: carries(speedGood), want: Pass, finding: "10 MB a second"},
	{name: "a byte less", set: carries(speedGood - 1), want: Warn, finding: "only 10 MB a second", fixes: []string{"port with a light", "on the computer itself", "another cable", "Restart"}},
	{name: "exactly 5 MB/s", set: carries(speedFail), want: Warn, finding: "5.0 MB a second"},
	{name: "less than 5 MB/s", set: carries(3_200_000), want: Fail, finding: "only 3.2 MB a second, and 25 MB or more", fixes: []string{"port with a light"}},
	{name: "nothing gets through", set: carries(0), want: Fail, finding: "0 B a second"},
	{name: "an impossible speed is none", set: func(in *Input) { carries(-1)(in); in.Phone.SpeedBits = 0 }, want: Unknown, finding: "hasn’t lost contact, but"},
	{name: "one drop", set: drops(1), want: Warn, finding: "lost contact once", fixes: []string{"port with a light"}},
	{name: "two drops", set: drops(2), want: Fail, finding: "lost contact 2 times"},
	{name: "drops come before a slow cable", set: func(in *Input) { drops(7)(in); carries(1)(in) }, want: Fail, finding: "7 times"},
	{name: "12 Mb/s", set: func(in *Input) { in.Phone.SpeedBits = 12_000_000 }, want: Fail, finding: "only 12 Mb/s"},
	{name: "1.5 Mb/s", set: func(in *Input) { in.Phone.SpeedBits = 1_500_000 }, want: Fail, finding: "only 1 Mb/s"},
	{name: "trap: 480 Mb/s is no fault", set: unmeasured(480_000_000), want: Pass, finding: "480 Mb/s and hasn’t lost contact"},
	{name: "USB 3", set: unmeasured(10_000_000_000), want: Pass, finding: "10000 Mb/s"},
	{name: "a speed that USB does not have", set: unmeasured(100_000_000), want: Unknown, finding: "couldn’t measure how fast it is"},
	{name: "no speed told", set: unmeasured(0), want: Unknown, finding: "couldn’t measure how fast it is"},
	{name: "being measured", set: func(in *Input) { in.Phone.CableSpeed = facts.Datum[int64]{Reason: facts.Pending} }, want: Unknown, finding: "still looking at this"},
	{name: "being measured, but it dropped twice", set: func(in *Input) { drops(2)(in); in.Phone.CableSpeed = facts.Datum[int64]{Reason: facts.Pending} }, want: Fail, finding: "2 times"},
	{name: "nobody counted the drops", set: func(in *Input) { in.Host.Drops = facts.Datum[int]{} }, want: Unknown, finding: "whether the cable loses contact"},
	{name: "nobody counted the drops, but it crawls", set: func(in *Input) { in.Host.Drops = facts.Datum[int]{}; carries(1_000_000)(in) }, want: Fail, finding: "1.0 MB"},
	{name: "500 mA are what a USB 2 port gives", set: func(in *Input) { in.Phone.AdapterCurrent = facts.Of(500) }, want: Pass, finding: "34 MB"},
	{name: "the measurement failed", set: func(in *Input) { in.Phone.CableSpeed = facts.Datum[int64]{Reason: "phone-silent"} }, want: Unknown, finding: "couldn’t measure how fast it is"},
	{name: "no current told", set: func(in *Input) { in.Phone.AdapterCurrent = facts.Gone[int]() }, want: Pass, finding: "34 MB"},
	{name: "over Wi-Fi", set: func(in *Input) { in.Phone.Connection = "Network" }, want: Unknown, finding: "over Wi-Fi, so there is no cable", fixes: []string{"Plug"}},
	{name: "connection not known", set: func(in *Input) { in.Phone.Connection = "" }, want: Unknown, finding: "how the iPhone is connected"},
})
