package words

import "maps"

// Problem is a failure in words for the user.
type Problem struct {
	Happened string // what went wrong
	Meaning  string // what that means for their data
	Next     string // what to do now
}

// Problem returns the words for one code of device/fault on a computer that runs goos (as in
// runtime.GOOS). Where the next step depends on the computer,
// "next-<goos>" is taken, else "next". Every argument may be missing, but
// {{.Keyring}} is always there.
//
// A failure of a restore has the argument "Restore", which is what became of
// the phone: that is its meaning, restore.state.<Restore>. What happened and what
// to do are "happened-restore" and "next-restore" where a code has them. A
// failure of the backup that is made before a restore ("first") has its own.
func (c *Catalogue) Problem(code, goos string, args Args) Problem {
	key := "problem." + code
	args = maps.Clone(args)
	if args == nil {
		args = Args{}
	}
	args["Keyring"] = c.Keyring(goos)
	happened, meaning, nexts := []string{}, key+".meaning", []string{}
	if state, is := args["Restore"].(string); is && state != "" {
		meaning = "restore.state." + state
		if state != "first" {
			happened, nexts = append(happened, key+".happened-restore"), append(nexts, key+".next-restore")
		}
	}
	return Problem{
		Happened: c.Say(c.first(append(happened, key+".happened")), args),
		Meaning:  c.Say(meaning, args),
		Next:     c.Say(c.first(append(nexts, key+".next-"+goos, key+".next")), args),
	}
}

// first is the first of some keys that there is, or else the last.
func (c *Catalogue) first(keys []string) string {
	for _, key := range keys {
		if c.Has(key) {
			return key
		}
	}
	return keys[len(keys)-1]
}

// Keyring is what a computer that runs goos calls the place where its programs
// keep passwords.
func (c *Catalogue) Keyring(goos string) string {
	if key := "keyring." + goos; c.Has(key) {
		return c.Say(key, nil)
	}
	return c.Say("keyring.other", nil)
}
