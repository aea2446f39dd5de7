package checks

import (
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

// runs sets model and version.
func runs(model, version string) func(*Input) {
	return func(in *Input) { in.Phone.ProductType, in.Phone.Version = facts.Of(model), facts.Of(version) }
}

var iosVersionSituations = []situation{
	{name: "newest", set: func(*Input) {}, want: Pass, finding: "iOS 27.0.1 is installed, the newest that Lifeboat knew of on 29 September 2026"},
	{name: "newer than the table", set: runs("iPhone13,2", "27.1"), want: Pass, finding: "iOS 27.1 is installed, which is newer"},
	{name: "a line newer than the table", set: runs("iPhone13,2", "28.0"), want: Pass, finding: "iOS 28.0 is installed, which is newer"},
	{name: "older in the same line", set: runs("iPhone13,2", "27.0"), want: Warn, finding: "iOS 27.0 is installed, and iOS 27.0.1 is out",
		fixes: []string{"backup to this computer first", "Settings > General > Software Update and install iOS 27.0.1"}},
	{name: "one line behind, patched", set: runs("iPhone13,2", "26.7.1"), want: Warn, finding: "iOS 26.7.1 is installed, and this iPhone 12 can run iOS 27.0.1"},
	{name: "trap: 26 follows 18", set: runs("iPhone11,8", "18.7.10"), want: Pass, finding: "iOS 18.7.10 is installed, the newest that an iPhone XR can run"},
	{name: "trap: tenth is after ninth", set: runs("iPhone11,8", "18.7.9"), want: Warn, finding: "iOS 18.7.9 is installed, and iOS 18.7.10 is out"},
	{name: "two lines behind", set: runs("iPhone13,2", "18.7.10"), want: Fail, finding: "iOS 18.7.10 is installed, which is far behind: this iPhone 12 can run iOS 27.0.1", fixes: []string{"first", "install iOS 27.0.1"}},
	{name: "a line that is mended no more", set: runs("iPhone12,1", "17.7.2"), want: Fail, finding: "iOS 17.7.2"},
	{name: "one line behind, mended no more", set: runs("iPhone11,2", "17.5"), want: Fail, finding: "this iPhone XS can run iOS 18.7.10"},
	{name: "iPhone 8 on 15", set: runs("iPhone10,1", "15.8.8"), want: Warn, finding: "this iPhone 8 can run iOS 16.7.16"},
	{name: "iPhone 7 at its end", set: runs("iPhone9,1", "15.8.8"), want: Pass, finding: "iPhone 7 can run"},
	{name: "iPhone 7 before its end", set: runs("iPhone9,1", "15.1"), want: Warn, finding: "iOS 15.8.8 is out"},
	{name: "iPhone 5s at its end, mended no more", set: runs("iPhone6,1", "12.5.8"), want: Pass, finding: "iPhone 5s can run"},
	{name: "iPhone 5 needs 10.3.4", set: runs("iPhone5,1", "10.3.3"), want: Warn, finding: "iOS 10.3.4 is out"},
	{name: "iPhone 5c ends with 10.3.3", set: runs("iPhone5,3", "10.3.3"), want: Pass, finding: "iPhone 5c can run"},
	{name: "unknown model, newest", set: runs("iPhone21,1", "27.0.1"), want: Pass, finding: "iOS 27.0.1"},
	{name: "unknown model, latest of an older line", set: runs("iPhone21,1", "26.7.1"), want: Ask, finding: "iOS 26.7.1 is installed; Lifeboat does not know this model", fixes: []string{"Software Update"}},
	{name: "unknown model, older in its line", set: runs("iPhone21,1", "26.2"), want: Warn, finding: "iOS 26.7.1 is out; Lifeboat does not know this model"},
	{name: "model not read, newest", set: func(in *Input) { in.Phone.ProductType = facts.Datum[string]{} }, want: Pass, finding: "iOS 27.0.1"},
	{name: "a version that never was", set: runs("iPhone13,2", "21.3"), want: Ask, finding: "iOS 21.3 is installed, a version that is not in Lifeboat's list"},
	{name: "table grown old, newest", set: func(in *Input) { in.Now = knowledge.IOS().AsOf.Add(tableGood + time.Hour) }, want: Ask, finding: "29 September 2026 and too old", fixes: []string{"Software Update"}},
	{name: "table grown old, end of a patched line", set: func(in *Input) {
		runs("iPhone9,1", "15.8.8")(in)
		in.Now = knowledge.IOS().AsOf.Add(tableGood + time.Hour)
	}, want: Ask, finding: "too old"},
	{name: "table grown old, still behind", set: func(in *Input) {
		runs("iPhone13,2", "26.7.1")(in)
		in.Now = knowledge.IOS().AsOf.Add(tableGood + time.Hour)
	}, want: Warn, finding: "26.7.1"},
	{name: "absent", set: func(in *Input) { in.Phone.Version = facts.Gone[string]() }, want: Ask, finding: "could not be read", fixes: []string{"Software Update"}},
	{name: "nonsense", set: runs("iPhone13,2", "twenty"), want: Ask, finding: "could not be read"},
	{name: "huge", set: runs("iPhone13,2", "99999999999999999999.1"), want: Ask, finding: "could not be read"},
	{name: "beta text", set: runs("iPhone13,2", "27.1 beta 2"), want: Ask, finding: "could not be read"},
}
