package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lifeboat/checks"
	"lifeboat/device/facts"
)

// adviceRow is one step as it reads on a range of versions of iOS.
type adviceRow struct {
	Check  string `json:"check"`
	ID     string `json:"id"`
	Effort string `json:"effort"`
	IOS    []int  `json:"ios"`
	Text   string `json:"text"`
	effort checks.Effort
}

// explainAll prints how the two kinds of backups compare, and every step that
// any check may give, on every version of iOS that Lifeboat has words for.
func (c *call) explainAll() error {
	rows := c.adviceRows()
	compared, habits := c.words.Texts(checks.Compared()), c.words.Texts(checks.Habits(facts.Phone{}))
	if c.json {
		c.event(map[string]any{"advice": rows, "compared": compared, "habits": habits})
		return nil
	}
	for _, line := range slices.Concat(compared, habits) {
		c.print(line)
	}
	check := ""
	for _, r := range rows {
		if r.Check != check {
			check = r.Check
			c.print("\n" + check)
		}
		c.print(fmt.Sprintf("  %-8s iOS %-10s %s", r.Effort, versions(r.IOS), r.Text))
	}
	return nil
}

// adviceRows joins the versions on which a step reads the same.
func (c *call) adviceRows() []adviceRow {
	var rows []adviceRow
	for _, major := range checks.Majors() {
		for _, a := range checks.Explain(major, time.Now()) {
			text := c.words.Text(a.Fix.Text)
			i := slices.IndexFunc(rows, func(r adviceRow) bool { return r.ID == a.Fix.ID && r.Text == text })
			if i < 0 {
				rows = append(rows, adviceRow{a.Check, a.Fix.ID, a.Fix.Effort.String(), nil, text, a.Fix.Effort})
				i = len(rows) - 1
			}
			if !slices.Contains(rows[i].IOS, major) {
				rows[i].IOS = append(rows[i].IOS, major)
			}
		}
	}
	order := checks.Run(checks.Input{})
	place := func(r adviceRow) int {
		return slices.IndexFunc(order, func(o checks.Result) bool { return o.ID == r.Check })
	}
	slices.SortStableFunc(rows, func(a, b adviceRow) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.effort, b.effort))
	})
	return rows
}

// versions writes "15-17, 26" of versions that follow each other in the table.
func versions(list []int) string {
	all := checks.Majors()
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && slices.Index(all, list[j+1]) == slices.Index(all, list[j])+1 {
			j++
		}
		part := fmt.Sprint(list[i])
		if j > i {
			part += "-" + fmt.Sprint(list[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
