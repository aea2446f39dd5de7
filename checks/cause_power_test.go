package checks

import "lifeboat/device/facts"

// battery sets what the phone says of its battery.
func battery(level int, external, charging, full bool) func(*Input) {
	return func(in *Input) {
		in.Phone.BatteryLevel, in.Phone.ExternalConnected = facts.Of(level), facts.Of(external)
		in.Phone.BatteryCharging, in.Phone.BatteryFull = facts.Of(charging), facts.Of(full)
	}
}

var _ = tried(power, needs{"Phone.ExternalConnected": missing, "Phone.BatteryLevel": missing, "Phone.BatteryCharging": missing}, []situation{
	{name: "charging: the cable is proven, the night is not", set: func(*Input) {}, want: Pass, finding: "64 %. Whether it charges at night only you can tell", fixes: []string{"spend the night"}},
	{name: "full", set: battery(100, true, false, true), want: Pass, finding: "its battery is full"},
	{name: "held at 80 %", set: battery(80, true, false, false), want: Pass, finding: "80 %", fixes: []string{"spend the night"}},
	{name: "79 % and not charging", set: battery(79, true, false, false), want: Warn, finding: "isn’t charging, at 79 %", fixes: []string{"another port", "another cable", "cool down"}},
	{name: "not charging because it is hot", set: func(in *Input) { battery(52, true, false, false)(in); in.Phone.BatteryTemperature = facts.Of(41.5) }, want: Warn,
		finding: "hot (41 °C) and isn’t charging, at 52 %", fixes: []string{"cool down", "another port"}},
	{name: "hot, and charging", set: func(in *Input) { in.Phone.BatteryTemperature = facts.Of(41.5) }, want: Pass, finding: "charging"},
	{name: "20 % and charging", set: battery(20, true, true, false), want: Pass, finding: "20 %"},
	{name: "19 % and charging", set: battery(19, true, true, false), want: Warn, finding: "19 %", fixes: []string{"to 20 %"}},
	{name: "19 % and not charging", set: battery(19, true, false, false), want: Warn, finding: "19 %", fixes: []string{"another port"}},
	{name: "cable without power", set: battery(64, false, false, false), want: Warn, finding: "gets no power", fixes: []string{"another port", "port with a light", "another cable", "night"}},
	{name: "over Wi-Fi, not plugged in", set: func(in *Input) { battery(64, false, false, false)(in); in.Phone.Connection = "Network" }, want: Ask, finding: "over Wi-Fi", fixes: []string{"night"}},
	{name: "connection not known, no power", set: func(in *Input) { battery(64, false, false, false)(in); in.Phone.Connection = "" }, want: Ask, finding: "isn’t plugged in"},
	{name: "external absent", set: func(in *Input) { in.Phone.ExternalConnected = facts.Gone[bool]() }, want: Unknown, finding: "couldn’t read whether the iPhone gets power", fixes: []string{"night", "bolt"}},
	{name: "level not read", set: func(in *Input) { in.Phone.BatteryLevel = facts.Datum[int]{} }, want: Unknown, finding: "couldn’t read its battery level"},
	{name: "level impossible", set: func(in *Input) { in.Phone.BatteryLevel = facts.Of(900) }, want: Unknown, finding: "couldn’t read its battery level"},
	{name: "charging refused", set: func(in *Input) { in.Phone.BatteryCharging = facts.Datum[bool]{State: facts.Refused} }, want: Unknown, finding: "64 %, but we couldn’t read"},
	{name: "charging not read, but full", set: func(in *Input) { battery(100, true, false, true)(in); in.Phone.BatteryCharging = facts.Datum[bool]{} }, want: Pass, finding: "its battery is full"},
})
