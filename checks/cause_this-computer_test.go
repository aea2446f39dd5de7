package checks

import "lifeboat/device/facts"

// hostFree sets the free space; the healthy phone uses 76 GB.
func hostFree(n int64) func(*Input) { return func(in *Input) { in.Host.FreeBytes = facts.Of(n) } }

var _ = tried(thisComputer, needs{
	"Host.Kind": missing, "Host.FreeBytes": missing, "Host.FileSystem": missing, "Host.Writable": missing,
	"Phone.DataAvailable": missing, "Phone.DataCapacity": missing,
}, []situation{
	{name: "roomy", set: func(*Input) {}, want: Pass, finding: "250 GB is free in /home/anna/Lifeboat, and a backup needs at most 76 GB"},
	{name: "folder yet to be made", set: func(in *Input) { in.Host.Kind = facts.Of(DestinationNew) }, want: Pass, finding: "Lifeboat doesn’t exist yet. 250 GB is free where"},
	{name: "a chosen folder that is not there", set: func(in *Input) { in.Host.Kind, in.Host.MustExist = facts.Of(DestinationNew), true }, want: Fail, finding: "/home/anna/Lifeboat doesn’t exist.", fixes: []string{"Make the folder", "another folder"}},
	{name: "exactly enough", set: hostFree(76*gigabyte + phoneMargin), want: Pass, finding: "76 GB"},
	{name: "a byte too little", set: hostFree(76*gigabyte + phoneMargin - 1), want: Warn, finding: "A backup can need up to 76 GB", fixes: []string{"this computer’s drive", "larger drive"}},
	{name: "far less than the most it can need", set: hostFree(713_000_000), want: Warn, finding: "713 MB is free"},
	{name: "less than a phone wants to begin", set: hostFree(phoneMargin - 1), want: Fail, finding: "134 MB is free"},
	{name: "missing", set: func(in *Input) { in.Host.Kind = facts.Of(DestinationMissing) }, want: Fail, finding: "/home/anna/Lifeboat doesn’t exist", fixes: []string{"plug the drive in", "another folder"}},
	{name: "a file", set: func(in *Input) { in.Host.Kind = facts.Of(DestinationFile) }, want: Fail, finding: "/home/anna/Lifeboat is a file"},
	{name: "not writable, Linux", set: func(in *Input) { in.Host.Writable = facts.Of(false) }, want: Fail, finding: "isn’t allowed to write into /home/anna/Lifeboat", fixes: []string{"another folder", "looks after this computer"}},
	{name: "not writable, Windows", set: func(in *Input) { in.Host.Writable, in.Host.OS = facts.Of(false), "windows" }, want: Fail, finding: "isn’t allowed to write", fixes: []string{"Controlled folder access"}},
	{name: "not writable, macOS", set: func(in *Input) { in.Host.Writable, in.Host.OS = facts.Of(false), "darwin" }, want: Fail, finding: "isn’t allowed to write", fixes: []string{"Files and Folders"}},
	{name: "FAT", set: func(in *Input) { in.Host.FileSystem = facts.Of("msdos") }, want: Fail, finding: "formatted as FAT"},
	{name: "exFAT is fine", set: func(in *Input) { in.Host.FileSystem = facts.Of("exfat") }, want: Pass, finding: "250 GB"},
	{name: "a network share", set: func(in *Input) { in.Host.Remote = facts.Of(true) }, want: Warn, finding: "another computer in the network", fixes: []string{"plugged into this computer"}},
	{name: "a folder that is uploaded", set: func(in *Input) { in.Host.Cloud = "OneDrive" }, want: Warn, finding: "OneDrive uploads what is in there", fixes: []string{"outside of OneDrive"}},
	{name: "uploaded, but too small", set: func(in *Input) { in.Host.Cloud = "OneDrive"; hostFree(1)(in) }, want: Fail, finding: "1 B"},
	{name: "still looking at this", set: func(in *Input) {
		in.Host = Host{Destination: "/d", Kind: facts.Datum[DestinationKind]{Reason: facts.Pending}}
	}, want: Unknown, finding: "still looking at this"},
	{name: "none chosen", set: func(in *Input) { in.Host = Host{} }, want: Unknown, finding: "No folder", fixes: []string{"Choose"}},
	{name: "free space not read", set: func(in *Input) { in.Host.FreeBytes = facts.Datum[int64]{} }, want: Unknown, finding: "couldn’t find out"},
	{name: "writability not read", set: func(in *Input) { in.Host.Writable = facts.Datum[bool]{} }, want: Unknown, finding: "couldn’t find out"},
	{name: "writability not read, but too small", set: func(in *Input) { in.Host.Writable = facts.Datum[bool]{}; hostFree(1)(in) }, want: Fail, finding: "1 B"},
	{name: "file system not read", set: func(in *Input) { in.Host.FileSystem = facts.Datum[string]{} }, want: Unknown, finding: "couldn’t find out"},
	{name: "phone does not say how full it is", set: func(in *Input) { in.Phone.DataAvailable = facts.Gone[int64]() }, want: Unknown, finding: "250 GB is free"},
	{name: "phone says it is fuller than it is large", set: space(200*gigabyte, 116*gigabyte), want: Unknown, finding: "didn’t say how much it holds"},
})
