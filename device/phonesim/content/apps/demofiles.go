package apps

import (
	"strings"
	"time"
)

// demoFiles are files as people have them, and names that are fine on a phone
// and not on every computer that they may be exported to.
func demoFiles(now time.Time) []AppFile {
	var files []AppFile
	add := func(domain, folder, text string, names ...string) {
		for _, name := range names {
			files = append(files, AppFile{Domain: domain, Path: folder + "/" + name, Data: []byte(text + " (" + name + ")\n"), Changed: clock(now, 3+len(files), 12, len(files))})
		}
	}
	scan, sketch := AppDomain("com.example.scanner"), AppDomain("com.example.sketch")
	add(scan, "Documents", "%PDF-1.4 a scanned page", "Rental contract.pdf", "Taxes/2025/Receipt 01.pdf", "Taxes/2025/Receipt 02.pdf", "Straßenkarte für Oma.pdf")
	files = append(files, AppFile{Domain: sketch, Path: "Documents/Boat.jpg", Data: landscape("boat", 480, 320), Changed: clock(now, 8, 9, 0)},
		AppFile{Domain: sketch, Path: "Library/Preferences/com.example.sketch.plist", Data: []byte("<plist version=\"1.0\"><dict/></plist>")},
		AppFile{Domain: sketch, Path: "Documents/Empty.sketch", Data: nil, Changed: clock(now, 8, 10, 0)})
	add(OnMyPhone, OnMyPhoneFolder, "kept on the phone", "Downloads/ticket-ghent.txt", "Boat/Log 2026.csv", "Boat/Photos of the hull/notes.txt", ".hidden")
	add(ICloudDrive, ICloudDriveFolder, "fetched from iCloud Drive", "Letters/To the council.txt", "家族/年賀状.txt")
	add(ICloudDrive, "Library/Mobile Documents/iCloud~com~example~writer", "a chapter", "Documents/Novel/Chapter 1.txt")
	add(OnMyPhone, OnMyPhoneFolder+"/Odd names", "a name that not every computer takes", "CON.txt", "10:30 Train?.txt", "Dr. Brooks.", "Readme.txt", "README.txt",
		"Caf\u00e9.txt", "Cafe\u0301.txt", "Half\\half.txt", strings.Repeat("The longest name for a list of songs, ", 6)+"ever.txt")
	return files
}

// hostileNames are names of files that a phone takes. Windows has reserved
// some, cuts others short, and knows no difference between capitals; a Mac
// knows none between two ways of writing one letter; all have a limit.
func hostileNames() []string {
	return []string{
		"CON", "con.txt", "NUL.tar.gz", "COM1", "LPT9.log", "AUX .txt", "CONIN$", "com¹.txt",
		"ends with a dot.", "ends with dots...", "ends with a space ", " begins with one", "folder./inside.txt", "folder /inside.txt",
		"10:30.txt", "what?.txt", "star*.txt", "a\\b.txt", "<less> \"quotes\" |pipe.txt", "tab\tin it.txt", "line\nfeed.txt", "bell\a.txt",
		"Readme.txt", "README.TXT", "readme.txt", "STRASSE.txt", "straße.txt",
		"caf\u00e9.txt", "cafe\u0301.txt", "\uac00.txt", "\u1100\u1161.txt",
		"100%25 sure.txt", "%2e%2e", "~$draft.docx", "-rf", "..hidden", "...", "\u202etxt.exe",
		strings.Repeat("a very long name ", 14) + ".txt", strings.Repeat("ü", 120) + ".txt", strings.Repeat("👩‍👧", 22) + ".txt",
		strings.Repeat("deep/", 60) + "down.txt", strings.Repeat("long folder name ", 10) + "/" + strings.Repeat("long folder name ", 10) + "/end.txt",
	}
}

// demoRest puts into a phone what is not photos, talk or people.
func demoRest(p *Phone) {
	now := p.Now
	p.Notes, p.Recordings, p.Voicemail = demoNotes(now), demoRecordings(now), demoVoicemail(now)
	p.Calendars, p.Reminders = demoCalendars(now), demoReminders(now)
	p.Safari, p.Health, p.Files = demoSafari(now), demoHealth(now), demoFiles(now)
}
