package corpus_test

import (
	"strings"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// overviews are phones on the real wire in each state in which people bring
// them, and what the first page makes of them. Those that are locked, not
// trusted or not set up never come so far.
var overviews = []struct {
	name    string
	story   story
	band    checks.SafetyState
	says    string // headline of the band
	icloud  string // state on the card of iCloud
	here    string // state on that of this computer, or the beginning of it
	cloud   checks.Status
	local   checks.Status
	primary checks.PrimaryKind
	fix     string // of the primary button
}{
	{name: "healthy", story: story{},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Saving", cloud: checks.Pass, here: "Saved ", local: checks.Pass, primary: checks.PrimaryNone},
	{name: "healthy, never saved here", story: story{Phone: []string{"last-local=never"}, Computer: computer{Local: "none"}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Saving", cloud: checks.Pass, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryNone},
	{name: "saved here an hour ago, and iCloud stopped", story: story{Phone: []string{"last-icloud=25d-ago"}, Computer: computer{Local: "1h"}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Not saving", cloud: checks.Fail, here: "Saved ", local: checks.Pass, primary: checks.PrimaryFix, fix: "last-icloud-backup/back-up-now"},
	{name: "six days", story: story{Phone: []string{"last-icloud=6d-ago", "last-local=never"}, Computer: computer{Local: "none"}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Overdue", cloud: checks.Warn, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryFix, fix: "last-icloud-backup/overnight"},
	{name: "eight days", story: story{Phone: []string{"last-icloud=8d-ago", "last-local=never"}, Computer: computer{Local: "none"}},
		band: checks.Ageing, says: "Your last copy is 8 days old", icloud: "Not saving", cloud: checks.Fail, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryBackUp},
	{name: "25 days", story: story{Phone: []string{"last-icloud=25d-ago", "last-local=never"}, Computer: computer{Local: "none"}},
		band: checks.Unsafe, says: "Nothing has been saved for 25 days", icloud: "Not saving", cloud: checks.Fail, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryBackUp},
	{name: "the switch is off", story: story{Phone: []string{"icloud=off", "last-icloud=25d-ago", "last-local=never"}, Computer: computer{Local: "none"}},
		band: checks.Unsafe, says: "Nothing has been saved for 25 days", icloud: "Not saving", cloud: checks.Fail, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryBackUp},
	{name: "the switch is off, and saved here", story: story{Phone: []string{"icloud=off", "last-icloud=25d-ago"}, Computer: computer{Local: "1h"}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Not saving", cloud: checks.Fail, here: "Saved ", local: checks.Pass, primary: checks.PrimaryFix, fix: "icloud-backup-switch/switch-on"},
	{name: "iCloud is full", story: story{Phone: []string{"last-icloud=25d-ago", "last-local=never"}, Computer: computer{Local: "none"}, Answers: map[string]reply{"icloud-space": {Choice: "full", Age: "1h"}}},
		band: checks.Unsafe, says: "Nothing has been saved for 25 days", icloud: "Not saving", cloud: checks.Fail, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryBackUp},
	{name: "iCloud is full, and saved here", story: story{Phone: []string{"last-icloud=25d-ago"}, Computer: computer{Local: "1h"}, Answers: map[string]reply{"icloud-space": {Choice: "full", Age: "1h"}}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Not saving", cloud: checks.Fail, here: "Saved ", local: checks.Pass, primary: checks.PrimaryFix, fix: "icloud-storage/old-backups"},
	{name: "an old iOS", story: story{Phone: []string{"model=iPhone15,2", "ios=26.1"}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Saving", cloud: checks.Pass, here: "Saved ", local: checks.Pass, primary: checks.PrimaryNone},
	{name: "no room, and iCloud saves", story: story{Phone: []string{"last-local=never"}, Computer: computer{Free: "1MB", Local: "none"}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Saving", cloud: checks.Pass, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryNone},
	{name: "no room, 25 days", story: story{Phone: []string{"last-icloud=25d-ago", "last-local=never"}, Computer: computer{Free: "1MB", Local: "none"}},
		band: checks.Unsafe, says: "Nothing has been saved for 25 days", icloud: "Not saving", cloud: checks.Fail, here: "Never saved here", local: checks.Warn, primary: checks.PrimaryChooseFolder},
	{name: "the drive is away, and iCloud saves", story: story{Computer: computer{Kind: checks.DestinationMissing, Local: "none"}},
		band: checks.Safe, says: "Your iPhone is safe", icloud: "Saving", cloud: checks.Pass, here: "Folder not found", local: checks.Fail, primary: checks.PrimaryNone},
	{name: "the drive is away, 25 days", story: story{Phone: []string{"last-icloud=25d-ago", "last-local=never"}, Computer: computer{Kind: checks.DestinationMissing, Local: "none"}},
		band: checks.Unsafe, says: "Nothing has been saved for 25 days", icloud: "Not saving", cloud: checks.Fail, here: "Folder not found", local: checks.Fail, primary: checks.PrimaryChooseFolder},
}

// TestOverviewOverTheWire: each phone gives the right band, cards and one primary button.
func TestOverviewOverTheWire(t *testing.T) {
	for _, tc := range overviews {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := tc.story.diagnose(t)
			results := checks.Run(in)
			o := checks.OverviewOf(in, results, checks.SafetyOf(in), checks.Next(in, results))
			english := words.English()
			if said := english.Text(o.Band.Headline); o.Band.State != tc.band || said != tc.says || english.Text(o.Band.Detail) == "" {
				t.Errorf("the band is %s, %q, want %s, %q", o.Band.State, said, tc.band, tc.says)
			}
			if said := english.Text(o.ICloud.State); o.ICloud.Status != tc.cloud || said != tc.icloud {
				t.Errorf("iCloud is %s, %q, want %s, %q", o.ICloud.Status, said, tc.cloud, tc.icloud)
			}
			if said := english.Text(o.Local.State); o.Local.Status != tc.local || !strings.HasPrefix(said, tc.here) {
				t.Errorf("this computer is %s, %q, want %s, %q", o.Local.Status, said, tc.local, tc.here)
			}
			if o.Primary.Kind != tc.primary || o.Primary.Fix.ID != tc.fix {
				t.Errorf("the primary button is %s %q, want %s %q", o.Primary.Kind, o.Primary.Fix.ID, tc.primary, tc.fix)
			}
		})
	}
}
