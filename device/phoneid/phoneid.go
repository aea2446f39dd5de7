// Package phoneid compares the numbers of phones.
package phoneid

import "strings"

// Same reports whether two UDIDs mean the same phone, however a person or a
// program wrote them: in capital or small letters, and with or without the
// dash that newer ones have.
func Same(a, b string) bool { return bare(a) == bare(b) }

func bare(udid string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(udid), "-", ""))
}
