package knowledge

import (
	_ "embed"
	"sync"
)

//go:embed plans.json
var plansJSON []byte

// Plan is one size of iCloud storage that Apple offers.
type Plan struct {
	ID    string `json:"id"`    // "5gb"; remembered answers refer to it
	Bytes int64  `json:"bytes"` // decimal, as it is sold
	// USCents is what a month costs in the United States, 0 for the plan
	// that everybody has. It is older than what Apple asks today.
	USCents int `json:"us_cents"`
}

// PlanTable is the table of plans, the smallest first.
type PlanTable struct {
	AsOf   Day    `json:"as_of"`
	Source string `json:"source"`
	Plans  []Plan `json:"plans"`
}

// Plans is the embedded table of iCloud storage.
var Plans = sync.OnceValue(func() PlanTable { return must(parsePlans(plansJSON)) })

// PlanOf finds a plan by its id.
func PlanOf(id string) (Plan, bool) {
	return find(Plans().Plans, func(p Plan) bool { return p.ID == id })
}

func parsePlans(data []byte) (PlanTable, error) {
	return decode("plans", data, func(t PlanTable) bool { return !t.AsOf.IsZero() && len(t.Plans) > 0 })
}
