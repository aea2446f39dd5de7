package reminder

import "lifeboat/assets/words"

// Title is the first line of the notification.
func (r Reminder) Title() words.Text {
	if r.Rehearse {
		if r.Name == "" {
			return words.T("reminder.rehearsal.title-unnamed", nil)
		}
		return words.T("reminder.rehearsal.title", words.Args{"Name": r.Name})
	}
	if r.Name == "" {
		return words.T("reminder.title-unnamed", nil)
	}
	return words.T("reminder.title", words.Args{"Name": r.Name})
}

// Body is what follows: a sentence a kind, and what to do.
func (r Reminder) Body() []words.Text {
	switch {
	case r.Rehearse && r.Rehearsed.IsZero():
		return []words.Text{words.T("reminder.rehearsal.never", nil)}
	case r.Rehearse:
		return []words.Text{words.T("reminder.rehearsal.again", words.Args{"Last": words.Date(r.Rehearsed)})}
	}
	var all []words.Text
	for _, p := range r.Parts {
		all = append(all, words.T("reminder."+string(p.Kind)+"."+string(p.State), words.Args{"Last": words.Date(p.Last), "Read": words.Date(p.Read)}))
	}
	if r.PluggedIn {
		return append(all, words.T("reminder.next.plugged", nil))
	}
	return append(all, words.T("reminder.next.away", nil))
}
