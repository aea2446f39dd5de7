package device

import "strings"

// SameUDID reports whether two UDIDs mean the same phone, however a person or
// a program wrote them: in capital or small letters, and with or without the
// dash that newer ones have.
func SameUDID(a, b string) bool { return bareUDID(a) == bareUDID(b) }

func bareUDID(udid string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(udid), "-", ""))
}
