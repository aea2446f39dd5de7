package services

// note tells asked what a computer asked, if anybody wants to know.
func note(asked func(string), what string) {
	if asked != nil {
		asked(what)
	}
}
