package checks

import "lifeboat/assets/words"

// topic is the id of a cause and the root of its words in checks.en.toml:
// "<id>.found.<what>", "<id>.headline.<what>", "<id>.fix.<name>".
type topic string

// outcome formats one result. What fails or warns also has a headline, worded
// from the same arguments, for the verdict. What was read has its value in few words.
func (t topic) outcome(status Status, found string, args words.Args, e evidence, fixes ...Fix) Result {
	r := Result{Status: status, Finding: say(string(t)+".found."+found, args), Fix: fixes, Evidence: e}
	if status == Fail || status == Warn {
		r.headline = say(string(t)+".headline."+found, args)
	}
	if status != Ask && status != Unknown {
		r.Value = say(string(t)+".value."+found, args)
	}
	return r
}

// pending is the result while what a check needs is still being read.
func pending(e evidence) Result {
	return Result{Status: Unknown, Finding: say("common.found.pending", nil), Evidence: e, Pending: true}
}

// notReported is the result of a cause that only the phone could have reported.
func notReported(e evidence) Result { return common.outcome(Unknown, "not-told", nil, e) }

// asking adds questions to a result.
func (r Result) asking(in Input, ids ...QuestionID) Result {
	for _, id := range ids {
		r.Questions = append(r.Questions, in.question(id))
		noteAnswer(r.Evidence, in, id)
	}
	return r
}

// answered marks a result that only the user's answer decided.
func (r Result) answered() Result { r.Answered = true; return r }

// value is what a row of the checklist shows: what was read, or why there is nothing.
func (r Result) value() words.Text {
	switch {
	case r.Pending:
		return say("common.value.pending", nil)
	case r.Status == Ask:
		return say("common.value.ask", nil)
	case r.Status == Unknown:
		return say("common.value.unknown", nil)
	}
	return r.Value
}

// say is a sentence of checks.en.toml.
func say(key string, args words.Args) words.Text { return words.T("check."+key, args) }
