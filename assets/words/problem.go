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
func (c *Catalogue) Problem(code, goos string, args Args) Problem {
	key := "problem." + code
	args = maps.Clone(args)
	if args == nil {
		args = Args{}
	}
	args["Keyring"] = c.Keyring(goos)
	next := key + ".next-" + goos
	if !c.Has(next) {
		next = key + ".next"
	}
	return Problem{
		Happened: c.Say(key+".happened", args),
		Meaning:  c.Say(key+".meaning", args),
		Next:     c.Say(next, args),
	}
}

// Keyring is what a computer that runs goos calls the place where its programs
// keep passwords.
func (c *Catalogue) Keyring(goos string) string {
	if key := "keyring." + goos; c.Has(key) {
		return c.Say(key, nil)
	}
	return c.Say("keyring.other", nil)
}
