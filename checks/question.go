package checks

import (
	"cmp"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// QuestionID names what cannot be read over the cable. It never changes: remembered
// answers refer to it.
type QuestionID string

// Unsure is the choice that every question has: the user cannot tell.
const Unsure = "unsure"

// Question is asked of the user, who looks at the phone and taps an answer.
type Question struct {
	ID  QuestionID
	Ask words.Text
	// Where says where to look on the phone's version of iOS.
	Where words.Text
	// Choices are tapped; none means that a text is typed or pasted.
	Choices []Choice
	// Given is the answer that is remembered, nil if there is none or it is stale.
	Given *Answer
}

// Choice is one answer that can be tapped.
type Choice struct {
	ID   string
	Text words.Text
}

// Answer is what the user said once.
type Answer struct {
	Choice string // of a choice, or "" for a typed text
	Text   string
	At     time.Time
}

// Answers are all that the user said of one phone, the last to each question.
type Answers map[QuestionID]Answer

// questionDef is one entry of the table of questions.
type questionDef struct {
	id      QuestionID
	choices []string // without Unsure, which is always the last; none for a typed text
	menu    string   // in the table of menus; "" where the question itself says where to look
	// good is how long an answer counts.
	good time.Duration
}

// questionDefs are filled by the files cause_<id>.go.
var questionDefs []questionDef

// defOf finds an entry of the table.
func defOf(id QuestionID) (questionDef, bool) {
	return find(questionDefs, func(q questionDef) bool { return q.id == id })
}

// asks enters a question; the file of its cause calls it for a package variable.
func asks(q questionDef) QuestionID {
	if _, twice := defOf(q.id); twice {
		panic("checks: two questions " + string(q.id))
	}
	questionDefs = append(questionDefs, q)
	return q.id
}

// said is the user's answer to a question, if there is one that still counts.
// An answer of the future is as good as none.
func (in Input) said(id QuestionID) (Answer, bool) {
	a, given := in.Answers[id]
	q, known := defOf(id)
	if age := in.Now.Sub(a.At); !given || !known || a.Choice == Unsure || age > q.good || age < -clockSlack {
		return Answer{}, false
	}
	return a, true
}

// chose is the choice of an answer that still counts, or "".
func (in Input) chose(id QuestionID) string {
	a, _ := in.said(id)
	return a.Choice
}

// question formats one entry of the table for a phone.
func (in Input) question(id QuestionID) Question {
	q, known := defOf(id)
	if !known {
		panic("checks: no question " + string(id)) // a mistake that no test lets through
	}
	root, args := "question."+string(id), questionArgs(in.Phone)
	out := Question{ID: id, Ask: words.T(root+".ask", args)}
	if q.menu != "" {
		out.Where = words.T("question.where", menuArgs(q.menu, in.Phone))
	}
	for _, choice := range q.choices {
		out.Choices = append(out.Choices, Choice{choice, words.T(root+"."+choice, args)})
	}
	if len(q.choices) > 0 {
		out.Choices = append(out.Choices, Choice{Unsure, words.T("question.unsure", nil)})
	}
	if a, ok := in.said(id); ok {
		out.Given = &a
	}
	return out
}

// questionArgs are what the words of any question may use.
func questionArgs(p facts.Phone) words.Args {
	return words.Args{"Switch": menu("icloud-backup-switch", p), "Account": menu("apple-account-name", p)}
}

// noteAnswer adds what the user said to the evidence.
func noteAnswer(e evidence, in Input, id QuestionID) {
	if a, ok := in.said(id); ok {
		e["answer/"+string(id)] = tidy(cmp.Or(a.Choice, a.Text)) + " (" + a.At.UTC().Format(time.DateOnly) + ")"
	}
}

// AllQuestions lists every question there is, worded for a phone.
func (in Input) AllQuestions() []Question {
	all := make([]Question, 0, len(questionDefs))
	for _, q := range questionDefs {
		all = append(all, in.question(q.id))
	}
	return all
}
