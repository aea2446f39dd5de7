package checks

import (
	"testing"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

// runs sets model and version.
func runs(model, version string) func(*Input) {
	return func(in *Input) { in.Phone.ProductType, in.Phone.Version = facts.Of(model), facts.Of(version) }
}

// appleOffers sets model and version, and what Apple offers that model; an
// iPhone XR and an iPhone 8 are offered the same as ever.
func appleOffers(model, version string, versions ...string) func(*Input) {
	return func(in *Input) {
		runs(model, version)(in)
		offered := map[string][]string{"iPhone11,8": {"18.7.10"}, "iPhone10,1": {"16.7.16"}}
		if len(versions) > 0 {
			offered[model] = versions
		}
		in.Network.Versions = facts.Of(VersionList{AsOf: now.Add(-time.Hour), Source: "gdmf.apple.com", Offered: offered})
	}
}

// listedAt is what Apple offered at another time.
func listedAt(at time.Time, set func(*Input)) func(*Input) {
	return func(in *Input) { set(in); in.Network.Versions.Value.AsOf = at }
}

// grownOld sets the clock to when the table vouches for nothing any more.
func grownOld(set func(*Input)) func(*Input) {
	return func(in *Input) { set(in); in.Now = knowledge.IOS().AsOf.Add(tableGood + time.Hour) }
}

var _ = tried(iosVersion, needs{"Phone.Version": missing}, []situation{
	{name: "a beta, and saved", set: func(in *Input) { in.Phone.Build = facts.Of("24C5073e") }, want: Pass, finding: "as a beta"},
	{name: "a beta, and nothing saved", set: func(in *Input) { aged(20 * day)(in); in.Phone.Build = facts.Of("24C5073e") }, want: Warn, finding: "as a beta", fixes: []string{"Beta Updates"}},
	{name: "a beta by a profile, and nothing saved", set: func(in *Input) {
		aged(20 * day)(in)
		runs("iPhone8,1", "15.8")(in)
		in.Phone.Build = facts.Of("19H5300a")
	}, want: Warn, finding: "as a beta", fixes: []string{"VPN & Device Management, remove the iOS beta profile"}, noFix: "Beta Updates"},
	{name: "whether it is a beta is not told", set: func(in *Input) { in.Phone.Build = facts.Gone[string]() }, want: Unknown, finding: "couldn’t read whether it is a beta"},
	{name: "the same, and behind", set: func(in *Input) { runs("iPhone13,2", "18.6.2")(in); in.Phone.Build = facts.Gone[string]() }, want: Warn, finding: "can run iOS"},
	{name: "offered: newest", set: appleOffers("iPhone13,2", "27.1", "27.1", "26.7.1"), want: Pass, finding: "iOS 27.1 is installed, and on 23 November 2026 Apple offered nothing newer for this iPhone 12."},
	{name: "offered: newer than what is offered", set: appleOffers("iPhone13,2", "27.2", "27.1"), want: Pass, finding: "iOS 27.2 is installed, and on 23 November 2026 Apple offered nothing newer"},
	{name: "offered: the table's newest is not", set: appleOffers("iPhone13,2", "27.0.1", "27.1", "26.7.1"), want: Warn, finding: "iOS 27.0.1 is installed, and iOS 27.1 is out", fixes: []string{"first", "install iOS 27.1"}},
	{name: "offered: a new line", set: appleOffers("iPhone13,2", "27.0.1", "28.0", "27.0.1"), want: Pass, finding: "the newest of its line on 23 November 2026. This iPhone 12 can also run iOS 28.0"},
	{name: "offered: a new line, old one patched no more", set: appleOffers("iPhone13,2", "27.0.1", "28.1"), want: Warn, finding: "no more updates; this iPhone 12 can run iOS 28.1"},
	{name: "offered: old line mended for others", set: appleOffers("iPhone12,1", "16.7.2", "16.9"), want: Warn, finding: "iOS 16.9 is out"},
	{name: "offered: one behind, mended for others", set: appleOffers("iPhone12,1", "18.7.10", "26.7.1"), want: Pass, finding: "This iPhone 11 can also run iOS 26.7.1"},
	{name: "offered: two behind, and the newest of its line", set: appleOffers("iPhone13,2", "18.7.10", "27.0.1"), want: Pass, finding: "can also run iOS 27.0.1"},
	{name: "offered: two behind, and behind in its line", set: appleOffers("iPhone13,2", "18.6.2", "27.0.1"), want: Warn, finding: "can run iOS 27.0.1. Backups may still work", fixes: []string{"first", "install iOS 27.0.1"}},
	{name: "offered: end of its line", set: appleOffers("iPhone11,8", "18.7.10"), want: Pass, finding: "nothing newer for this iPhone XR"},
	{name: "offered: a model that the table lacks", set: appleOffers("iPhone21,1", "28.0", "28.0.1", "28.0"), want: Warn, finding: "iOS 28.0.1 is out", fixes: []string{"install iOS 28.0.1"}},
	{name: "offered: a model that the table lacks, one line behind", set: appleOffers("iPhone21,1", "27.0.1", "28.0.1", "27.0.1"), want: Pass, finding: "This iPhone can also run iOS 28.0.1"},
	{name: "offered: a version that never was", set: appleOffers("iPhone13,2", "21.3", "27.0.1"), want: Ask, finding: "isn’t in our list of 23 November 2026"},
	{name: "offered: not for this model", set: appleOffers("iPhone13,2", "27.0.1"), want: Pass, finding: "knew of on 29 September 2026"},
	{name: "offered: forms that cannot be compared", set: appleOffers("iPhone13,2", "27.0.1", "twenty-eight"), want: Ask, finding: "couldn’t look up whether a newer one came out after 29 September 2026"},
	{name: "offered: older than the table", set: listedAt(knowledge.IOS().AsOf.Add(-time.Hour), appleOffers("iPhone13,2", "27.0.1", "28.0")), want: Pass, finding: "knew of on 29 September 2026"},
	{name: "offered: in the future", set: listedAt(now.Add(48*time.Hour), appleOffers("iPhone13,2", "27.0.1", "28.0")), want: Ask, finding: "couldn’t look up whether a newer one came out after 29 September 2026"},
	{name: "offered: while the table is too old", set: grownOld(appleOffers("iPhone13,2", "27.0.1", "27.0.1")), want: Pass, finding: "nothing newer"},
	{name: "offered: list and table too old", set: grownOld(listedAt(knowledge.IOS().AsOf.Add(time.Minute), appleOffers("iPhone13,2", "27.0.1", "27.0.1"))), want: Ask, finding: "29 September 2026, too old"},
	{name: "list on its way, table too old", set: grownOld(func(in *Input) { in.Network.Versions.Reason = facts.Pending }), want: Unknown, finding: "still looking at this"},
	{name: "list on its way, table good", set: func(in *Input) { in.Network.Versions.Reason = facts.Pending }, want: Unknown, finding: "still looking at this"},
	{name: "list on its way, version unread", set: func(in *Input) {
		in.Network.Versions.Reason = facts.Pending
		in.Phone.Version = facts.Gone[string]()
	}, want: Ask, finding: "couldn’t read"},
	{name: "offered: not for this model, and newer for another", set: appleOffers("iPhone13,2", "16.7.16"), want: Ask, finding: "couldn’t look up"},
	{name: "offered: model not read, nothing newer for any", set: func(in *Input) {
		appleOffers("iPhone13,2", "27.0.1", "27.0.1")(in)
		in.Phone.ProductType = facts.Datum[string]{}
	}, want: Pass, finding: "knew of on 29 September 2026"},
	{name: "offered: model not read, newer for another", set: func(in *Input) {
		appleOffers("iPhone13,2", "27.0.1", "27.1")(in)
		in.Phone.ProductType = facts.Datum[string]{}
	}, want: Ask, finding: "iOS 27.0.1 is installed. We couldn’t look up whether"},
	{name: "switched off, behind by the table", set: func(in *Input) {
		runs("iPhone13,2", "27.0")(in)
		in.Network.Versions.Reason = SwitchedOff
	}, want: Warn, finding: "iOS 27.0.1 is out"},
	{name: "switched off, at its end for good", set: func(in *Input) {
		runs("iPhone6,1", "12.5.8")(in)
		in.Network.Versions.Reason = SwitchedOff
	}, want: Pass, finding: "iPhone 5s can run"},
	{name: "offline", set: func(in *Input) { in.Network.Versions.Reason = Offline }, want: Ask, finding: "couldn’t look up whether a newer one came out after 29 September 2026"},

	{name: "newest", set: func(*Input) {}, want: Pass, finding: "iOS 27.0.1 is installed, the newest that we knew of on 29 September 2026"},
	{name: "newer than the table", set: runs("iPhone13,2", "27.1"), want: Pass, finding: "iOS 27.1 is installed, which is newer"},
	{name: "a line newer than the table", set: runs("iPhone13,2", "28.0"), want: Pass, finding: "iOS 28.0 is installed, which is newer"},
	{name: "older in the same line", set: runs("iPhone13,2", "27.0"), want: Warn, finding: "iOS 27.0 is installed, and iOS 27.0.1 is out",
		fixes: []string{"backup to this computer first", "Settings > General > Software Update and install iOS 27.0.1"}},
	{name: "one line behind, patched", set: runs("iPhone13,2", "26.7.1"), want: Pass, finding: "iOS 26.7.1 is installed, the newest of its line on 29 September 2026. This iPhone 12 can also run iOS 27.0.1"},
	{name: "trap: 26 follows 18", set: runs("iPhone11,8", "18.7.10"), want: Pass, finding: "iOS 18.7.10 is installed, the newest that an iPhone XR can run"},
	{name: "trap: tenth is after ninth", set: runs("iPhone11,8", "18.7.9"), want: Warn, finding: "iOS 18.7.9 is installed, and iOS 18.7.10 is out"},
	{name: "two lines behind, and the newest of its line", set: runs("iPhone13,2", "18.7.10"), want: Pass, finding: "iOS 18.7.10 is installed, the newest of its line"},
	{name: "two lines behind", set: runs("iPhone13,2", "18.6.2"), want: Warn, finding: "iOS 18.6.2 is installed; this iPhone 12 can run iOS 27.0.1", fixes: []string{"first", "install iOS 27.0.1"}},
	{name: "one line behind, and behind in its line", set: runs("iPhone13,2", "26.2"), want: Warn, finding: "iOS 26.2 is installed; this iPhone 12 can run iOS 27.0.1"},
	{name: "below what iCloud Backup asks for", set: runs("iPhone5,1", "8.4.1"), want: Fail, finding: "iCloud Backup needs iOS 9", fixes: []string{"first", "install what it offers"}},
	{name: "the oldest that iCloud Backup takes", set: runs("iPhone5,1", "9.3.6"), want: Warn, finding: "iOS 9.3.6"},
	{name: "a line that is patched no more", set: runs("iPhone12,1", "17.7.2"), want: Warn, finding: "iOS 17.7.2"},
	{name: "one line behind, patched no more", set: runs("iPhone11,2", "17.5"), want: Warn, finding: "this iPhone XS can run iOS 18.7.10"},
	{name: "iPhone 8 on 15", set: runs("iPhone10,1", "15.8.8"), want: Pass, finding: "This iPhone 8 can also run iOS 16.7.16"},
	{name: "iPhone 7 at its end", set: runs("iPhone9,1", "15.8.8"), want: Pass, finding: "iPhone 7 can run"},
	{name: "iPhone 7 before its end", set: runs("iPhone9,1", "15.1"), want: Warn, finding: "iOS 15.8.8 is out"},
	{name: "iPhone 5s at its end, mended no more", set: runs("iPhone6,1", "12.5.8"), want: Pass, finding: "iPhone 5s can run"},
	{name: "iPhone 5 needs 10.3.4", set: runs("iPhone5,1", "10.3.3"), want: Warn, finding: "iOS 10.3.4 is out"},
	{name: "iPhone 5c ends with 10.3.3", set: runs("iPhone5,3", "10.3.3"), want: Pass, finding: "iPhone 5c can run"},
	{name: "unknown model, newest", set: runs("iPhone21,1", "27.0.1"), want: Pass, finding: "iOS 27.0.1"},
	{name: "unknown model, latest of an older line", set: runs("iPhone21,1", "26.7.1"), want: Ask, finding: "iOS 26.7.1 is installed. We don’t know this model", fixes: []string{"Software Update"}},
	{name: "unknown model, older in its line", set: runs("iPhone21,1", "26.2"), want: Warn, finding: "iOS 26.7.1 is out. We don’t know this model"},
	{name: "model not read, newest", set: func(in *Input) { in.Phone.ProductType = facts.Datum[string]{} }, want: Pass, finding: "iOS 27.0.1"},
	{name: "a version that never was", set: runs("iPhone13,2", "21.3"), want: Ask, finding: "iOS 21.3 is installed, a version that isn’t in our list"},
	{name: "table grown old, newest", set: func(in *Input) { in.Now = knowledge.IOS().AsOf.Add(tableGood + time.Hour) }, want: Ask, finding: "29 September 2026, too old", fixes: []string{"Software Update"}},
	{name: "table grown old, end of a patched line", set: func(in *Input) {
		runs("iPhone9,1", "15.8.8")(in)
		in.Now = knowledge.IOS().AsOf.Add(tableGood + time.Hour)
	}, want: Ask, finding: "too old"},
	{name: "table grown old, still behind", set: func(in *Input) {
		runs("iPhone13,2", "26.7.1")(in)
		in.Now = knowledge.IOS().AsOf.Add(tableGood + time.Hour)
	}, want: Ask, finding: "26.7.1"},
	{name: "absent", set: func(in *Input) { in.Phone.Version = facts.Gone[string]() }, want: Ask, finding: "couldn’t read", fixes: []string{"Software Update"}},
	{name: "nonsense", set: runs("iPhone13,2", "twenty"), want: Ask, finding: "couldn’t read"},
	{name: "huge", set: runs("iPhone13,2", "99999999999999999999.1"), want: Ask, finding: "couldn’t read"},
	{name: "beta text", set: runs("iPhone13,2", "27.1 beta 2"), want: Ask, finding: "couldn’t read"},
})

// The evidence says who was asked, and when, or why there is no list.
func TestVersionsAsEvidence(t *testing.T) {
	for _, tc := range []struct {
		set  func(*Input)
		want string
	}{
		{func(*Input) {}, ""},
		{appleOffers("iPhone13,2", "27.0.1", "27.0.1"), "gdmf.apple.com (2026-11-23)"},
		{func(in *Input) { in.Network.Versions.Reason = SwitchedOff }, "not read: switched-off"},
	} {
		in := healthy()
		tc.set(&in)
		if got := resultOf(t, in, iosVersion).Evidence[keyNetworkVersions]; got != tc.want {
			t.Errorf("evidence %q, want %q", got, tc.want)
		}
	}
}
