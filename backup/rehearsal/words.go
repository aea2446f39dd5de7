package rehearsal

import (
	"lifeboat/assets/words"
	"lifeboat/backup/vault"
)

// Words says what came of a rehearsal.
func (r Result) Words() words.Text {
	date := words.Date(r.Version.Date)
	if !r.Passed() {
		return words.T("rehearsal.failed", words.Args{"Date": date, "N": words.Count(r.ProblemCount)})
	}
	return words.T("rehearsal.passed", words.Args{"Date": date, "N": words.Count(r.Files), "Bytes": words.Bytes(r.Bytes)})
}

// More says what has to be known beside that: of digests that are not known, and
// of a day that was not noted where it should have been.
func (r Result) More() (all []words.Text) {
	if r.Passed() && !r.Digests {
		all = append(all, words.T("rehearsal.passed-undigested", nil))
	}
	if r.Managed && !r.Noted {
		all = append(all, words.T("rehearsal.not-noted", nil))
	}
	return all
}

// Mark is what is said of a version that was rehearsed; its Key is empty where it
// never was.
func Mark(r vault.Rehearsal) words.Text {
	switch {
	case r.Date.IsZero():
		return words.Text{}
	case r.Passed():
		return words.T("rehearsal.marked", words.Args{"Day": words.Date(r.Date)})
	}
	return words.T("rehearsal.marked-failed", words.Args{"Day": words.Date(r.Date)})
}
