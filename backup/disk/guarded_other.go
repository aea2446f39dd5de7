//go:build !darwin

package disk

// guarded is nothing here: other systems refuse what they guard as they
// refuse all else.
var guarded error
