package main

import (
	"context"
	"fmt"
	"time"

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
		ID      checks.QuestionID `json:"id"`
		Where   string            `json:"where,omitempty"`
		Ask     string            `json:"ask"`
		Choices []choiceJSON      `json:"choices,omitempty"`
		Given   string            `json:"given,omitempty"`
	}
	choiceJSON struct {
		ID   string `json:"id"`
		Text string `json:"text"`
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
	safetyJSON struct {
		State    checks.SafetyState `json:"state"`
		Sentence string             `json:"sentence"`
		ICloud   copyJSON           `json:"icloud"`
		Local    copyJSON           `json:"local"`
	}
	copyJSON struct {
		State    checks.SafetyState `json:"state"`
		Sentence string             `json:"sentence"`
		Finished *time.Time         `json:"finished,omitempty"`
	}
	changeJSON struct {
		ID   string        `json:"id"`
		From checks.Status `json:"from"`
		To   checks.Status `json:"to"`
	}
)

// stateJSON is a whole diagnosis.
func (c *call) stateJSON(s diagnosis.State) map[string]any {
	changes := make([]changeJSON, 0, len(s.Changes))
	for _, change := range s.Changes {
		changes = append(changes, changeJSON(change))
	}
	return map[string]any{
		"device": c.deviceJSON(s.Phone()), "results": c.worded(s.Results), "changes": changes,
		"verdict": verdictJSON{s.Blocker, c.words.Text(s.Verdict), c.fixes(s.Next), s.Likely},
		"record":  recordOf(s),
		"safety":  safetyJSON{s.Safety.State, c.words.Text(s.Safety.Sentence), c.copyJSON(s.Safety.ICloud), c.copyJSON(s.Safety.Local)},
	}
}

func (c *call) deviceJSON(p facts.Phone) deviceJSON {
	return deviceJSON{p.UDID, p.Name.Value, p.ProductType.Value, p.Version.Value, p.Readiness, p.Connection}
}

func (c *call) copyJSON(k checks.Copy) copyJSON {
	j := copyJSON{State: k.State, Sentence: c.words.Text(k.Sentence)}
	if !k.Finished.IsZero() {
		at := k.Finished.UTC()
		j.Finished = &at
	}
	return j
}

func (c *call) worded(results []checks.Result) []resultJSON {
	list := make([]resultJSON, 0, len(results))
	for _, r := range results {
		list = append(list, resultJSON{
			ID: r.ID, Status: r.Status, Group: r.Group(), Title: c.words.Text(r.Title), Finding: c.words.Text(r.Finding),
			Why: c.words.Text(r.Why), Fix: c.words.Texts(checks.Texts(r.Fix)), Questions: c.questions(r.Questions),
			Answered: r.Answered, Evidence: r.Evidence, About: r.About,
		})
	}
	return list
}

func (c *call) questions(all []checks.Question) []questionJSON {
	list := make([]questionJSON, 0, len(all))
	for _, q := range all {
		j := questionJSON{ID: q.ID, Where: c.words.Text(q.Where), Ask: c.words.Text(q.Ask)}
		for _, choice := range q.Choices {
			j.Choices = append(j.Choices, choiceJSON{choice.ID, c.words.Text(choice.Text)})
		}
		if q.Given != nil {
			j.Given = q.Given.Choice + q.Given.Text
		}
		list = append(list, j)
	}
	return list
}

func (c *call) fixes(all []checks.Fix) []fixJSON {
	list := make([]fixJSON, 0, len(all))
	for _, f := range all {
		list = append(list, fixJSON{f.ID, c.words.Text(f.Text), f.Effort.String(), f.Action, f.Seen})
	}
	return list
}
