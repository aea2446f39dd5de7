package fault_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// allArgs are the placeholders that a failure may fill.
var allArgs = words.Args{
	"Path": "/the/folder", "Need": words.Bytes(64_000_000_000), "Have": words.Bytes(713_000_000),
	"Phone": "Anna's iPhone", "Span": words.Span(time.Minute), "Midway": true, "NearEnd": true,
	"Program": "iTunes", "Files": "IMG_1.HEIC, IMG_2.HEIC", "More": words.T("verify.doubtful.more", words.Args{"N": words.Count(3)}), "Drive": "Blue", "LastSeen": words.Date(time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)),
	"System": "FAT32", "Lacks": "lock a file", "At": words.Bytes(713_000_000), "Version": "12", "After": "13",
	"UDID": "00008120-001C25D40C0A002E", "Holder": words.T("holder.elsewhere", words.Args{"Program": "lifeboat", "Host": "attic", "Span": words.Span(time.Minute)}), "Address": "tcp:nowhere", "Count": 3,
	"Kept": true, "Earlier": true, "File": "Manifest.db",
}

// Every code has its three texts, on every kind of computer, whatever of its
// arguments is missing.
func TestEveryCodeHasItsWords(t *testing.T) {
	argSets := []words.Args{nil, allArgs}
	for name, value := range allArgs {
		argSets = append(argSets, words.Args{name: value})
	}
	for _, code := range fault.Codes() {
		for _, goos := range []string{"linux", "darwin", "windows", "plan9"} {
			for _, args := range argSets {
				p := words.English().Problem(string(code), goos, args)
				for part, text := range map[string]string{"happened": p.Happened, "meaning": p.Meaning, "next": p.Next} {
					if flaw := flawOf(text); flaw != "" {
						t.Errorf("%s on %s with %v: %s is %s: %q", code, goos, args, part, flaw, text)
					}
				}
			}
		}
	}
}

// TestEveryCodeHasItsWordsInARestore: whatever ends a restore is said without a
// word of a new backup, and with what became of the phone.
func TestEveryCodeHasItsWordsInARestore(t *testing.T) {
	english := words.English()
	for _, code := range fault.Codes() {
		for _, state := range []string{"untouched", "first", "partial", "erased", "sent"} {
			for _, first := range []any{nil, "13"} {
				args := words.Args{"Restore": state}
				if first != nil {
					args["First"] = first
				}
				p := english.Problem(string(code), "linux", args)
				for part, text := range map[string]string{"happened": p.Happened, "meaning": p.Meaning, "next": p.Next} {
					if flaw := flawOf(text); flaw != "" {
						t.Errorf("%s, %s: %s is %s: %q", code, state, part, flaw, text)
					}
				}
				if want := english.Say("restore.state."+state, args); p.Meaning != want {
					t.Errorf("%s, %s: meaning %q", code, state, p.Meaning)
				}
			}
		}
	}
	// What a phone answers, and what ends a link.
	for _, code := range []fault.Code{
		fault.PhoneGone, fault.PhoneSilent, fault.DeviceError, fault.DeviceInternal, fault.DeviceFile, fault.DeviceBusy, fault.DeviceIO,
		fault.HostRead, fault.HostWrite, fault.HostSpace, fault.DeviceSpace, fault.BackupVersion, fault.BackupCorrupt, fault.BackupEmpty,
		fault.RestoreLeftover, fault.DeviceLocked, fault.DeviceKeyMissing, fault.DeviceDeferred, fault.FindMyOn, fault.PolicyForbids, fault.RestoreInProgress,
	} {
		p := english.Problem(string(code), "linux", words.Args{"Restore": "partial"})
		for _, wrong := range []string{"the backup for", "make a full backup", "new backup", "Make a", "its backup"} {
			if text := p.Happened + " " + p.Next; strings.Contains(text, wrong) {
				t.Errorf("%s speaks of a backup that is made: %q", code, text)
			}
		}
	}
}

// TestNoEarlierBackupIsClaimed: that an earlier backup is untouched is said only
// where it is known that there is one, and then by all that may end a backup.
func TestNoEarlierBackupIsClaimed(t *testing.T) {
	said := 0
	for _, code := range fault.Codes() {
		for _, earlier := range []any{nil, false, true} {
			args := words.Args{}
			for name, value := range allArgs {
				if args[name] = value; name == "Earlier" {
					args[name] = earlier
				}
			}
			if earlier == nil {
				delete(args, "Earlier")
			}
			p := words.English().Problem(string(code), "linux", args)
			text := p.Happened + " " + p.Meaning + " " + p.Next
			if key := "cli.next-step." + string(code); words.English().Has(key) {
				text += " " + words.English().Say(key, args)
			}
			claims := strings.Contains(text, "you had before") || strings.Contains(text, "arlier backups are untouched") || strings.Contains(text, "the earlier one") || strings.Contains(text, "The earlier one")
			if claims && earlier != true {
				t.Errorf("%s with Earlier %v: %q", code, earlier, text)
			}
			if claims {
				said++
			}
		}
	}
	if said < 25 {
		t.Errorf("only %d failures say that the earlier backup is untouched", said)
	}
}

// flawOf says what is wrong with a sentence, or "".
func flawOf(text string) string {
	switch {
	case text == "":
		return "empty"
	case strings.HasPrefix(text, "["):
		return "not rendered"
	case strings.Contains(text, "<no value>"), strings.Contains(text, "  "), strings.Contains(text, " ."):
		return "left with a hole"
	case !strings.HasSuffix(text, ".") && !strings.Contains(text, "run: "):
		return "no sentence"
	}
	return ""
}

// What a failure knows is said, not dropped.
func TestArgumentsAreNamed(t *testing.T) {
	for _, tc := range []struct {
		code fault.Code
		want []string
	}{
		{fault.DestFull, []string{"/the/folder", "64 GB", "713 MB"}},
		{fault.HostSpace, []string{"64 GB", "713 MB"}},
		{fault.DestMissing, []string{"/the/folder"}},
		{fault.DestNotFolder, []string{"/the/folder"}},
		{fault.DestNotAllowed, []string{"/the/folder"}},
		{fault.DestFailed, []string{"/the/folder"}},
		{fault.DestBusy, []string{"/the/folder", "attic"}},
		{fault.NotABackup, []string{"/the/folder"}},
		{fault.BackupUnfinished, []string{"/the/folder"}},
		{fault.BackupDamaged, []string{"/the/folder"}},
		{fault.MuxBadAddress, []string{"tcp:nowhere"}},
		{fault.PhoneNotFound, []string{"00008120-001C25D40C0A002E"}},
		{fault.SeveralPhones, []string{"3 iPhones"}},
		{fault.PhoneGone, []string{"Anna's iPhone"}},
		{fault.PhoneSilent, []string{"60 seconds"}},
		{fault.SyncLockBusy, []string{"iTunes"}},
		{fault.HostWrite, []string{"IMG_1.HEIC, IMG_2.HEIC", "3 more files"}},
		{fault.DestOffline, []string{"Blue", "/the/folder", "3 November 2026"}},
		{fault.DestSmallFiles, []string{"/the/folder", "FAT32"}},
		{fault.DestUnfit, []string{"/the/folder", "cannot lock a file"}},
		{fault.StuckSamePlace, []string{"713 MB"}},
		{fault.VersionUnknown, []string{"12"}},
		{fault.VersionDamaged, []string{"12"}},
		{fault.VersionNeeded, []string{"12"}},
	} {
		p := words.English().Problem(string(tc.code), "linux", allArgs)
		for _, want := range tc.want {
			if !strings.Contains(p.Happened, want) {
				t.Errorf("%s: %q does not name %q", tc.code, p.Happened, want)
			}
		}
	}
}

// The connection service differs most between computers, and so must the help.
func TestHelpForTheConnectionService(t *testing.T) {
	for goos, want := range map[string]string{"windows": "Apple Devices", "darwin": "Mac", "linux": "usbmuxd"} {
		for _, code := range []fault.Code{fault.MuxMissing, fault.MuxStopped} {
			if next := words.English().Problem(string(code), goos, nil).Next; !strings.Contains(next, want) {
				t.Errorf("%s on %s: %q does not name %s", code, goos, next, want)
			}
		}
	}
}

// An app of the Microsoft Store has no service that could be started: it is
// to be opened. A service is to be started.
func TestHelpForTheStoreApp(t *testing.T) {
	next := func(args words.Args) string {
		return words.English().Problem(string(fault.MuxStopped), "windows", args).Next
	}
	if text := next(words.Args{"Program": "iTunes"}); !strings.Contains(text, "Open “iTunes”") || strings.Contains(text, "Services") {
		t.Error(text)
	}
	if text := next(nil); !strings.Contains(text, "Apple Mobile Device Service") {
		t.Error(text)
	}
}

// Words for a code that no longer exists would only be translated in vain.
func TestNoWordsWithoutACode(t *testing.T) {
	for _, key := range words.English().Keys() {
		if rest, ok := strings.CutPrefix(key, "problem."); ok {
			code, _, _ := strings.Cut(rest, ".")
			if !slices.Contains(fault.Codes(), fault.Code(code)) {
				t.Errorf("%s is of no code", key)
			}
		}
	}
}
