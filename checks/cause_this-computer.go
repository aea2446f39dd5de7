package checks

import (
	"slices"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A backup to this computer needs a folder that can be written and room for
// all that the phone may hold (checks/SIGNALS.md#this-computer).
const thisComputer topic = "this-computer"

var _ = register(cause{id: thisComputer, place: 180, urgency: 100, about: ThisComputer,
	check: checkThisComputer})

// phoneMargin is what a phone wants free beyond the backup itself, or it
// refuses to begin (seen on iOS 26).
const phoneMargin int64 = 128 << 20

// fat are the file systems that hold no file of 4 GiB or more, which a long video is.
var fat = []string{"vfat", "msdos", "fat", "fat12", "fat16", "fat32"}

func checkThisComputer(in Input) Result {
	h := in.Host
	e := evidence{}
	kind, kindKnown := note(e, keyHostDestination, h.Kind)
	writable, writableKnown := note(e, keyHostWritable, h.Writable)
	free, freeKnown := note(e, keyHostFree, h.FreeBytes)
	system, systemKnown := note(e, keyHostFileSystem, h.FileSystem)
	remote, _ := note(e, keyHostRemote, h.Remote)
	note(e, keyDataCapacity, in.Phone.DataCapacity)
	note(e, keyDataAvailable, in.Phone.DataAvailable)

	need, needKnown := roomNeeded(in.Phone)
	args := words.Args{"Path": h.Destination, "Free": words.Bytes(free), "Need": words.Bytes(need), "Cloud": h.Cloud}
	choose, again := thisComputer.fix(Setting, "choose", nil).does(ChooseFolder), thisComputer.fix(Look, "look-again", nil)
	switch {
	case h.Destination == "":
		return thisComputer.outcome(Unknown, "none", nil, e, thisComputer.fix(Setting, "choose-first", nil).does(ChooseFolder))
	case h.Kind.Reason == facts.Pending:
		return pending(e)
	case kindKnown && kind == DestinationMissing:
		return thisComputer.outcome(Fail, "missing", args, e, thisComputer.fix(Look, "plug-in-drive", nil), choose)
	case kindKnown && kind == DestinationNew && h.MustExist:
		return thisComputer.outcome(Fail, "not-there", args, e, thisComputer.fix(Look, "make-folder", nil), choose)
	case kindKnown && kind == DestinationFile:
		return thisComputer.outcome(Fail, "file", args, e, choose)
	case writableKnown && !writable:
		return thisComputer.outcome(Fail, "not-writable", args, e, choose, allow(h.OS))
	case systemKnown && slices.Contains(fat, system):
		return thisComputer.outcome(Fail, "fat", args, e, choose)
	case freeKnown && free < phoneMargin:
		return thisComputer.outcome(Fail, "full", args, e, thisComputer.fix(Tidy, "free-up", nil), thisComputer.fix(Tidy, "larger", nil))
	case freeKnown && needKnown && free < need:
		// The most that it can need is no reason to call it too small.
		return thisComputer.outcome(Warn, "too-small", args, e, thisComputer.fix(Tidy, "free-up", nil), thisComputer.fix(Tidy, "larger", nil))
	case !kindKnown || !writableKnown || !freeKnown || !systemKnown:
		return thisComputer.outcome(Unknown, "unread", args, e, again, choose)
	case !needKnown:
		return thisComputer.outcome(Unknown, "need-unread", args, e, again)
	case h.Cloud != "":
		return thisComputer.outcome(Warn, "cloud", args, e, thisComputer.fix(Setting, "outside", words.Args{"Cloud": h.Cloud}).does(ChooseFolder))
	case remote:
		return thisComputer.outcome(Warn, "remote", args, e, thisComputer.fix(Setting, "local-drive", nil))
	}
	if kind == DestinationNew {
		return thisComputer.outcome(Pass, "roomy-new", args, e)
	}
	return thisComputer.outcome(Pass, "roomy", args, e)
}

// roomNeeded is a safe upper bound of a full backup: all that is used on the
// phone. A backup leaves out the apps themselves and what can be loaded again.
func roomNeeded(p facts.Phone) (int64, bool) {
	capacity, capacityKnown := p.DataCapacity.Known()
	free, freeKnown := p.DataAvailable.Known()
	if !capacityKnown || !freeKnown || capacity <= 0 || free < 0 || free > capacity {
		return 0, false
	}
	return capacity - free + phoneMargin, true
}

// allow is how the operating system itself lets a program write.
func allow(goos string) Fix {
	switch goos {
	case "windows", "darwin":
		return thisComputer.fix(Setting, "allow-"+goos, nil)
	}
	return thisComputer.fix(Setting, "allow", nil)
}
