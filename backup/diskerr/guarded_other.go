//go:build !darwin

package diskerr

// guarded is nothing here: other systems refuse what they guard as they
// refuse all else.
var guarded error
