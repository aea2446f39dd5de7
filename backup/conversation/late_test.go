package conversation

import (
	"slices"
	"testing"
)

// TestPasscodeAfterTheAnswer: a notification that is overtaken by the answer
// leaves no question open.
func TestPasscodeAfterTheAnswer(t *testing.T) {
	var shown []bool
	c := &Conversation{OnPasscode: func(on bool) { shown = append(shown, on) }}
	c.setOpen(true)
	c.passcodeShown(true)
	c.setOpen(false)
	c.passcodeShown(true) // it was posted before the answer
	if !slices.Equal(shown, []bool{true, false}) {
		t.Error(shown)
	}
}
