package apps

import (
	"fmt"
	"time"
)

func demoRecordings(now time.Time) Recordings {
	memo := func(n int, title string, ago, hour, minute int, seconds float64, ending string) Memo {
		at := clock(now, ago, hour, minute)
		return Memo{ID: fmt.Sprintf("50D00000-0000-4000-8000-%012d", n), Title: title, File: at.Format("20060102 150405") + fmt.Sprintf("-%08X", n) + ending,
			Recorded: at, Seconds: seconds, Audio: m4a(title, seconds)}
	}
	frog := memo(1, "Mila sings the frog song", 4, 18, 20, 47.5, ".m4a")
	frog.Folder = "F01DE400-0000-4000-8000-000000000001"
	elsie := memo(2, "Elsie: how the boat got its name", 41, 15, 2, 1312.25, ".m4a")
	elsie.Folder = frog.Folder
	cloud := memo(5, "Conference, day 2", 320, 9, 0, 5400, ".m4a")
	cloud.Audio = nil
	trashed := memo(6, "New Recording 7", 12, 22, 48, 3.2, ".m4a")
	trashed.Deleted = clock(now, 11, 7, 30)
	return Recordings{
		Folders: []MemoFolder{{ID: frog.Folder, Name: "Family voices"}},
		Memos: []Memo{cloud, elsie, memo(3, "Engine, strange noise at 2,000/min?", 33, 11, 45, 22, ".m4a"), trashed,
			memo(4, "Idée : refrain / couplet", 18, 23, 10, 64.125, ".qta"), frog},
	}
}

// demoVoicemail is of people in demoPeople, and of one that nobody knows.
func demoVoicemail(now time.Time) []Voicemail {
	return []Voicemail{
		{Date: clock(now, 40, 9, 5), Sender: "+15555550116", Callback: "+15555550116", Receiver: "+15555550100", Seconds: 12, Heard: true, Audio: amr("school", 12),
			Transcript: "Hi Anna, it's the school. Mila left her goggles here, they are at the desk."},
		{Date: clock(now, 22, 17, 31), Sender: "+15555550110", Callback: "+15555550110", Receiver: "+15555550100", Seconds: 31, Heard: true, Audio: amr("sam", 31),
			Transcript: "This is Sam, about Ghent. Call me back when you're on the train."},
		{Date: clock(now, 15, 12, 0), Sender: "+15555550177", Callback: "+15555550177", Receiver: "+15555550100", Seconds: 4, Deleted: true, Trashed: clock(now, 14, 8, 0), Audio: amr("nobody", 4)},
		{Date: clock(now, 6, 20, 44), Receiver: "+15555550100", Seconds: 8, Audio: amr("withheld", 8)},
		{Date: clock(now, 1, 8, 2), Sender: "+15555550114", Callback: "+15555550114", Receiver: "+15555550100", Seconds: 19, Transcript: "Happy birthday! We sing now …"},
	}
}
