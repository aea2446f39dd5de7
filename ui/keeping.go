package ui

import (
	"slices"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
)

// keepingChoice is one number of how long earlier backups are kept.
type keepingChoice struct {
	name    string // key of what the number is of
	value   string // key of the number itself
	options []int
	get     func(vault.Policy) int
	set     func(*vault.Policy, int)
	byAge   bool // of no use while everything is kept
}

var keepingChoices = []keepingChoice{
	{"ui.keeping.all", "ui.keeping.days", []int{1, 3, 7, 14, 30, 90},
		func(p vault.Policy) int { return p.All }, func(p *vault.Policy, n int) { p.All = n }, true},
	{"ui.keeping.daily", "ui.keeping.days", []int{7, 14, 30, 60},
		func(p vault.Policy) int { return p.Daily }, func(p *vault.Policy, n int) { p.Daily = n }, true},
	{"ui.keeping.weekly", "ui.keeping.weeks", []int{4, 8, 13, 26, 52},
		func(p vault.Policy) int { return p.Weekly }, func(p *vault.Policy, n int) { p.Weekly = n }, true},
	{"ui.keeping.monthly", "ui.keeping.months", []int{6, 12, 24, 60},
		func(p vault.Policy) int { return p.Monthly }, func(p *vault.Policy, n int) { p.Monthly = n }, true},
	{"ui.keeping.limit", "ui.keeping.size", []int{0, 100, 250, 500, 1000, 2000, 4000},
		func(p vault.Policy) int { return int(p.Limit / state.Gigabytes) },
		func(p *vault.Policy, n int) { p.Limit = int64(n) * state.Gigabytes }, false},
	{"ui.keeping.trash", "ui.keeping.days", []int{7, 14, 30, 90},
		func(p vault.Policy) int { return p.Trash }, func(p *vault.Policy, n int) { p.Trash = n }, false},
}

// keepsAll reports whether a policy lets nothing go by age.
func keepsAll(p vault.Policy) bool {
	return p.All == 0 && p.Daily == 0 && p.Weekly == 0 && p.Monthly == 0
}

// keeping is the part of the settings about earlier backups.
func (w *Window) keeping() []fyne.CanvasObject {
	all := []fyne.CanvasObject{widgets.Plain(w.say("ui.keeping.why", nil))}
	var aged []*widgets.Choice
	for _, c := range keepingChoices {
		s := w.keepingSelect(c)
		if c.byAge {
			aged = append(aged, s)
		}
		all = append(all, widgets.Labelled(w.say(c.name, nil), s))
	}
	able := func() {
		for _, s := range aged {
			widgets.SetEnabled(s, !keepsAll(w.Settings.Policy()))
		}
	}
	everything := tick(w.say("ui.keeping.everything", nil), keepsAll(w.Settings.Policy()), func(on bool) {
		p := w.Settings.Policy()
		p.All, p.Daily, p.Weekly, p.Monthly = 0, 0, 0, 0
		if !on {
			usual := vault.DefaultPolicy
			p.All, p.Daily, p.Weekly, p.Monthly = usual.All, usual.Daily, usual.Weekly, usual.Monthly
		}
		w.Settings.SetPolicy(p)
		for i, s := range aged {
			w.showKept(s, keepingChoices[i])
		}
		able()
	})
	able()
	return append(all, everything)
}

// keepingSelect lets the user choose one number.
func (w *Window) keepingSelect(c keepingChoice) *widgets.Choice {
	s := widgets.NewChoice(nil, -1, func(i int) {
		p := w.Settings.Policy()
		c.set(&p, w.keptNumbers(c)[i])
		w.Settings.SetPolicy(p)
	})
	w.showKept(s, c)
	return s
}

// keptNow is the number that holds now.
func (w *Window) keptNow(c keepingChoice) int {
	if c.byAge && keepsAll(w.Settings.Policy()) {
		return c.get(vault.DefaultPolicy)
	}
	return c.get(w.Settings.Policy())
}

// keptNumbers are the usual numbers, and the one that holds now.
func (w *Window) keptNumbers(c keepingChoice) []int {
	numbers := slices.Clone(c.options)
	if now := w.keptNow(c); !slices.Contains(numbers, now) {
		numbers = append(numbers, now)
		slices.Sort(numbers)
	}
	return numbers
}

// showKept shows the number that holds now.
func (w *Window) showKept(s *widgets.Choice, c keepingChoice) {
	numbers := w.keptNumbers(c)
	names := make([]string, 0, len(numbers))
	for _, n := range numbers {
		names = append(names, w.keepingName(c, n))
	}
	s.Set(names, slices.Index(numbers, w.keptNow(c)))
}

func (w *Window) keepingName(c keepingChoice, n int) string {
	if c.value != "ui.keeping.size" {
		return w.say(c.value, words.Args{"N": words.Count(n)})
	}
	if n == 0 {
		return w.say("ui.keeping.no-limit", nil)
	}
	return w.say(c.value, words.Args{"Size": words.Bytes(int64(n) * state.Gigabytes)})
}
