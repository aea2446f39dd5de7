package services

// Profile is an installed configuration profile.
type Profile struct {
	Identifier, Name, Description, Organization string
	// Locked: the user may not remove it.
	Locked bool
}
