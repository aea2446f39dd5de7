package passphrase

import (
	"fmt"
	"strings"

	"github.com/sethvargo/go-diceware/diceware"

	"lifeboat/backup/keybag"
)

// offered is how many words a passphrase has: each is one of 7,776, so that
// five are as good as 64 random bits, and still fit on a line of paper.
const offered = 5

// Offer makes a passphrase of ordinary English words, chosen by the system's
// own random numbers, small letters with a dash between: typed alike on most
// keyboards, and easy to read from paper. Each call gives another one.
func Offer() (keybag.Password, error) {
	list, err := diceware.Generate(offered)
	if err != nil {
		return keybag.Password{}, fmt.Errorf("offer a passphrase: %w", err)
	}
	return keybag.NewPassword(strings.Join(list, "-")), nil
}
