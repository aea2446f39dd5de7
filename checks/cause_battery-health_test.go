package checks

import "lifeboat/device/facts"

var _ = sound(func(in *Input) { in.Phone.BatteryHealth, in.Phone.BatteryCycles = facts.Of(91), facts.Of(312) })

// health sets how much the battery still holds.
func health(percent int) func(*Input) {
	return func(in *Input) { in.Phone.BatteryHealth = facts.Of(percent) }
}

var _ = tried(batteryHealth, needs{"Phone.BatteryHealth": missing}, []situation{
	{name: "good", set: func(*Input) {}, want: Pass, finding: "still holds about 91 %"},
	{name: "better than new", set: health(103), want: Pass, finding: "still holds about 100 %"},
	{name: "80 %, where Settings may say 77", set: health(80), want: Pass, finding: "still holds about 80 %"},
	{name: "75 %", set: health(75), want: Pass, finding: "still holds about 75 %"},
	{name: "74 %", set: health(74), want: Pass, finding: "only about 74 %", fixes: []string{"Battery Health"}},
	{name: "the cycles not read", set: func(in *Input) { in.Phone.BatteryCycles = facts.Datum[int]{} }, want: Pass, finding: "91 %"},
	{name: "an older phone, which has no such value", set: func(in *Input) { in.Phone.BatteryHealth = facts.Gone[int]() }, want: Unknown, finding: "didn’t tell"},
	{name: "refused", set: func(in *Input) { in.Phone.BatteryHealth = facts.Datum[int]{State: facts.Refused} }, want: Unknown, finding: "didn’t tell"},
	{name: "nonsense", set: health(9), want: Unknown, finding: "didn’t tell"},
	{name: "too much", set: health(151), want: Unknown, finding: "didn’t tell"},
	{name: "not trusted", set: func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Untrusted} }, want: Unknown, finding: "let this computer in"},
})
