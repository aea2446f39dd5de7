package words

// Problem is what a person is told about a failure.
type Problem struct {
	Happened string // what went wrong
	Meaning  string // what that means for their data
	Next     string // what to do now
}

// Problem words one code of device/fault for a computer that runs goos (as in
// runtime.GOOS). Where the next step depends on the computer,
// "next-<goos>" is taken, else "next". Every argument may be missing.
func (c *Catalogue) Problem(code, goos string, args Args) Problem {
	key := "problem." + code
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
