//go:build !windows

package services

// ownStatuses are of errors that Go has no common name for.
var ownStatuses []status
