package main

import (
	"context"
	"fmt"
	"time"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/device/facts"
)

// quietFor is how long a phone may say nothing before the user learns that
// some versions of iOS never do.
const quietFor = 90 * time.Second

// watchAttempt listens while the phone tries to back up, and says what it
// hears, until the phone has said how it ended.
func (c *call) watchAttempt(ctx context.Context, d *examination) (diagnosis.State, error) {
	phone := d.State().Phone()
	for _, step := range checks.AttemptSteps(phone) {
		c.line(c.errs, c.words.Text(step))
	}
	hint := time.AfterFunc(quietFor, func() { c.say("cli.attempt.silence", nil) })
	defer hint.Stop()
	var last devicelog.Attempt
	err := d.Attempt(ctx, func(a devicelog.Attempt) {
		hint.Stop()
		if c.json {
			c.event(attemptJSON(a))
		} else {
			c.tellAttempt(last, a)
		}
		last = a
	})
	return d.State(), err
}

// condition is one of those that iCloud asks for, with the key of its words.
type condition struct {
	name  string
	value facts.Datum[bool]
}

func conditions(a devicelog.Attempt) []condition {
	c := a.Conditions
	return []condition{{"enabled", c.Enabled}, {"locked", c.Locked}, {"power", c.OnPower}, {"wifi", c.OnWiFi}, {"cellular", c.OnCellular}}
}

// attemptJSON is how an attempt stands in JSON.
func attemptJSON(a devicelog.Attempt) map[string]any {
	met := map[string]string{}
	for _, cond := range conditions(a) {
		met[cond.name] = heard(cond.value)
	}
	event := map[string]any{
		"event": "attempt", "conditions": met, "outcome": a.Outcome, "cause": a.Cause, "proven": a.Proven,
		"phases": each(a.Phases, func(p devicelog.Phase) map[string]any {
			return map[string]any{"name": p.Name, "seconds": p.Took.Seconds()}
		}),
		"codes": each(a.Codes, func(code devicelog.Code) string { return fmt.Sprintf("%s %d", code.Domain, code.Number) }),
	}
	if a.Phase != "" {
		event["phase"] = a.Phase
	}
	return event
}

// heard is "yes", "no" or "unknown".
func heard(d facts.Datum[bool]) string {
	on, known := d.Known()
	switch {
	case !known:
		return "unknown"
	case on:
		return "yes"
	}
	return "no"
}

// tellAttempt writes what is new since the last time.
func (c *call) tellAttempt(before, now devicelog.Attempt) {
	was := conditions(before)
	for i, cond := range conditions(now) {
		if heard(cond.value) != heard(was[i].value) {
			c.print(c.text("cli.attempt.condition."+cond.name+"."+heard(cond.value), nil))
		}
	}
	for _, p := range now.Phases[min(len(before.Phases), len(now.Phases)):] {
		c.print(c.text("cli.attempt.phase", words.Args{"Name": p.Name, "Time": words.Span(p.Took)}))
	}
	if now.Outcome != before.Outcome && now.Outcome != devicelog.Open {
		c.print(c.text("cli.attempt."+string(now.Outcome), nil) + "\n")
	}
}
