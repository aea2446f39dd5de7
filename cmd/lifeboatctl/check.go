package main

import (
	"context"
	"fmt"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/host"
	"lifeboat/device"
	"lifeboat/device/facts"
)

// resultJSON is how a check's result stands in JSON.
type resultJSON struct {
	ID       string            `json:"id"`
	Status   checks.Status     `json:"status"`
	Title    string            `json:"title"`
	Finding  string            `json:"finding"`
	Why      string            `json:"why"`
	Fix      []string          `json:"fix"`
	Evidence map[string]string `json:"evidence"`
}

// check says what is wrong with the iCloud backup of a phone.
func check(ctx context.Context, c *call) error {
	c.withPhone()
	to := c.flags.String("to", defaultRoot(), c.text("cli.flag.to", nil))
	if err := c.parse(0, 0); err != nil {
		return err
	}
	phone, err := c.phone(ctx)
	if err != nil {
		return err
	}
	known, err := phone.Facts(ctx, device.Summary{})
	if err != nil {
		return err
	}
	place := host.Gather(ctx, *to)
	place.MustExist = *to != defaultRoot() // Lifeboat makes only its own folder
	results := checks.Run(checks.Input{Phone: known, Host: place, Now: time.Now()})
	verdict := c.words.Text(checks.Verdict(results))
	if c.json {
		c.event(map[string]any{
			"device": deviceJSON{
				known.UDID, known.Name.Value, known.ProductType.Value, known.Version.Value, known.Readiness, known.Connection,
			},
			"results": c.worded(results),
			"verdict": map[string]any{"sentence": verdict, "blocker": blocker(results)},
		})
	} else {
		c.printCheck(known, results, verdict)
	}
	for _, r := range results {
		if r.Status == checks.Fail {
			return errBad
		}
	}
	return nil
}

// blocker is the id of the check that blocks first, "" if none does.
func blocker(results []checks.Result) string {
	r, _ := checks.Blocker(results)
	return r.ID
}

func (c *call) worded(results []checks.Result) []resultJSON {
	list := make([]resultJSON, 0, len(results))
	for _, r := range results {
		list = append(list, resultJSON{
			r.ID, r.Status, c.words.Text(r.Title), c.words.Text(r.Finding), c.words.Text(r.Why), c.words.Texts(checks.Texts(r.Fix)), r.Evidence,
		})
	}
	return list
}

// printCheck writes the results for people: what is fine in a line, what is
// not with its reason and what to do.
func (c *call) printCheck(phone facts.Phone, results []checks.Result, verdict string) {
	c.print(fmt.Sprintf("%s (%s, iOS %s)", orUnknown(c, phone.Name.Value), orUnknown(c, phone.ProductType.Value), orUnknown(c, phone.Version.Value)))
	c.print(verdict + "\n")
	for _, r := range c.worded(results) {
		c.print(fmt.Sprintf("%-10s %s", c.text("cli.status."+string(r.Status), nil), r.Finding))
		if r.Status == checks.Pass {
			continue
		}
		if r.Why != "" {
			c.print("           " + r.Why)
		}
		for i, step := range r.Fix {
			c.print(fmt.Sprintf("           %d. %s", i+1, step))
		}
	}
}
