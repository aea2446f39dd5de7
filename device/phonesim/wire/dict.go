package wire

// Dict is a decoded property list dictionary. Its readers never fail: a key
// that is missing or of another type reads as the zero value, which is how a
// phone treats a request that lacks something.
type Dict map[string]any

// String returns the string under key, or "".
func (d Dict) String(key string) string {
	s, _ := d[key].(string)
	return s
}

// Data returns the data under key, or nil.
func (d Dict) Data(key string) []byte {
	b, _ := d[key].([]byte)
	return b
}

// Bool returns the boolean under key, or false.
func (d Dict) Bool(key string) bool {
	b, _ := d[key].(bool)
	return b
}

// Dict returns the dictionary under key, or an empty one.
func (d Dict) Dict(key string) Dict {
	m, _ := d[key].(map[string]any)
	return m
}

// Array returns the array under key, or nil.
func (d Dict) Array(key string) []any {
	a, _ := d[key].([]any)
	return a
}

// Strings returns the strings of the array under key; others are left out.
func (d Dict) Strings(key string) []string {
	var out []string
	for _, v := range d.Array(key) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Int returns the integer under key and whether there is one.
func (d Dict) Int(key string) (int64, bool) {
	switch n := d[key].(type) {
	case uint64:
		return int64(n), true
	case int64:
		return n, true
	}
	return 0, false
}
