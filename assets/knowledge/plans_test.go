package knowledge

import (
	"regexp"
	"testing"
)

var planID = regexp.MustCompile(`^[1-9][0-9]*(gb|tb)$`)

func TestPlans(t *testing.T) {
	table := Plans()
	dated(t, table.AsOf)
	if table.Source == "" {
		t.Error("nobody says whose prices these are")
	}
	for i, p := range table.Plans {
		if !planID.MatchString(p.ID) {
			t.Errorf("id %q", p.ID)
		}
		if got, ok := PlanOf(p.ID); !ok || got != p {
			t.Errorf("PlanOf(%q) = %+v, %v", p.ID, got, ok)
		}
		if i == 0 {
			if p.Bytes != 5_000_000_000 || p.USCents != 0 {
				t.Errorf("the smallest plan is %+v, want 5 GB for nothing", p)
			}
			continue
		}
		if before := table.Plans[i-1]; p.Bytes <= before.Bytes || p.USCents <= before.USCents {
			t.Errorf("%s is not more for more than %s", p.ID, before.ID)
		}
	}
	if _, ok := PlanOf("1gb"); ok {
		t.Error("a plan that does not exist was found")
	}
}

func TestBrokenPlans(t *testing.T) {
	for name, data := range map[string]string{
		"not JSON": `plans`, "no date": `{"plans":[{"id":"5gb"}]}`, "no plan": `{"as_of":"2026-11-23","plans":[]}`,
		"mistyped name": `{"as_of":"2026-11-23","plans":[{"size":1}]}`,
	} {
		if _, err := parsePlans([]byte(data)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
