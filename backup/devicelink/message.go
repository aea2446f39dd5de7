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
