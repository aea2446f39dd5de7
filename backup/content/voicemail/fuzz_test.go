package voicemail

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"howett.net/plist"
)

// FuzzTranscript: whatever a transcript is, its text is one, and no longer than it.
func FuzzTranscript(f *testing.F) {
	for _, objects := range [][]any{
		{"$null", map[string]any{"transcriptionString": plist.UID(2)}, "Call me back"},
		{map[string]any{"transcriptionString": plist.UID(0)}, map[string]any{"transcriptionString": plist.UID(1 << 30)}, map[string]any{"transcriptionString": 1}},
	} {
		var out bytes.Buffer
		if err := plist.NewBinaryEncoder(&out).Encode(map[string]any{"$objects": objects}); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
		f.Add(bytes.ReplaceAll(out.Bytes(), []byte("back"), []byte("\xffack")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// A letter of one byte takes three if it was none.
		if text := transcriptIn(data); !utf8.ValidString(text) || len(text) > 3*len(data) {
			t.Errorf("%q", text)
		}
	})
}
