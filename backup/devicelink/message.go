package devicelink

import "lifeboat/device/safeplist"

// Message is one message of the phone: its name and what follows it.
type Message struct {
	Name string
	Args []any
}

func (m Message) arg(i int) any {
	if i < 0 || i >= len(m.Args) {
		return nil
	}
	return m.Args[i]
}

// Text gives argument i as text.
func (m Message) Text(i int) (string, bool) {
	s, ok := m.arg(i).(string)
	return s, ok
}

// Int gives argument i as a whole number.
func (m Message) Int(i int) (int64, bool) { return safeplist.Int(m.arg(i)) }

// Number gives argument i as a number of any kind.
func (m Message) Number(i int) (float64, bool) {
	if f, ok := m.arg(i).(float64); ok {
		return f, true
	}
	n, ok := m.Int(i)
	return float64(n), ok
}

// Percent gives how far the phone will be when the message is answered, out of
// the arguments from i on, where those end that say what the message is about.
// Phones were recorded to send an options dictionary and one percentage; older
// descriptions have two percentages, of which the second holds, or one. What
// is in the options is the phone's own business and is not looked at.
func (m Message) Percent(i int) (float64, bool) {
	if _, options := m.Dict(i); options {
		return m.Number(i + 1)
	}
	if after, ok := m.Number(i + 1); ok {
		return after, true
	}
	return m.Number(i)
}

// Dict gives argument i as a dictionary.
func (m Message) Dict(i int) (map[string]any, bool) {
	d, ok := m.arg(i).(map[string]any)
	return d, ok
}

// Texts gives argument i as a list of texts; a list with anything else in it
// does not count.
func (m Message) Texts(i int) ([]string, bool) {
	list, ok := m.arg(i).([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(list))
	for n, v := range list {
		if out[n], ok = v.(string); !ok {
			return nil, false
		}
	}
	return out, true
}
