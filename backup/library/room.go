package library

import (
	"context"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/disk"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// Room is what the backups in a folder take, and what is left.
type Room struct {
	// Free and Size are those of the disk, in bytes; 0 is not known.
	Free, Size int64
	// Used is what all backups in the folder take together, those in the trash too.
	// What an interrupted backup has left is not counted.
	Used int64
	// More: it is more than that, as of some backups it is not known.
	More   bool
	Phones []PhoneRoom
	// Next is what goes next by the policy, phone by phone.
	Next []Going
}

// PhoneRoom is what the backups of one phone take.
type PhoneRoom struct {
	Kept
	Bytes int64
	// More: it is more than that.
	More bool
	// Own is what removing each version would give free, in bytes by its number. One
	// whose list cannot be read has none.
	Own map[int]int64
}

// Going is a version that goes to the trash, or for good.
type Going struct {
	Kept Kept
	vault.Upcoming
	// Bytes is the room that its removal for good gives, if Known. Two that share
	// contents give more together.
	Bytes int64
	Known bool
}

// Room measures what the backups in a folder take, as [Library.List] has found them,
// and says what goes next by the policy. It reads lists and no content, and changes
// nothing. It ends with ctx between two phones; with an error it has those before.
func (l *Library) Room(ctx context.Context, dir string, all []Kept, policy vault.Policy, now time.Time) (Room, error) {
	var r Room
	if disk.Native(l.Files()) {
		if free, err := disk.Free(dir); err == nil {
			r.Free = int64(min(free, 1<<62))
		}
		if at, err := disk.Existing(dir); err == nil {
			if v, err := disk.VolumeOf(at); err == nil {
				r.Size = int64(min(v.Size, 1<<62))
			}
		}
	}
	for _, k := range all {
		if ctx.Err() != nil {
			return r, fault.New(fault.Cancelled, "measure the backups", context.Cause(ctx))
		}
		own, err := l.Sizes(k)
		if err != nil {
			return r, err
		}
		p := PhoneRoom{Kept: k, Own: own}
		bytes, known, err := vault.Stored(l.FilesOf(k), k.Root, k.UDID, k.Versions)
		if err != nil {
			return r, err
		}
		p.Bytes, p.More = bytes, !known
		r.Used, r.More = r.Used+bytes, r.More || !known
		r.Phones = append(r.Phones, p)
		for _, up := range policy.Upcoming(oldestFirst(k.Versions), own, now) {
			bytes, known := own[up.Version.Number]
			r.Next = append(r.Next, Going{k, up, bytes, known})
		}
	}
	return r, nil
}

// Words say what the backups take, and what is left.
func (r Room) Words() words.Text {
	key := "library.room.used"
	switch {
	case r.More:
		key = "library.room.more"
	case len(r.Phones) == 0:
		key = "library.room.none"
	}
	args := words.Args{"Used": words.Bytes(r.Used), "Free": "", "Size": ""}
	if r.Free > 0 && r.Size > 0 {
		args["Free"], args["Size"] = words.Bytes(r.Free), words.Bytes(r.Size)
	}
	return words.T(key, args)
}

// Words say what goes, and when.
func (g Going) Words() words.Text {
	key := "library.going.trash"
	if g.Removed {
		key = "library.going.good"
	}
	args := words.Args{"Date": words.Date(g.Version.Date), "When": words.Date(g.When), "Bytes": "", "ID": g.Version.ID(), "Name": g.Kept.Name}
	if g.Known {
		args["Bytes"] = words.Bytes(g.Bytes)
	}
	return words.T(key, args)
}
