package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"lifeboat/checks"
	"lifeboat/device/facts"
)

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		// What is taken out.
		"for anna.b+x@example.co.uk, again":          "for [***], again",
		"(anna@example.com)":                         "([***])",
		"call +49 (170) 123-4567 now":                "call [***] now",
		"call 0170/1234567":                          "call [***]",
		"call 555.123.4567 x":                        "call [***] x",
		"call ٠١٢٣٤٥٦٧٨٩ now":                        "call [***] now",
		"IMEI 35 209900 176148 1":                    "IMEI [***]",
		"IMEI 352099001761481":                       "IMEI [***]",
		"imei 3520\u200b9900\u200b1761481":           "imei [***]",
		"serial F2LXK0ABCDEF.":                       "serial [***].",
		"serial f2lxk0abcdef":                        "serial [***]",
		"serial K9QJ4T7WX1":                          "serial [***]",
		"00008101-000A1B2C3D4E5F60":                  "[***]",
		"2b6f0cc904d137be2e1730235f5664094b831186":   "[***]",
		"id 9F1C6B7E-1D2C-4E5F-8A9B-0C1D2E3F4A5B ok": "id [***] ok",
		"from a4:83:e7:0b:11:1f":                     "from [***]",
		"from a4-83-e7-0b-11-1f":                     "from [***]",
		"at 192.168.178.17:443":                      "at [***]:443",
		"at fe80::1c2d:3e4f%en0":                     "at [***]",
		"at 2001:db8:0:1:2:3:4:5.":                   "at [***].",
		"in /Users/anna/Library/x y":                 "in [***] y",
		`in C:\Users\anna\x y`:                       "in [***] y",
		// What stays.
		"The last backup could not be completed.":                          "The last backup could not be completed.",
		"Letztes Backup: 04.10.2026 um 12:30:45 Uhr":                       "Letztes Backup: 04.10.2026 um 12:30:45 Uhr",
		"Last backup: 2026-10-04 12:30":                                    "Last backup: 2026-10-04 12:30",
		"10/4/26, 12:30 PM":                                                "10/4/26, 12:30 PM",
		"iOS 18.5.1 (22F76) on iPhone14,2":                                 "iOS 18.5.1 (22F76) on iPhone14,2",
		"Error Domain=MBErrorDomain Code=303 \"Quota\" (CKErrorDomain/25)": "Error Domain=MBErrorDomain Code=303 \"Quota\" (CKErrorDomain/25)",
		"BackupAgent2 stopped, NSCocoaErrorDomain:4097":                    "BackupAgent2 stopped, NSCocoaErrorDomain:4097",
		"不能完成上次备份。错误303,请在123分钟后再试一次吧好吗谢谢":                                 "不能完成上次备份。错误303,请在123分钟后再试一次吧好吗谢谢",
		"123.4 GB of 200 GB":                                               "123.4 GB of 200 GB",
		"":                                                                 "",
	} {
		if got := Mask(text); got != want {
			t.Errorf("Mask(%q)\n got %q\nwant %q", text, got, want)
		}
	}
}

// The names that are known here are taken out of what the user typed.
func TestMaskKnowsNames(t *testing.T) {
	in := checks.Input{
		Phone: facts.Phone{Name: facts.Of("Anna's (old) iPhone"), Organization: facts.Of("Meyer & Co"), Profiles: facts.Of([]facts.Profile{{Name: "WLAN Schule", Organization: "x"}})},
		Host:  checks.Host{Destination: `C:\Users\Bruno\Backups`},
	}
	mask := maskFor(in)
	for text, want := range map[string]string{
		"“Anna’s (old)  iPhone” of bruno at MEYER & CO, WLAN Schule": "“[***]” of [***] at [***], [***]",
		"x was not found": "x was not found",
	} {
		if got := mask(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	in.Phone = facts.Phone{Name: facts.Of("iPhone")}
	if got := maskFor(in)("The iPhone is locked"); got != "The iPhone is locked" {
		t.Errorf("%q", got)
	}
	in.Phone.Name = facts.Of(strings.Repeat("ab\xff", 5<<10))
	if got := maskFor(in)("The iPhone is locked"); got == "" {
		t.Error("a name that is too long for a pattern")
	}
}

// FuzzMask: what is masked has nothing left to mask, and no address or long number.
func FuzzMask(f *testing.F) {
	for _, seed := range []string{
		"call +49 170 1234567", "anna@example.com", "a4:83:e7:0b:11:1f", "192.168.1.1", "F2LXK0ABCDEF", "2026-10-04 12:30 1", "fe80::1",
		"MBErrorDomain Code=303", "00008101-000A1B2C3D4E5F60", "\xff\x00", "/Users/anna", "1.2.3.4.5.6.7",
	} {
		f.Add(seed)
	}
	mail := regexp.MustCompile(`[A-Za-z0-9]@[A-Za-z0-9]`)
	number := regexp.MustCompile(`[0-9]{9}`)
	f.Fuzz(func(t *testing.T, text string) {
		once := Mask(text)
		if !utf8.ValidString(once) || len(once) > len(removed)*maxMasked {
			t.Errorf("%q", once)
		}
		if mail.MatchString(once) || number.MatchString(once) {
			t.Errorf("%q is left of %q", once, text)
		}
		if twice := Mask(once); twice != once {
			t.Errorf("%q became %q, and then %q", text, once, twice)
		}
	})
}
