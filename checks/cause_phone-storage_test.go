package checks

import "lifeboat/device/facts"

// space sets free space and the size of the data volume; nothing can be cleared away.
func space(free, whole int64) func(*Input) { return spaces(free, free, whole) }

// spaces sets what the phone counts as free, what it counts with all that it
// can clear away, and the size of the data volume.
func spaces(free, most, whole int64) func(*Input) {
	return func(in *Input) {
		in.Phone.DataAvailable, in.Phone.DataReclaimable, in.Phone.DataCapacity = facts.Of(free), facts.Of(most), facts.Of(whole)
	}
}

var _ = tried(phoneStorage, needs{"Phone.DataAvailable": missing}, []situation{
	{name: "roomy", set: func(*Input) {}, want: Pass, finding: "At least 40 GB of 116 GB is free"},
	{name: "just under 1 GB, all told", set: space(gigabyte-1, 64*gigabyte), want: Fail, finding: "Only 1000 MB is free on the iPhone, and at most 1000 MB", fixes: []string{"iPhone Storage", "Offload"}},
	{name: "exactly 1 GB", set: space(gigabyte, 64*gigabyte), want: Warn, finding: "1.0 GB"},
	{name: "exactly 2 GB", set: space(2*gigabyte, 64*gigabyte), want: Warn, finding: "2.0 GB"},
	{name: "more than 2 GB", set: space(2*gigabyte+1, 64*gigabyte), want: Pass, finding: "2.0 GB of 64 GB"},
	{name: "seen on iOS 14: 16 GB, and full", set: spaces(320_000_000, 700_000_000, 9_500_000_000), want: Fail, finding: "Only 320 MB is free on the iPhone, and at most 700 MB"},
	{name: "seen on iOS 27: 16.5 GB of 512 told, 263.6 GB in Settings", set: spaces(16_500_000_000, 263_000_000_000, 500*gigabyte), want: Pass, finding: "At least 17 GB of 500 GB"},
	{name: "6.4 GB of 256, and 121 that can be cleared away", set: spaces(6_400_000_000, 121*gigabyte, 244*gigabyte), want: Pass, finding: "6.4 GB"},
	{name: "0.9 GB of 256, and 121 that can be cleared away", set: spaces(900_000_000, 121*gigabyte, 244*gigabyte), want: Ask, finding: "counts 900 MB as free, and 121 GB with what", fixes: []string{"iPhone Storage"}},
	{name: "the same, and the user read little", set: answering(spaces(900_000_000, 121*gigabyte, 244*gigabyte), askPhoneSpace, "little"), want: Fail, finding: "You said"},
	{name: "the same, and the user read plenty", set: answering(spaces(900_000_000, 121*gigabyte, 244*gigabyte), askPhoneSpace, "plenty"), want: Pass, finding: "You said"},
	{name: "little free, and a bit more that can be cleared away", set: spaces(300_000_000, 1_500_000_000, 64*gigabyte), want: Warn, finding: "at most 1.5 GB"},
	{name: "little free, and the total unread", set: func(in *Input) {
		space(300_000_000, 64*gigabyte)(in)
		in.Phone.DataReclaimable = facts.Gone[int64]()
	}, want: Warn, finding: "may have only 300 MB free. Its Settings often show more", fixes: []string{"iPhone Storage"}},
	{name: "a total below what is free", set: spaces(900_000_000, 100_000_000, 64*gigabyte), want: Warn, finding: "Settings often show more"},
	{name: "a total above the disk", set: spaces(900_000_000, 65*gigabyte, 64*gigabyte), want: Warn, finding: "Settings often show more"},
	{name: "empty to the last byte", set: space(0, 64*gigabyte), want: Fail, finding: "0 B"},
	{name: "size of the data not read, disk known", set: func(in *Input) { in.Phone.DataCapacity = facts.Datum[int64]{} }, want: Pass, finding: "of 128 GB"},
	{name: "no size known, plenty free", set: func(in *Input) {
		in.Phone.DataCapacity, in.Phone.DiskCapacity = facts.Gone[int64](), facts.Gone[int64]()
	}, want: Pass, finding: "At least 40 GB is free"},
	{name: "no size known, full", set: func(in *Input) {
		space(400_000_000, 0)(in)
		in.Phone.DataCapacity, in.Phone.DiskCapacity = facts.Gone[int64](), facts.Gone[int64]()
	}, want: Fail, finding: "400 MB"},
	{name: "more free than there is", set: space(65*gigabyte, 64*gigabyte), want: Ask, finding: "couldn’t read"},
	{name: "negative", set: space(-1, 64*gigabyte), want: Ask, finding: "couldn’t read"},
	{name: "absent", set: func(in *Input) { in.Phone.DataAvailable = facts.Gone[int64]() }, want: Ask, finding: "couldn’t read", fixes: []string{"2 GB"}},
})
