package main

import "testing"

func TestFirstLine(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"one line":                {"secret", "secret"},
		"line end":                {"secret\n", "secret"},
		"line end of Windows":     {"secret\r\n", "secret"},
		"line end of old Macs":    {"secret\rmore", "secret"},
		"two lines":               {"secret\nmore\n", "secret"},
		"empty":                   {"", ""},
		"empty line first":        {"\nsecret", ""},
		"byte order mark":         {"\xef\xbb\xbfsecret\r\n", "secret"},
		"UTF-16 of Notepad":       {"\xff\xfes\x00\xe9\x00\r\x00\n\x00x\x00", "sé"},
		"UTF-16, high byte first": {"\xfe\xff\x00s\x00\xe9\x00\n", "sé"},
		"no text":                 {"caf\xe9\n", "caf\xe9"},
	} {
		if got := firstLine([]byte(c.file)); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}
