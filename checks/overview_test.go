package checks

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// nothingHere is a phone of which there is no backup on this computer.
func nothingHere(cloud time.Duration) func(*Input) {
	return func(in *Input) { aged(cloud)(in); in.Local = Local{} }
}

// savedToday is a phone that iCloud fails and that was backed up here today.
func savedToday(set func(*Input)) func(*Input) {
	return func(in *Input) {
		set(in)
		in.Local = Local{Exists: true, Finished: now.Add(-2 * time.Hour), Proven: true}
	}
}

// both is two changes of a phone.
func both(first, second func(*Input)) func(*Input) {
	return func(in *Input) { first(in); second(in) }
}

// full is an iCloud storage that the user says is full.
func cloudFull(in *Input) {
	in.Answers = Answers{askSpace: {Choice: "full", At: now.Add(-time.Minute)}}
}

// gone is a computer without the drive of its backups.
func driveGone(in *Input) {
	in.Host.Kind, in.Host.MustExist = facts.Of(DestinationMissing), true
	in.Host.FreeBytes, in.Host.FileSystem, in.Host.Writable = facts.Datum[int64]{}, facts.Datum[string]{}, facts.Datum[bool]{}
}

// never is a phone that iCloud has never saved.
func neverSaved(in *Input) { in.Phone.LastCloudBackup, in.Local = facts.Gone[time.Time](), Local{} }

// overviewCases are phones and what the first page says of them.
var overviewCases = []struct {
	name         string
	set          func(*Input)
	band         SafetyState
	says         string // the sentence of the band
	cloud        Status
	here         Status
	primary      PrimaryKind
	fix          string   // of the primary button
	cards        []string // parts of the lines of both cards, in their order
	never        string   // what no line of them says
	cannotBackUp bool
}{
	{name: "healthy", set: func(*Input) {}, band: Safe, says: "Your iPhone is safe. A complete copy", cloud: Pass, here: Pass, primary: PrimaryNone,
		cards: []string{"Saving", "Last saved today, 04:00", "Saved 21 November", "2 days ago", "250 GB free"}, never: "At most"},
	{name: "healthy, never saved here", set: nothingHere(5 * time.Hour), band: Safe, says: "iCloud has a complete copy, from today at 04:00.", cloud: Pass, here: Warn, primary: PrimaryNone,
		cards: []string{"Saving", "Never saved here", "At most 76 GB, some 37 minutes by this cable", "250 GB free"}},
	{name: "saved here today, and iCloud is dead", set: savedToday(off(23 * day)), band: Safe, cloud: Fail, here: Pass, primary: PrimaryFix, fix: "icloud-backup-switch/switch-on",
		says:  "Your iPhone is safe. A complete copy is on this computer, from today at 07:00. Only iCloud is not working.",
		cards: []string{"Not saving", "Last saved 31 October, 23 days ago", "iCloud Backup is switched off.", "Saved today, 07:00", "2 hours ago, every file checked"}},
	{name: "five days", set: nothingHere(5 * day), band: Safe, says: "iCloud has a complete copy, from 18 November.", cloud: Warn, here: Warn, primary: PrimaryFix, fix: "last-icloud-backup/overnight",
		cards: []string{"Overdue", "Last saved 18 November, 5 days ago", "No cause was found yet."}},
	{name: "six days, and the switch is off", set: both(nothingHere(6*day), off(6*day)), band: Safe, cloud: Fail, here: Warn, primary: PrimaryFix, fix: "icloud-backup-switch/switch-on",
		says: "iCloud has a complete copy, from 17 November. But it isn’t saving any more.", cards: []string{"Not saving", "iCloud Backup is switched off."}},
	{name: "eight days", set: nothingHere(8 * day), band: Ageing, says: "Your last copy is 8 days old. Everything since 15 November exists only", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"Not saving", "8 days ago", "Never saved here", "also shows why iCloud fails"}},
	{name: "25 days", set: nothingHere(25 * day), band: Unsafe, says: "Nothing has been saved for 25 days. If this iPhone broke today, everything since 29 October could be gone.",
		cloud: Fail, here: Warn, primary: PrimaryBackUp, cards: []string{"Not saving", "No cause was found yet. Your answers below can show it.", "Never saved here"}},
	{name: "25 days, and every question answered", set: func(in *Input) {
		nothingHere(25 * day)(in)
		at := now.Add(-time.Minute)
		in.Answers = Answers{askSpace: {Choice: "plenty", At: at}, askOvernight: {Choice: "yes", At: at}, askAutoLock: {Choice: "locks", At: at}, askLowPower: {Choice: "off", At: at}, askStuck: {Choice: "no", At: at}}
	}, band: Unsafe, says: "for 25 days", cloud: Fail, here: Warn, primary: PrimaryBackUp, cards: []string{"No cause was found yet."}, never: "answers"},
	{name: "25 days, and a copy here of 20", set: kept(25*day, 20*day), band: Unsafe, says: "Nothing has been saved for 20 days. If this iPhone broke today, everything since 3 November",
		cloud: Fail, here: Warn, primary: PrimaryBackUp, cards: []string{"Saved 3 November", "20 days ago"}, never: "every file checked"},
	{name: "the switch is off", set: both(nothingHere(23*day), off(23*day)), band: Unsafe, says: "for 23 days", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"Not saving", "iCloud Backup is switched off.", "Never saved here"}},
	{name: "the switch is off, and the date unknown", set: func(in *Input) { off(23 * day)(in); neverSaved(in) }, band: SafetyUnknown, cloud: Fail, here: Warn, primary: PrimaryAnswer, says: "can’t tell yet",
		cards: []string{"Switched off", "We don’t know when"}},
	{name: "never saved anywhere", set: neverSaved, band: Unsafe, says: "Your iPhone has no known copy. If this iPhone broke today", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"Never saved", "Never saved here"}, never: "Not saving"},
	{name: "the storage is full", set: both(nothingHere(23*day), cloudFull), band: Unsafe, says: "for 23 days", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"Not saving", "The iCloud storage is full."}},
	{name: "the storage is full, and saved here", set: savedToday(both(aged(23*day), cloudFull)), band: Safe, says: "Only iCloud is not working.", cloud: Fail, here: Pass, primary: PrimaryFix,
		fix: "icloud-storage/old-backups", cards: []string{"The iCloud storage is full.", "Saved today"}},
	{name: "the storage is full, and iCloud saved it", set: cloudFull, band: Safe, says: "Your iPhone is safe.", cloud: Warn, here: Pass, primary: PrimaryFix, fix: "icloud-storage/old-backups",
		cards: []string{"Saved, needs a look", "Last saved today", "Worth knowing: The iCloud storage is full."}},
	{name: "saved yesterday, and the switch reads off", set: off(26 * time.Hour), band: Safe, says: "and iCloud has one from yesterday at 07:00.", cloud: Warn, here: Pass, primary: PrimaryAnswer,
		cards: []string{"Saved, needs a look", "Worth knowing: The iPhone says that iCloud Backup is switched off."}},
	{name: "an old iOS", set: func(in *Input) { in.Phone.Version = facts.Of("26.1") }, band: Safe, says: "Your iPhone is safe.", cloud: Pass, here: Pass, primary: PrimaryNone, cards: []string{"Saving"}},
	{name: "an old iOS, 25 days", set: both(nothingHere(25*day), func(in *Input) { in.Phone.Version = facts.Of("26.1") }), band: Unsafe, says: "for 25 days", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"Not saving"}},
	{name: "no room, and iCloud saves", set: both(nothingHere(5*time.Hour), hostFree(1)), band: Safe, says: "iCloud has a complete copy", cloud: Pass, here: Warn, primary: PrimaryNone, cannotBackUp: true,
		cards: []string{"Saving", "Never saved here", "1 B free", "The drive for backups is full."}},
	{name: "no room, 25 days", set: both(nothingHere(25*day), hostFree(1)), band: Unsafe, says: "for 25 days", cloud: Fail, here: Warn, primary: PrimaryChooseFolder, cannotBackUp: true,
		cards: []string{"The drive for backups is full."}},
	{name: "perhaps no room, 25 days", set: both(nothingHere(25*day), hostFree(60*gigabyte)), band: Unsafe, says: "for 25 days", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"The drive for backups may be too small."}},
	{name: "the folder is gone, and iCloud saves", set: both(nothingHere(5*time.Hour), driveGone), band: Safe, says: "iCloud has a complete copy", cloud: Pass, here: Fail, primary: PrimaryNone, cannotBackUp: true,
		cards: []string{"Folder not found", "The folder for backups doesn’t exist."}, never: "free"},
	{name: "the folder is gone, 25 days", set: both(nothingHere(25*day), driveGone), band: Unsafe, says: "for 25 days", cloud: Fail, here: Fail, primary: PrimaryChooseFolder, cannotBackUp: true,
		cards: []string{"Folder not found"}},
	{name: "no folder chosen", set: func(in *Input) { nothingHere(25 * day)(in); in.Host = Host{} }, band: Unsafe, says: "for 25 days", cloud: Fail, here: Unknown, primary: PrimaryChooseFolder, cannotBackUp: true,
		cards: []string{"No folder chosen"}},
	{name: "the folder is looked at", set: func(in *Input) {
		in.Phone.LastCloudBackup, in.Local, in.Phone.LastLocalBackup = facts.Datum[time.Time]{}, Local{}, facts.Datum[time.Time]{}
		in.Host = Host{Destination: "/d", Kind: facts.Datum[DestinationKind]{Reason: facts.Pending}}
	}, band: SafetyUnknown, says: "Looking for copies of your iPhone …", cloud: Ask, here: Unknown, primary: PrimaryNone, cards: []string{"Looking …"}},
	{name: "no date, and a copy here", set: func(in *Input) { in.Phone.LastCloudBackup = facts.Datum[time.Time]{} }, band: Safe, says: "A complete copy is on this computer, from 21 November.", cloud: Ask, here: Pass,
		primary: PrimaryAnswer, cards: []string{"Unknown", "We don’t know when iCloud saved this iPhone last."}},
	{name: "no date, and nothing here", set: func(in *Input) { in.Phone.LastCloudBackup, in.Local = facts.Datum[time.Time]{}, Local{} }, band: SafetyUnknown, says: "can’t tell yet", cloud: Ask, here: Warn,
		primary: PrimaryAnswer, cards: []string{"Unknown", "Never saved here"}},
	{name: "no date, but the user read it", set: said("days"), band: Safe, says: "By the date that you read on it", cloud: Pass, here: Warn, primary: PrimaryNone, cards: []string{"Saving", "You said"}},
	{name: "no date, and the user read an old one", set: said("older"), band: Unsafe, says: "Nothing has been saved for over a week", cloud: Fail, here: Warn, primary: PrimaryBackUp, cards: []string{"Not saving", "You said"}},
	{name: "a date of the future", set: func(in *Input) { aged(-day)(in); in.Local = Local{} }, band: SafetyUnknown, says: "can’t tell yet", cloud: Warn, here: Warn, primary: PrimaryBackUp,
		cards: []string{"Unknown", "dated in the future"}},
	{name: "a copy without a date", set: func(in *Input) { aged(25 * day)(in); in.Local.Finished = time.Time{} }, band: SafetyUnknown, says: "can’t tell yet", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"Saved, but the date is wrong"}},
	{name: "saved on another computer", set: func(in *Input) {
		nothingHere(25 * day)(in)
		in.Phone.LastLocalBackup = facts.Of(now.Add(-day))
	}, band: SafetyUnknown, says: "can’t tell yet", cloud: Fail, here: Warn, primary: PrimaryBackUp, cards: []string{"Not saved here", "but not into this folder"}},
	{name: "the record of four nights", set: func(in *Input) { *in = noted(mb(303), mb(303), mb(303), mb(303)) }, band: Safe, says: "Only iCloud is not working.", cloud: Fail, here: Pass, primary: PrimaryFix,
		fix:   "icloud-storage/old-backups",
		cards: []string{"Not saving", "Last saved 11 November, 12 days ago", "The iCloud storage is full.", "By the iPhone’s own record, every try since 20 November has failed."}, never: "also shows"},
	{name: "the record of one night", set: func(in *Input) { *in = noted(mb(303)) }, band: Safe, says: "Only iCloud", cloud: Fail, here: Pass, primary: PrimaryFix, fix: "icloud-storage/old-backups",
		cards: []string{"By the iPhone’s own record, its last try failed: today, 02:00."}},
	{name: "two causes", set: both(nothingHere(23*day), both(off(23*day), cloudFull)), band: Unsafe, says: "for 23 days", cloud: Fail, here: Warn, primary: PrimaryBackUp,
		cards: []string{"iCloud Backup is switched off."}},
	{name: "not trusted", set: func(in *Input) {
		in.Phone, in.Local = facts.Phone{Readiness: facts.Untrusted, Connection: "USB"}, Local{}
	}, band: SafetyUnknown, says: "can’t tell yet", cloud: Unknown, here: Warn,
		primary: PrimaryFix, fix: "phone-ready/trust", cards: []string{"Unknown"}},
	{name: "nothing known", set: func(in *Input) { *in = Input{Now: now} }, band: SafetyUnknown, says: "can’t tell yet", cloud: Ask, here: Unknown, primary: PrimaryAnswer, cards: []string{"Unknown", "No folder chosen"}, cannotBackUp: true},
	{name: "a drive that says nothing, and the cable is not measured", set: func(in *Input) {
		nothingHere(5 * time.Hour)(in)
		in.Host.Kind, in.Phone.LastLocalBackup, in.Phone.CableSpeed = facts.Datum[DestinationKind]{}, facts.Datum[time.Time]{}, facts.Datum[int64]{}
	}, band: Safe, says: "iCloud has", cloud: Pass, here: Unknown, primary: PrimaryNone, cards: []string{"Unknown", "We couldn’t see whether there is a copy", "At most 76 GB"}, never: "cable"},
}

// cardLines are the lines of both cards, from above.
func cardLines(o Overview) []words.Text {
	c, l := o.ICloud, o.Local
	return []words.Text{c.State, c.Saved, c.Cause, c.Record, l.State, l.Saved, l.Expect, l.Room, l.Trouble, l.Shows}
}

// overviewTexts are all that an overview says.
func overviewTexts(o Overview) []words.Text {
	return append(cardLines(o), o.Band.Headline, o.Band.Detail, o.Tally.Text())
}

// overviewOf is the overview of a phone.
func overviewOf(in Input) Overview {
	results := Run(in)
	return OverviewOf(in, results, SafetyOf(in), Next(in, results))
}

func TestOverview(t *testing.T) {
	for _, tc := range overviewCases {
		t.Run(tc.name, func(t *testing.T) {
			in := healthy()
			tc.set(&in)
			o := overviewOf(in)
			if o.Band.State != tc.band || o.ICloud.Status != tc.cloud || o.Local.Status != tc.here {
				t.Errorf("band %s, iCloud %s, here %s; want %s, %s, %s", o.Band.State, o.ICloud.Status, o.Local.Status, tc.band, tc.cloud, tc.here)
			}
			if o.Primary.Kind != tc.primary || o.Primary.Fix.ID != tc.fix {
				t.Errorf("primary %s %s, want %s %s", o.Primary.Kind, o.Primary.Fix.ID, tc.primary, tc.fix)
			}
			if (o.Primary.Kind == PrimaryAnswer) != (o.Primary.Check != "") {
				t.Errorf("primary %s of the check %q", o.Primary.Kind, o.Primary.Check)
			}
			if o.Local.Fit == tc.cannotBackUp {
				t.Errorf("fit %v", o.Local.Fit)
			}
			said := words.English().Text(o.Band.Headline)
			if detail := words.English().Text(o.Band.Detail); detail != "" {
				said += ". " + detail
			}
			if !strings.Contains(said, tc.says) {
				t.Errorf("the band says %q, not %q", said, tc.says)
			}
			lines := words.English().Texts(cardLines(o))
			inOrder(t, lines, tc.cards)
			for _, line := range lines {
				if tc.never != "" && strings.Contains(line, tc.never) {
					t.Errorf("%q has %q", line, tc.never)
				}
			}
		})
	}
}

// The bar shows what is taken, and nothing where the drive tells no sense.
func TestUsed(t *testing.T) {
	for _, c := range []struct {
		free, total int64
		part        float64
		known       bool
	}{{250, 1000, 0.75, true}, {0, 1000, 1, true}, {1000, 1000, 0, true}, {1001, 1000, 0, false}, {-1, 1000, 0, false}, {5, 0, 0, false}} {
		in := healthy()
		in.Host.FreeBytes, in.Host.TotalBytes = facts.Of(c.free), facts.Of(c.total)
		if part, known := overviewOf(in).Local.Used(); part != c.part || known != c.known {
			t.Errorf("%d of %d free: %v, %v", c.free, c.total, part, known)
		}
	}
	if _, known := overviewOf(Input{Now: now}).Local.Used(); known {
		t.Error("a bar of a drive that nobody asked")
	}
}

// pageOf is the first page of a phone in letters.
func pageOf(in Input, results []Result) string {
	o, english := OverviewOf(in, results, SafetyOf(in), Next(in, results)), words.English()
	b := &strings.Builder{}
	lines := func(texts ...words.Text) {
		for _, said := range english.Texts(texts) {
			if said != "" {
				fmt.Fprintln(b, "  "+said)
			}
		}
	}
	fmt.Fprintf(b, "%s\n", o.Band.State)
	lines(o.Band.Headline, o.Band.Detail)
	fmt.Fprintf(b, "iCloud: %s\n", o.ICloud.Status)
	lines(cardLines(o)[:4]...)
	fmt.Fprintf(b, "computer: %s\n", o.Local.Status)
	lines(cardLines(o)[4:]...)
	fmt.Fprintf(b, "primary: %s %s%s\n%s\n", o.Primary.Kind, o.Primary.Fix.ID, o.Primary.Check, english.Text(o.Tally.Text()))
	for _, r := range results {
		fmt.Fprintf(b, "  %-7s %-22s %18s\n", r.Status, english.Text(r.Short), english.Text(r.Value))
	}
	return b.String()
}

// A row holds the name of a check and its value beside it: both are short. Of what
// was not read it claims no value.
func TestRows(t *testing.T) {
	const shortest, longest, value = 2, 22, 18
	open := map[string]bool{"answer": true, "not read": true, "reading …": true}
	check := func(in Input) {
		for _, r := range Run(in) {
			short, said := words.English().Text(r.Short), words.English().Text(r.Value)
			if n := utf8.RuneCountInString(short); n < shortest || n > longest {
				t.Errorf("%s is called %q", r.ID, short)
			}
			if n := utf8.RuneCountInString(said); n < shortest || n > value {
				t.Errorf("%s %s: %q", r.ID, r.Finding.Key, said)
			}
			if known := r.Status != Ask && r.Status != Unknown; known == open[said] {
				t.Errorf("%s is %s: %q", r.ID, r.Status, said)
			}
			if (said == "reading …") != r.Pending {
				t.Errorf("%s, pending %v: %q", r.ID, r.Pending, said)
			}
		}
	}
	for _, m := range matrix {
		in := healthy()
		m.set(&in)
		check(in)
	}
	for _, table := range situations {
		for _, s := range table {
			in := healthy()
			s.set(&in)
			check(in)
		}
	}
	for _, in := range append(answeredInputs(), namedInputs()...) {
		check(in)
	}
}
