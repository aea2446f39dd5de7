package main

import (
	"context"
	"fmt"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/facts"
)

// check says what is wrong with the iCloud backup of a phone.
func check(c *call) work {
	c.define("check", 0, 0)
	f := c.withDiagnosis()
	watch := c.flags.Bool("watch", false, c.text("cli.flag.watch", nil))
	every := c.flags.Bool("explain", false, c.text("cli.flag.explain", nil))
	c.withRecord()
	return func(ctx context.Context) error {
		if *every {
			return c.explainAll()
		}
		d, err := c.diagnose(ctx, f)
		if err != nil {
			return err
		}
		defer d.stop()
		state, err := c.examine(ctx, d)
		if err != nil {
			return err
		}
		if *watch {
			if state, err = c.watchAttempt(ctx, d); err != nil {
				return err
			}
		}
		c.showState(state)
		if _, bad := checks.Blocker(state.Results); bad {
			return errBad
		}
		return nil
	}
}

// examine reads everything, the slow facts too.
func (c *call) examine(ctx context.Context, d *examination) (diagnosis.State, error) {
	c.progress(c.text("cli.examining", nil))
	defer c.endLine()
	return d.Once(ctx, device.Summary{})
}

// showState writes a diagnosis: as one JSON object, or for people.
func (c *call) showState(s diagnosis.State) {
	if c.json {
		c.event(c.stateJSON(s))
		return
	}
	c.printState(s)
}

// printState writes the results for people: what is fine in a line, what is
// not with its reason and what to do.
func (c *call) printState(s diagnosis.State) {
	phone := s.Phone()
	c.print(fmt.Sprintf("%s (%s, iOS %s)", orUnknown(c, phone.Name.Value), orUnknown(c, s.Model()), orUnknown(c, phone.Version.Value)))
	c.print(c.words.Text(s.Safety.Sentence))
	c.print(c.words.Text(s.Verdict) + "\n")
	for _, r := range s.Results {
		c.print(fmt.Sprintf("%-10s %s", c.text("cli.status."+string(r.Status), nil), c.words.Text(r.Finding)))
		if r.Status != checks.Pass {
			c.printAdvice(r)
		}
	}
	c.printNext(s)
	c.printRecord(s)
}

func (c *call) printAdvice(r checks.Result) {
	c.print("           " + c.words.Text(r.Why))
	for i, step := range c.words.Texts(checks.Texts(r.Fix)) {
		c.print(fmt.Sprintf("           %d. %s", i+1, step))
	}
	for _, q := range r.Questions {
		c.print(fmt.Sprintf("           ? %s %s (%s: %s)", c.words.Text(q.Where), c.words.Text(q.Ask), q.ID, choicesOf(q)))
	}
}

// printNext writes the whole way back as one list, where there is more than one cause.
func (c *call) printNext(s diagnosis.State) {
	if len(s.Next) == 0 {
		return
	}
	c.print("\n" + c.text("cli.next", nil))
	for i, f := range s.Next {
		c.print(fmt.Sprintf("%2d. %s", i+1, c.words.Text(f.Text)))
	}
}

// The forms in which a diagnosis stands in JSON.
type (
	resultJSON struct {
		ID        string            `json:"id"`
		Status    checks.Status     `json:"status"`
		Group     checks.Group      `json:"group"`
		Title     string            `json:"title"`
		Finding   string            `json:"finding"`
		Why       string            `json:"why"`
		Fix       []string          `json:"fix"`
		Questions []questionJSON    `json:"questions,omitempty"`
		Answered  bool              `json:"answered,omitempty"`
		Evidence  map[string]string `json:"evidence"`
		About     checks.Subject    `json:"about"`
	}
	questionJSON struct {
		ID      checks.QuestionID   `json:"id"`
		Where   string              `json:"where,omitempty"`
		Ask     string              `json:"ask"`
		Choices []map[string]string `json:"choices,omitempty"`
		Given   string              `json:"given,omitempty"`
	}
	fixJSON struct {
		ID     string        `json:"id"`
		Text   string        `json:"text"`
		Effort string        `json:"effort"`
		Action checks.Action `json:"action,omitempty"`
		Seen   bool          `json:"seen,omitempty"`
	}
	verdictJSON struct {
		Blocker  string    `json:"blocker"`
		Sentence string    `json:"sentence"`
		Next     []fixJSON `json:"next"`
		Likely   string    `json:"likely"` // id of the likely cause, "" for none
	}
	changeJSON struct {
		ID   string        `json:"id"`
		From checks.Status `json:"from"`
		To   checks.Status `json:"to"`
	}
)

// stateJSON is a whole diagnosis.
func (c *call) stateJSON(s diagnosis.State) map[string]any {
	changes := make([]changeJSON, len(s.Changes))
	for i, change := range s.Changes {
		changes[i] = changeJSON(change)
	}
	return map[string]any{
		"device": c.deviceJSON(s.Phone()), "results": c.worded(s.Results), "changes": changes,
		"verdict": verdictJSON{s.Blocker, c.words.Text(s.Verdict), c.fixes(s.Next), s.Likely},
		"record":  recordOf(s),
		"safety": map[string]any{
			"state": s.Safety.State, "sentence": c.words.Text(s.Safety.Sentence),
			"icloud": c.copyJSON(s.Safety.ICloud), "local": c.copyJSON(s.Safety.Local),
		},
	}
}

func (c *call) deviceJSON(p facts.Phone) deviceJSON {
	return deviceJSON{p.UDID, p.Name.Value, p.ProductType.Value, p.Version.Value, p.Readiness, p.Connection}
}

func (c *call) copyJSON(k checks.Copy) map[string]any {
	j := map[string]any{"state": k.State, "sentence": c.words.Text(k.Sentence)}
	if !k.Finished.IsZero() {
		j["finished"] = k.Finished.UTC()
	}
	return j
}

func (c *call) worded(results []checks.Result) []resultJSON {
	return each(results, func(r checks.Result) resultJSON {
		return resultJSON{
			ID: r.ID, Status: r.Status, Group: r.Group(), Title: c.words.Text(r.Title), Finding: c.words.Text(r.Finding),
			Why: c.words.Text(r.Why), Fix: c.words.Texts(checks.Texts(r.Fix)), Questions: c.questions(r.Questions),
			Answered: r.Answered, Evidence: r.Evidence, About: r.About,
		}
	})
}

func (c *call) questions(all []checks.Question) []questionJSON {
	return each(all, func(q checks.Question) questionJSON {
		j := questionJSON{ID: q.ID, Where: c.words.Text(q.Where), Ask: c.words.Text(q.Ask)}
		j.Choices = each(q.Choices, func(ch checks.Choice) map[string]string {
			return map[string]string{"id": ch.ID, "text": c.words.Text(ch.Text)}
		})
		if q.Given != nil {
			j.Given = q.Given.Choice + q.Given.Text
		}
		return j
	})
}

func (c *call) fixes(all []checks.Fix) []fixJSON {
	return each(all, func(f checks.Fix) fixJSON {
		return fixJSON{f.ID, c.words.Text(f.Text), f.Effort.String(), f.Action, f.Seen}
	})
}
