package knowledge

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// causes are the ids of all checks, which the tables may name: each is a file.
var causes = func() (ids []string) {
	files, _ := filepath.Glob("../../checks/cause_*.go") // a pattern that is right
	for _, f := range files {
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "cause_"), ".go")
		ids = append(ids, strings.TrimSuffix(id, "_test"))
	}
	return ids
}()

func TestErrorCodes(t *testing.T) {
	table := Errors()
	dated(t, table.AsOf)
	for i, c := range table.Codes {
		if c.Domain == "" || c.Name == "" || c.To < c.From {
			t.Errorf("%+v is malformed", c)
		}
		if c.Cause != "" && !slices.Contains(causes, c.Cause) {
			t.Errorf("%s %d speaks about %q, which is no check", c.Domain, c.From, c.Cause)
		}
		if c.Refines != "" && (c.Refines == c.Cause || !slices.Contains(causes, c.Refines)) {
			t.Errorf("%s %d refines %q", c.Domain, c.From, c.Refines)
		}
		for _, other := range table.Codes[:i] {
			if c.Domain == other.Domain && c.From <= other.To && other.From <= c.To {
				t.Errorf("%s %d stands twice", c.Domain, c.From)
			}
			if c.Domain != other.Domain && strings.EqualFold(c.Domain, other.Domain) {
				t.Errorf("%s is spelled in two ways", c.Domain)
			}
		}
	}
	// What iOS itself takes for the user's side, and does not report.
	var user []Code
	for _, c := range table.Codes {
		if c.UserSide {
			user = append(user, Code{c.Domain, c.From})
		}
	}
	want := []Code{
		{MBDomain, 17}, {MBDomain, 218}, {MBDomain, 219}, {MBDomain, 223}, {MBDomain, 300}, {MBDomain, 303}, {MBDomain, 308},
		{ckDomain, 25},
	}
	if !slices.Equal(user, want) {
		t.Errorf("the user's side = %v, want %v", user, want)
	}
}

func TestCauseOf(t *testing.T) {
	for _, tc := range []struct {
		chain  string
		want   string
		proven bool
	}{
		{"", "", false},
		{"MBErrorDomain(1)", "", false},
		{"MBErrorDomain(99999)", "", false},
		{"HMErrorDomain(303)", "", false},
		{"MBErrorDomain(303) CKErrorDomain(25)", "icloud-storage", false},
		{"CKErrorDomain(25)", "icloud-storage", false},
		{"MBErrorDomain(305) com.apple.appleaccount(401)", "apple-account", false},
		{"com.apple.appleaccount(-7)", "apple-account", false},
		{"MBErrorDomain(209)", "stuck-backup", true},
		{"NSCocoaErrorDomain(4097)", "stuck-backup", true},
		{"NSCocoaErrorDomain(4099)", "stuck-backup", false},
		{"MBErrorDomain(19) NSCocoaErrorDomain(4097)", "stuck-backup", false},
		{"MBErrorDomain(1) NSCocoaErrorDomain(4097)", "stuck-backup", true},
		{"MBErrorDomain(2) MBErrorDomain(100) MBErrorDomain(106)", "phone-storage", false},
		{"MBErrorDomain(104) MBErrorDomain(100)", "stuck-backup", true},
		{"MBErrorDomain(202) MBErrorDomain(218)", "overnight-habit", false},
		{"MBErrorDomain(104) MBErrorDomain(106)", "phone-storage", false}, // the innermost
		{"MBErrorDomain(300) CKErrorDomain(25)", "icloud-storage", false},
		{"NSURLErrorDomain(-1001) NSPOSIXErrorDomain(28)", "phone-storage", false},
		{"MBErrorDomain(223)", "", false},
		{"MBErrorDomain(217)", "icloud-backup-switch", false},
		{"MBErrorDomain(219)", "power", false},
		{"MBErrorDomain(220) CKErrorDomain(20)", "wifi", false},
		{"MBErrorDomain(22)", "management", false},
		{"MBErrorDomain(203)", "ios-version", false},
		{"MBErrorDomain(204)", "icloud-backup-switch", false},
		{"MBErrorDomain(208)", "phone-ready", true},
		{"MBErrorDomain(210)", "apple-account", false},
		{"MBErrorDomain(105)", "phone-storage", false},
		{"MBErrorDomain(17) CKErrorDomain(7)", "apple-servers", false},
		{"CKErrorDomain(36)", "apple-servers", false},
		// A server that is out of order is not the Wi-Fi's fault, whatever lies below.
		{"MBErrorDomain(304) CKErrorDomain(6) NSURLErrorDomain(-1001)", "apple-servers", false},
		{"MBErrorDomain(300) CKErrorDomain(4) NSURLErrorDomain(-1001)", "wifi", false},
		{"MBErrorDomain(300) CKErrorDomain(4) NSURLErrorDomain(-1202)", "vpn-and-filters", false},
		{"NSURLErrorDomain(-1200)", "vpn-and-filters", false},
		{"NSURLErrorDomain(-1009) kCFErrorDomainCFNetwork(-1200)", "vpn-and-filters", false},
		{"MBErrorDomain(303) NSURLErrorDomain(-1200)", "icloud-storage", false},
	} {
		got, ok := Errors().CauseOf(CodesIn(tc.chain))
		if got.Cause != tc.want || ok != (tc.want != "") || got.Proven != tc.proven {
			t.Errorf("%s: %q (proven %v), want %q (proven %v)", tc.chain, got.Cause, got.Proven, tc.want, tc.proven)
		}
	}
}

func TestCodesIn(t *testing.T) {
	for text, want := range map[string][]Code{
		"": nil,
		"MBErrorDomain(303) Underlying error: CKErrorDomain(25)":                                   {{MBDomain, 303}, {ckDomain, 25}},
		"MBErrorDomain(303), <NSError:0x281101f50(MBErrorDomain:303) - {}>":                        {{MBDomain, 303}},
		"Couldn’t communicate with a helper application. (NSCocoaErrorDomain/4097)":                {{"NSCocoaErrorDomain", 4097}},
		`Error Domain=NSCocoaErrorDomain Code=4097 "connection to service named com.apple.cloudd"`: {{"NSCocoaErrorDomain", 4097}},
		"MBErrorDomain Code=303": {{MBDomain, 303}},
		"mberrordomain 303":      {{MBDomain, 303}},
		"The operation couldn’t be completed. (MBErrorDomain error 303.)": {{MBDomain, 303}},
		"(CKErrorDomain/25)":                 {{ckDomain, 25}},
		"NSURLErrorDomain(-1200)":            {{"NSURLErrorDomain", -1200}},
		"kCFErrorDomainCFNetwork Code=-1009": {{"kCFErrorDomainCFNetwork", -1009}},
		"com.apple.appleaccount:401":         {{"com.apple.appleaccount", 401}},
		`<CKError 0x10628b700: "Partial Failure" (2/1011); "x"; partial errors: { <CKError 0x1061a0dd0: "Internal Error" (1/1000)>`: {
			{ckDomain, 2}, {"CKInternalErrorDomain", 1011}, {ckDomain, 1}, {"CKInternalErrorDomain", 1000}},
		"SomeErrorDomain(12)":                     {{"SomeErrorDomain", 12}},
		"MBErrorDomain(3030303030303)":            nil, // no number that fits
		"MBErrorDomain":                           nil,
		"error 303":                               nil, // nobody knows whose
		strings.Repeat("MBErrorDomain(303) ", 99): {{MBDomain, 303}},
	} {
		if got := CodesIn(text); !slices.Equal(got, want) {
			t.Errorf("%.60q: %v, want %v", text, got, want)
		}
	}
	var many strings.Builder
	for i := range 99 {
		many.WriteString("MBErrorDomain(" + strings.Repeat("1", i%9+1) + ") XErrorDomain(" + strings.Repeat("2", i%9+1) + ")")
	}
	if got := CodesIn(many.String()); len(got) != maxCodes {
		t.Errorf("%d codes, want %d", len(got), maxCodes)
	}
}

func TestErrorTexts(t *testing.T) {
	table := ErrorTexts()
	dated(t, table.AsOf)
	seen := map[string]bool{}
	for _, e := range table.Texts {
		if !plainMenuName.MatchString(e.ID) || seen[e.ID] || len(e.All) == 0 {
			t.Errorf("%q is malformed or stands twice", e.ID)
		}
		seen[e.ID] = true
		if e.Cause != "" && !slices.Contains(causes, e.Cause) {
			t.Errorf("%s speaks about %q, which is no check", e.ID, e.Cause)
		}
		for _, phrase := range slices.Concat(e.All, e.None) {
			if got := strings.Join(plain(phrase), " "); got != phrase {
				t.Errorf("%s: %q is not plain: %q", e.ID, phrase, got)
			}
		}
		// The phrases alone are recognised, or another text says the same.
		if got, _ := TextSays(strings.Join(e.All, " … ")); got.Cause != e.Cause {
			t.Errorf("%s: %q, want %q", e.ID, got.Cause, e.Cause)
		}
	}
	for from, to := range table.Same {
		if n := len(strings.Fields(from)); n < 1 || n > 2 || to == "" {
			t.Errorf("%q cannot be the same as %q", from, to)
		}
	}
}

func TestTextSays(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "",
		"It does not work.": "",
		"error 303":         "",
		"The last backup could not be completed.":    "",
		"There was a problem enabling iCloud Backup": "",
		"iPhone Backup Failed":                       "",
		// as iOS says it
		"iPhone Backup Failed. You do not have enough space in iCloud to back up this iPhone.":  "icloud-storage",
		"This iPhone cannot be backed up because there is not enough iCloud storage available.": "icloud-storage",
		"Not Enough iCloud Storage":                                   "icloud-storage",
		"There isn’t enough iCloud storage to back up this iPhone.":   "icloud-storage",
		"There isn't enough space on your iPhone.":                    "phone-storage",
		"You must be connected to a Wi‑Fi network to start a backup.": "wifi",
		"The Internet connection appears to be offline.":              "wifi",
		"iCloud Backup was unable to access the account.":             "apple-account",
		"Your device can't back up without a verified email address":  "apple-account",
		"Update Apple ID Settings":                                    "apple-account",
		"Update Apple Account Settings":                               "apple-account",
		"There was a problem with the iCloud server.":                 "apple-servers",
		"iCloud Backup is temporarily unavailable. Try again later.":  "apple-servers",
		"This iPhone hasn’t been backed up in 3 weeks. Backups happen when this iPhone is plugged in, locked, and connected to Wi-Fi.": "overnight-habit",
		"Some files were unavailable during the last backup.":                                                                          "stuck-backup",
		"Couldn’t communicate with a helper application.":                                                                              "stuck-backup",
		"iCloud Backup has been disabled by a profile.":                                                                                "management",
		"An SSL error has occurred and a secure connection to the server cannot be made.":                                              "vpn-and-filters",
		// as people type it
		"it says NOT ENOUGH ICLOUD\nSTORAGE!!!":             "icloud-storage",
		"not enogh storage in icloud":                       "icloud-storage",
		"somme files where unavailabel during":              "",
		"some files were unavialable during the last bakup": "stuck-backup",
		"waiting for wifi":                                  "wifi",
		"i cloud storage is full":                           "icloud-storage",
		"not enough backup":                                 "",
		// codes
		"Backup failed (MBErrorDomain error 303.)":                           "icloud-storage",
		"MBErrorDomain Code=303":                                             "icloud-storage",
		"(CKErrorDomain/25)":                                                 "icloud-storage",
		"There was a problem (MBErrorDomain/1). Connect to a Wi-Fi network.": "wifi",
		// even: neither
		"not connected to wifi, icloud backup is off": "",
	} {
		got, known := TextSays(text)
		if got.Cause != want || known != (want != "") {
			t.Errorf("%q: %q, %v, want %q", text, got.Cause, known, want)
		}
	}
	if got, _ := TextSays(strings.Repeat("x ", maxErrorText) + "not enough icloud storage"); got.Cause != "" {
		t.Error("a text beyond the bound was read")
	}
}

func TestSlip(t *testing.T) {
	for _, tc := range []struct {
		word string
		want bool
	}{
		{"storage", true}, {"storge", true}, {"storrage", true}, {"storagee", true}, {"storave", true}, {"sotrage", true},
		{"torage", false}, {"storege!", false}, {"strag", false}, {"ztorage", false}, {"", false}, {"storagexx", false},
	} {
		if got := slip(tc.word, "storage"); got != tc.want {
			t.Errorf("slip(%q) = %v", tc.word, got)
		}
	}
	if slip("wife", "wifi") {
		t.Error("a short word was taken for another")
	}
}

func TestBrokenErrorTables(t *testing.T) {
	for name, data := range map[string]string{
		"no date":       `{"codes":[{"domain":"MBErrorDomain","from":1,"name":"x"}]}`,
		"no code":       `{"as_of":"2026-11-23","codes":[]}`,
		"mistyped name": `{"as_of":"2026-11-23","codes":[{"domian":"MBErrorDomain"}]}`,
		"same as none":  `{"as_of":"2026-11-23","codes":[{"domain":"CKErrorDomain","from":1,"name":"x","same_as":1}]}`,
	} {
		if _, err := parseErrors([]byte(data)); err == nil {
			t.Errorf("codes: %s was accepted", name)
		}
	}
	for name, data := range map[string]string{
		"no date":  `{"texts":[{"id":"x","all":["y"]}]}`,
		"no text":  `{"as_of":"2026-11-23","texts":[]}`,
		"not JSON": `texts`,
	} {
		if _, err := parseErrorTexts([]byte(data)); err == nil {
			t.Errorf("texts: %s was accepted", name)
		}
	}
}

// Whatever is pasted, an answer is a check of the table, and the codes are few.
func FuzzTextSays(f *testing.F) {
	f.Add("iPhone Backup Failed. You do not have enough space in iCloud to back up this iPhone.")
	f.Add("Couldn’t communicate with a helper application. (NSCocoaErrorDomain/4097)")
	f.Add(`<CKError 0x10628b700: "Partial Failure" (2/1011)>`)
	f.Add("MBErrorDomain Code=-303, com.apple.appleaccount(401)")
	f.Add("\xff\xfe’’ wi fi")
	f.Fuzz(func(t *testing.T, text string) {
		said, known := TextSays(text)
		cause := said.Cause
		if known != (cause != "") || known && !slices.Contains(causes, cause) {
			t.Errorf("%q, %v", cause, known)
		}
		codes := CodesIn(text)
		if len(codes) > maxCodes {
			t.Errorf("%d codes", len(codes))
		}
		for _, c := range codes {
			if len(c.Domain) > 110 || !utf8.ValidString(c.Domain) {
				t.Errorf("domain %q", c.Domain)
			}
		}
	})
}
