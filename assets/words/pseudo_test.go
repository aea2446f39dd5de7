package words

import (
	"strings"
	"testing"
)

// TestPseudo: every sentence can be worded, with the arguments of the English one
// untouched, and all in all they are about 40 % longer.
func TestPseudo(t *testing.T) {
	pseudo, err := Pseudo()
	if err != nil {
		t.Fatal(err)
	}
	english, before, after := English(), 0, 0
	for _, key := range english.Keys() {
		m := english.messages[key]
		for _, args := range samples(m.Message) {
			was, is := english.Say(key, args), pseudo.Say(key, args)
			before, after = before+len([]rune(was)), after+len([]rune(is))
			for name, v := range args {
				if text, ok := v.(string); ok && strings.Contains(was, text) && !strings.Contains(is, text) {
					t.Errorf("%s lost %s: %q", key, name, is)
				}
			}
			if strings.HasPrefix(is, "["+key) || strings.Contains(is, "{{") {
				t.Errorf("%s with %v: %q", key, args, is)
			}
		}
	}
	if share := float64(after) / float64(before); share < 1.3 || share > 1.5 {
		t.Errorf("sentences are %.2f times as long", share)
	}
	if got := pseudo.About("iPad").Say("ui.connect.title", nil); !strings.Contains(got, "iPad") {
		t.Errorf("about an iPad it says %q", got)
	}
}
