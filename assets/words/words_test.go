package words

import "testing"

// TestForAnyTag: whatever the environment says of the language, there are
// words, and English ones where nothing else fits.
func TestForAnyTag(t *testing.T) {
	want := English().Say("cli.usage", nil)
	for _, tag := range []string{"", "-", "_", ".", "@", "--", "-.UTF-8", "C", "C.UTF-8", "POSIX", "en", "EN_gb.UTF-8", "en@quot", "../en", "/", "\x00", "\xff\xfe", "ja_JP.eucJP"} {
		if got := For(tag).Say("cli.usage", nil); got != want {
			t.Errorf("%q: %q", tag, got)
		}
	}
	if For("en@quot") != English() || For("en_US") != English() {
		t.Error("English is not taken for English")
	}
}

// TestKeyringByItsName: a keyring is called what its system calls it.
func TestKeyringByItsName(t *testing.T) {
	for goos, want := range map[string]string{"darwin": "Keychain", "windows": "Credential Manager", "linux": "your keyring", "freebsd": "your keyring"} {
		if got := English().Keyring(goos); got != want {
			t.Errorf("%s: %q", goos, got)
		}
		args := Args{"Path": "/home"}
		happened := English().Problem("keyring-failed", goos, args).Happened
		if wanted := "The password couldn't be kept in " + want + ", or read from it."; happened != wanted {
			t.Errorf("%s: %q", goos, happened)
		}
		if len(args) != 1 {
			t.Errorf("the arguments of a failure were changed: %v", args)
		}
	}
}

func BenchmarkSay(b *testing.B) {
	c := English()
	for b.Loop() {
		c.Say("ui.running.files-only", Args{"N": Count(5)})
	}
}
