package checks

import (
	"strings"
	"testing"

	"lifeboat/assets/words"
)

// Every step that has words is among those that are explained, on some
// version of iOS, and reads well on each.
func TestExplainTellsEveryStep(t *testing.T) {
	shown := map[string]bool{}
	for _, major := range Majors() {
		for _, a := range Explain(major, now) {
			shown[a.Fix.Text.Key] = true
			said := words.English().Text(a.Fix.Text)
			if said == "" || strings.HasPrefix(said, "[check") || strings.Contains(said, "<no value>") {
				t.Errorf("iOS %d: %s reads %q", major, a.Fix.ID, said)
			}
		}
	}
	for _, key := range words.English().Keys() {
		if strings.HasPrefix(key, "check.") && strings.Contains(key, ".fix.") && key != localFirst.Text.Key && key != supportStep().Text.Key && !shown[key] {
			t.Errorf("%s is explained on no version", key)
		}
	}
}

func TestMajors(t *testing.T) {
	all := Majors()
	if len(all) < 6 || all[0] != 15 || all[len(all)-1] < 27 {
		t.Errorf("versions = %v", all)
	}
}

// No list of one check contradicts the order that costs the least: what is cheap
// comes first, resets come last, and before the first risky step of what concerns
// iCloud there is a backup to this computer.
func TestStepsCostTheLeastFirst(t *testing.T) {
	lists := 0
	look := func(where string, status Status, fixes []Fix, saved bool) {
		lists++
		for i, f := range fixes {
			saved = saved || f.Action == BackUpHere
			if f.Effort.Risky() && !saved {
				t.Errorf("%s: %s comes before a backup to this computer", where, f.ID)
			}
			if i > 0 && f.Effort < fixes[i-1].Effort && f.ID != localFirst.ID {
				t.Errorf("%s: %s comes after %s, which costs more", where, f.ID, fixes[i-1].ID)
			}
		}
		if len(fixes) > 0 && fixes[0].Effort >= SignOut && status != Pass {
			t.Errorf("%s begins with %s", where, fixes[0].ID)
		}
	}
	for _, major := range Majors() {
		inputs := append(troubles(major, now), namedInputs()...)
		for _, in := range inputs {
			results := Run(in)
			for _, r := range results {
				c, _ := causeOf(r)
				look(r.ID, r.Status, r.Fix, c.about == ThisComputer || c.means == access)
				if r.Status == Fail && len(r.Fix) == 0 {
					t.Errorf("%s fails and names no step", r.ID)
				}
			}
		}
	}
	if lists < 5000 {
		t.Errorf("only %d lists were looked at", lists)
	}
}
