package checks

import (
	"slices"
	"testing"
	"time"

	"lifeboat/device/facts"
)

// traffic sets what was counted on the phone's interfaces in eight seconds.
func traffic(wifi, cellular int) func(*Input) {
	return func(in *Input) {
		aged(10 * 24 * time.Hour)(in)
		in.Phone.Traffic = facts.Of(facts.Traffic{WiFi: wifi, Cellular: cellular, Tunnel: 2, Seconds: 8})
	}
}

// heard adds what backupd reported of Wi-Fi.
func heard(onWiFi bool, set func(*Input)) func(*Input) {
	return func(in *Input) { set(in); in.Attempt.Conditions.OnWiFi = facts.Of(onWiFi) }
}

// counting is while the packets are still being counted.
func counting(in *Input) {
	aged(10 * 24 * time.Hour)(in)
	in.Phone.Traffic = facts.Datum[facts.Traffic]{Reason: facts.Pending}
}

// uncounted is a phone that lets no packets be counted and hides its chip.
func uncounted(in *Input) {
	aged(10 * 24 * time.Hour)(in)
	in.Phone.Traffic = facts.Datum[facts.Traffic]{Reason: "service refused"}
	in.Phone.WiFiChannel = facts.Gone[int]()
}

var _ = tried(wifi, needs{"Phone.Traffic": missing}, []situation{
	{name: "packets, and a backup last night", set: func(*Input) {}, want: Pass, finding: "using Wi-Fi right now"},
	{name: "packets, and no backup lately", set: traffic(160, 3), want: Pass, finding: "using Wi-Fi right now", fixes: []string{"Which kind of Wi-Fi", "Low Data Mode"}},
	{name: "one packet is enough", set: traffic(1, 300), want: Pass, finding: "using Wi-Fi right now"},
	{name: "backupd says so", set: heard(true, traffic(0, 300)), want: Pass, finding: "iPhone’s own log says that it is on Wi-Fi"},
	{name: "backupd says no", set: heard(false, traffic(160, 0)), want: Fail, finding: "log says that it isn’t on Wi-Fi",
		noFix: "nearer", fixes: []string{"Settings > Wi-Fi", "router", "Back Up Over Cellular", "backup to this computer first", "Transfer or Reset iPhone > Reset > Reset Network Settings"}},
	{name: "cellular only", set: traffic(0, 31), want: Fail, finding: "isn’t on Wi-Fi: it is using the mobile network", fixes: []string{"Settings > Wi-Fi"}},
	{name: "cellular only, iOS 14", set: onIOS("14.8.1", traffic(0, 31)), want: Fail, finding: "using the mobile network", fixes: []string{"Settings > General > Reset > Reset Network Settings"}, noFix: "Back Up Over Cellular"},
	{name: "cellular only, whatever is answered", set: answering(traffic(0, 31), askWiFi, "yes"), want: Fail, finding: "using the mobile network"},
	{name: "no packet at all proves nothing", set: traffic(0, 0), want: Ask, finding: "may be on Wi-Fi, but nothing proves it", fixes: []string{"Wi-Fi symbol", "Which kind", "Low Data"}},
	{name: "being counted", set: counting, want: Unknown, finding: "still looking at this"},
	{name: "being counted, and backupd spoke", set: heard(false, counting), want: Fail, finding: "isn’t on Wi-Fi"},
	{name: "not counted, a channel is only a hint", set: func(in *Input) { uncounted(in); in.Phone.WiFiChannel = facts.Of(36) }, want: Ask, finding: "may be on Wi-Fi, but nothing proves it"},
	{name: "nothing read", set: uncounted, want: Ask, finding: "couldn’t read", fixes: []string{"Wi-Fi symbol", "Settings > Wi-Fi. Which kind", "tap the ⓘ"}},
	{name: "nothing read, iOS 12 has no Low Data Mode", set: onIOS("12.5.7", uncounted), want: Ask, finding: "couldn’t read"},
	{name: "the fan is there", set: answering(uncounted, askWiFi, "yes"), want: Pass, finding: "You said"},
	{name: "the fan is not there", set: answering(uncounted, askWiFi, "no"), want: Fail, finding: "no Wi-Fi symbol", fixes: []string{"Settings > Wi-Fi"}},
	{name: "no fan, they say, but packets went", set: answering(traffic(9, 0), askWiFi, "no"), want: Pass, finding: "using Wi-Fi right now"},
	{name: "Low Data Mode on this Wi-Fi", set: answering(traffic(160, 0), askLowData, "on"), want: Warn, finding: "Low Data Mode", fixes: []string{"switch off “Low Data Mode”"}},
	{name: "Low Data Mode is off", set: answering(traffic(160, 0), askLowData, "off"), want: Pass, finding: "using Wi-Fi right now"},
	{name: "guest Wi-Fi", set: answering(traffic(160, 0), askWiFiKind, "guest"), want: Warn, finding: "guests", fixes: []string{"login page", "Settings > Wi-Fi"}},
	{name: "hotspot", set: answering(uncounted, askWiFiKind, "hotspot"), want: Warn, finding: "hotspot", fixes: []string{"Settings > Wi-Fi"}},
	{name: "home", set: answering(uncounted, askWiFiKind, "home"), want: Ask, finding: "couldn’t read"},
})

// Questions stand where an answer can matter, and nowhere else.
func TestWiFiAsksWhatMatters(t *testing.T) {
	for _, tc := range []struct {
		name string
		set  func(*Input)
		want []QuestionID
	}{
		{"backed up last night", func(*Input) {}, nil},
		{"no backup lately", traffic(160, 0), []QuestionID{askWiFiKind, askLowData}},
		{"a backup of tomorrow", func(in *Input) { traffic(160, 0)(in); aged(-24 * time.Hour)(in) }, []QuestionID{askWiFiKind, askLowData}},
		{"nothing read", uncounted, []QuestionID{askWiFi, askWiFiKind, askLowData}},
		{"nothing read, iOS 13", onIOS("13.7", uncounted), []QuestionID{askWiFi, askWiFiKind, askLowData}},
		{"nothing read, iOS 12", onIOS("12.5.7", uncounted), []QuestionID{askWiFi, askWiFiKind}},
		{"proven to be off", traffic(0, 31), nil},
	} {
		in := healthy()
		tc.set(&in)
		var got []QuestionID
		for _, q := range resultOf(t, in, wifi).Questions {
			got = append(got, q.ID)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: asks %q, want %q", tc.name, got, tc.want)
		}
	}
}
