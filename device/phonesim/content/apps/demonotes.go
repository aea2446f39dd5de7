package apps

import (
	"fmt"
	"time"
)

// clock is a time of day so many days before a phone was last used; less than
// no days are after that.
func clock(now time.Time, daysAgo, hour, minute int) time.Time {
	y, m, d := now.UTC().Date()
	return time.Date(y, m, d-daysAgo, hour, minute, 0, 0, time.UTC)
}

// The accounts and folders of the demonstration phone's notes.
const (
	noteCloud  = "6B1F1C60-2C0F-4E8F-9A57-0C2B6B7A1D01"
	noteLocal  = "LocalAccount"
	noteAll    = "DefaultFolder-CloudKit"
	noteTrash  = "TrashFolder-CloudKit"
	noteHome   = "1C7E0F2A-7A0E-4B55-9C6D-5B3D1E0A0001"
	noteCook   = "1C7E0F2A-7A0E-4B55-9C6D-5B3D1E0A0002"
	noteWork   = "1C7E0F2A-7A0E-4B55-9C6D-5B3D1E0A0003"
	noteSmart  = "1C7E0F2A-7A0E-4B55-9C6D-5B3D1E0A0004"
	notePocket = "DefaultFolder-LocalAccount"
)

func demoNotes(now time.Time) Notes {
	return Notes{
		Accounts: []NoteAccount{{ID: noteCloud, Name: "iCloud"}, {ID: noteLocal, Name: "On My iPhone", Local: true}},
		Folders: []NoteFolder{
			{ID: noteAll, Title: "Notes", Account: noteCloud},
			{ID: noteHome, Title: "Family", Account: noteCloud},
			{ID: noteCook, Title: "Recipes", Account: noteCloud, Parent: noteHome},
			{ID: noteWork, Title: "Work", Account: noteCloud},
			{ID: noteSmart, Title: "Garden", Account: noteCloud, Query: `{"tagged":["garden"]}`},
			{ID: noteTrash, Title: "Recently Deleted", Account: noteCloud, Trash: true},
			{ID: notePocket, Title: "Notes", Account: noteLocal},
		},
		Notes: append(demoNotesWorthReading(now), demoSmallNotes(now)...),
		Old: []OldNote{
			{Account: "anna@example.com", Store: "Notes", Title: "Bike lock", HTML: "<div>Bike lock</div><div>The number is on the back of the <b>blue</b> cupboard door.</div>",
				Created: clock(now, 2900, 9, 30), Modified: clock(now, 2899, 18, 5)},
			{Account: "anna@example.com", Store: "Notes", Title: "Books to lend", HTML: "<div>Books to lend</div><ul><li>The Lighthouse &amp; the Lamp</li><li>Żółw i kot</li></ul>",
				Created: clock(now, 2700, 12, 0), Modified: clock(now, 2700, 12, 0)},
		},
	}
}

// cloudNote is a note of the account in iCloud, changed on that day.
func cloudNote(n int, folder, title string, modified time.Time, runs ...NoteRun) Note {
	snippet := ""
	for _, r := range runs {
		if r.Text != "" && r.Style != StyleTitle && snippet == "" {
			snippet = short(r.Text)
		}
	}
	return Note{ID: fmt.Sprintf("A57C0000-0000-4000-8000-%012d", n), Title: title, Snippet: snippet, Folder: folder, Account: noteCloud,
		Created: modified.Add(-76 * time.Hour), Modified: modified, Runs: append([]NoteRun{{Text: title + "\n", Style: StyleTitle}}, runs...)}
}

func demoNotesWorthReading(now time.Time) []Note {
	packing := cloudNote(1, noteHome, "Packing for the lake", clock(now, 1, 19, 42),
		NoteRun{Text: "Tent\n", Style: StyleCheck, Done: true},
		NoteRun{Text: "Gas and the small stove\n", Style: StyleCheck, Done: true},
		NoteRun{Text: "Rain jackets, all four\n", Style: StyleCheck},
		NoteRun{Text: "Mila's frog 🐸\n", Style: StyleCheck},
		NoteRun{Text: "and its blanket\n", Style: StyleCheck, Indent: 1},
		NoteRun{Text: "We leave at "}, NoteRun{Text: "six sharp", Bold: true, Underline: true}, NoteRun{Text: "."})
	packing.Pinned = true
	cake := cloudNote(2, noteCook, "Grandma's apple cake", clock(now, 12, 16, 3),
		NoteRun{Attachment: &NoteAttachment{ID: "CA4E0001-0000-4000-8000-000000000001", Type: "public.jpeg", MediaID: "CA4E0001-0000-4000-8000-0000000000AA",
			Filename: "IMG_2041.jpg", Data: landscape("cake", 320, 240), Preview: landscape("cake", 96, 72)}},
		NoteRun{Text: "\n"},
		NoteRun{Text: "What it takes\n", Style: StyleHeading},
		NoteRun{Text: "5 sour apples\n", Style: StyleDotted}, NoteRun{Text: "200 g flour, 120 g butter\n", Style: StyleDotted}, NoteRun{Text: "cinnamon\n", Style: StyleDashed},
		NoteRun{Text: "How\n", Style: StyleHeading},
		NoteRun{Text: "Rub butter into the flour\n", Style: StyleNumbered}, NoteRun{Text: "Apples on top, 45 minutes at 180 °C\n", Style: StyleNumbered},
		NoteRun{Text: "The long version: "}, NoteRun{Text: "grandma's page", Link: "https://example.org/apple-cake?year=1962&lang=sv"},
		NoteRun{Text: "\nNot margarine.", Italic: true, Strike: true})
	budget := cloudNote(3, noteHome, "Boat budget", clock(now, 5, 8, 15),
		NoteRun{Text: "What we said on Sunday:\n"},
		NoteRun{Attachment: &NoteAttachment{ID: "B0A70001-0000-4000-8000-000000000001", Type: typeTable, Table: [][]string{
			{"What", "Who", "Euro"}, {"Mooring", "Ben", "480"}, {"New rope & paint", "", "95.50"}, {"ライフジャケット", "Anna 👩‍👧", "160"}}}},
		NoteRun{Text: "\nIn all less than last year."})
	garden := cloudNote(4, noteHome, "Garden in spring", clock(now, 30, 10, 0),
		NoteRun{Attachment: &NoteAttachment{ID: "6A4D0001-0000-4000-8000-000000000001", Type: typeDrawing, Fallback: landscape("garden", 240, 160)}},
		NoteRun{Text: "\nBeans left, roses right. "},
		NoteRun{Attachment: &NoteAttachment{ID: "6A4D0001-0000-4000-8000-000000000002", Type: typeHashtag, Title: "#garden"}})
	codes := cloudNote(5, noteAll, "Wi-Fi and alarm", clock(now, 44, 21, 7), NoteRun{Text: "Nobody reads this without the password."})
	codes.Locked = true
	talk := cloudNote(6, noteWork, "Talk in Ghent", clock(now, 3, 14, 30),
		NoteRun{Text: "Ask Sam for the slides.\n"},
		NoteRun{Attachment: &NoteAttachment{ID: "7A1C0001-0000-4000-8000-000000000001", Type: "public.url", Title: "Train to Ghent", URL: "https://example.com/trains/ghent"}},
		NoteRun{Text: "\n"},
		NoteRun{Attachment: &NoteAttachment{ID: "7A1C0001-0000-4000-8000-000000000002", Type: "com.adobe.pdf", Title: "Hotel.pdf", MediaID: "7A1C0001-0000-4000-8000-0000000000AA",
			Filename: "Hotel.pdf", Data: []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")}},
		NoteRun{Text: "\nMy card, still in iCloud: "},
		NoteRun{Attachment: &NoteAttachment{ID: "7A1C0001-0000-4000-8000-000000000003", Type: "public.heic", MediaID: "7A1C0001-0000-4000-8000-0000000000BB",
			Filename: "IMG_2050.HEIC", Preview: landscape("card", 96, 72)}})
	gone := cloudNote(7, noteTrash, "Shopping", clock(now, 9, 17, 0), NoteRun{Text: "Milk, bread, the good cheese"})
	cleared := cloudNote(8, noteAll, "Old draft", clock(now, 60, 7, 0), NoteRun{Text: "Nothing worth keeping."})
	cleared.Deleted = true
	waiting := cloudNote(9, noteAll, "Song for Elsie", clock(now, 400, 20, 0))
	waiting.NoBody = true
	pocket := Note{ID: "10CA1000-0000-4000-8000-000000000001", Title: "Parking, level 3", Snippet: "row F", Folder: notePocket, Account: noteLocal,
		Created: clock(now, 2, 9, 12), Modified: clock(now, 2, 9, 12), Runs: []NoteRun{{Text: "Parking, level 3\n", Style: StyleTitle}, {Text: "row F"}}}
	return []Note{packing, cake, budget, garden, codes, talk, gone, cleared, waiting, pocket}
}

func demoSmallNotes(now time.Time) []Note {
	var notes []Note
	for i, lines := range [][2]string{
		{"Films to see", "The one with the lighthouse; anything with penguins"}, {"Shoe sizes", "Mila 29, Ben 44, me 39"},
		{"Names for the cat", "Miso, Pixel, Frau Schmidt 🐈"}, {"Read later", "«Le phare et la mer»"},
		{"Dentist", "Ask about the left side"}, {"Plants that live", "The fern. Only the fern."},
		{"Presents", "Elsie: a lamp. Sam: nothing with batteries."}, {"写真の場所", "灯台の前で、朝七時"},
		{"Words from Mila", "\"Tomorrow was nice.\""}, {"Bike", "Front tyre 2.5 bar"},
	} {
		notes = append(notes, cloudNote(20+i, noteAll, lines[0], clock(now, 70+13*i, 8+i, 11*i%60), NoteRun{Text: lines[1]}))
	}
	return notes
}
