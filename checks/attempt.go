package checks

import (
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// AttemptSteps are what the user does on the phone while Lifeboat listens to
// its log: first what makes the phone report its state, then the try itself.
func AttemptSteps(p facts.Phone) []words.Text {
	return []words.Text{
		words.T("attempt.cable", nil),
		words.T("attempt.side-button", nil),
		words.T("attempt.back-up-now", menuArgs("icloud-backup", p)),
	}
}
