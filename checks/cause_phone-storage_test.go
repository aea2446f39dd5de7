package checks

import "lifeboat/device/facts"

// space sets free space and the size of the data volume.
func space(free, whole int64) func(*Input) {
	return func(in *Input) { in.Phone.DataAvailable, in.Phone.DataCapacity = facts.Of(free), facts.Of(whole) }
}

var phoneStorageSituations = []situation{
	{name: "roomy", set: func(*Input) {}, want: Pass, finding: "At least 40 GB of 116 GB is free"},
	{name: "just under 1 GB", set: space(gigabyte-1, 64*gigabyte), want: Fail, finding: "As little as 1000 MB may be free", fixes: []string{"iPhone Storage", "Offload"}},
	{name: "exactly 1 GB", set: space(gigabyte, 64*gigabyte), want: Warn, finding: "1.0 GB"},
	{name: "exactly 2 GB", set: space(2*gigabyte, 64*gigabyte), want: Warn, finding: "2.0 GB"},
	{name: "more than 2 GB and 3 %", set: space(2*gigabyte+1, 64*gigabyte), want: Pass, finding: "2.0 GB of 64 GB"},
	{name: "more than 2 GB, exactly 3 %", set: space(15*gigabyte, 500*gigabyte), want: Warn, finding: "15 GB of 500 GB"},
	{name: "more than 2 GB and just over 3 %", set: space(15*gigabyte+1, 500*gigabyte), want: Pass, finding: "15 GB of 500 GB"},
	{name: "empty to the last byte", set: space(0, 64*gigabyte), want: Fail, finding: "0 B"},
	{name: "size of the data not read, disk known", set: func(in *Input) { in.Phone.DataCapacity = facts.Datum[int64]{} }, want: Pass, finding: "of 128 GB"},
	{name: "no size known, plenty free", set: func(in *Input) {
		in.Phone.DataCapacity, in.Phone.DiskCapacity = facts.Gone[int64](), facts.Gone[int64]()
	}, want: Ask, finding: "At least 40 GB is free"},
	{name: "no size known, full", set: func(in *Input) {
		in.Phone.DataAvailable = facts.Of[int64](400_000_000)
		in.Phone.DataCapacity, in.Phone.DiskCapacity = facts.Gone[int64](), facts.Gone[int64]()
	}, want: Fail, finding: "400 MB"},
	{name: "more free than there is", set: space(65*gigabyte, 64*gigabyte), want: Ask, finding: "could not be read"},
	{name: "negative", set: space(-1, 64*gigabyte), want: Ask, finding: "could not be read"},
	{name: "absent", set: func(in *Input) { in.Phone.DataAvailable = facts.Gone[int64]() }, want: Ask, finding: "could not be read", fixes: []string{"2 GB"}},
}
