// Package diagnosis makes one diagnosis from the plug to the verdict: it
// has the phone, this computer, the network and what is remembered looked at, runs the checks over
// them, and runs them again when one of these changes. It is the one room of
// checks that knows the phone's connection, and decides nothing itself.
package diagnosis

import (
	"slices"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/history"
	"lifeboat/device/facts"
)

// State is what is known of a phone at one moment.
type State struct {
	Input   checks.Input
	Results []checks.Result // in the order of the checklist
	Verdict words.Text
	Blocker string // id of the check that has to be fixed first, "" if none
	// Likely is the id of the check that can be why iCloud saves nothing, where
	// none was found to be; "" if none is in sight.
	Likely string
	// Standing is the verdict in one word.
	Standing checks.Status
	// Safety reports whether what is on the phone is kept anywhere else.
	Safety checks.Safety
	// Overview is what the first page says.
	Overview checks.Overview
	// Next are the steps back to a working backup, the first one first.
	Next []checks.Fix
	// Pending: some of the slow facts are still being read.
	Pending bool
	// Changes are the results that differ from the last diagnosis on record.
	Changes []history.Change
	// Tried are the steps that the user has ticked, by their ids.
	Tried map[string]history.Tried
	// Lines are what the log of the last attempt may show to others.
	Lines []string
}

// Model is how the phone is sold ("iPhone 15 Pro"), or its product type, or "".
func (s State) Model() string {
	product, _ := s.Input.Phone.ProductType.Known()
	if model, ok := knowledge.ModelOf(product); ok {
		return model.Name
	}
	return product
}

// Phone are the facts about the phone.
func (s State) Phone() facts.Phone { return s.Input.Phone }

// Result finds the result of one check.
func (s State) Result(id string) (checks.Result, bool) {
	for _, r := range s.Results {
		if r.ID == id {
			return r, true
		}
	}
	return checks.Result{}, false
}

// judge runs the checks over the input.
func (s *State) judge() {
	s.Results = checks.Run(s.Input)
	s.Verdict = checks.Verdict(s.Results)
	blocker, _ := checks.Blocker(s.Results)
	likely, _ := checks.Likely(s.Results)
	s.Blocker, s.Likely, s.Standing = blocker.ID, likely.ID, checks.Standing(s.Results)
	s.Safety = checks.SafetyOf(s.Input)
	s.Next = checks.Next(s.Input, s.Results)
	s.Overview = checks.OverviewOf(s.Input, s.Results, s.Safety, s.Next)
	s.Pending = slices.ContainsFunc(s.Results, func(r checks.Result) bool { return r.Pending })
}
