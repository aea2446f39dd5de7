package content

// freezer is a source that changes at run time.
type freezer interface{ freeze() Source }

// Freeze returns what a source tells now, whatever becomes of it, as the
// snapshot of a phone's disk does that a backup is made of. A source that
// does not change by itself is its own.
func Freeze(s Source) Source {
	if f, ok := s.(freezer); ok {
		return f.freeze()
	}
	return s
}
