package checks

import "lifeboat/assets/words"

// topic is the id of a cause and the root of its words in checks.json:
// "<id>.found.<what>", "<id>.headline.<what>", "<id>.fix.<name>".
type topic string

// outcome words one result. What fails or warns also has a headline, worded
// from the same arguments, for the verdict.
func (t topic) outcome(status Status, found string, args words.Args, e evidence, fixes ...words.Text) Result {
	r := Result{Status: status, Finding: say(string(t)+".found."+found, args), Fix: fixes, Evidence: e}
	if status == Fail || status == Warn {
		r.headline = say(string(t)+".headline."+found, args)
	}
	return r
}

// fix is one step.
func (t topic) fix(name string, args words.Args) words.Text {
	return say(string(t)+".fix."+name, args)
}

// say is a sentence of checks.json.
func say(key string, args words.Args) words.Text { return words.T("check."+key, args) }
