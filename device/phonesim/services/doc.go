// Package services holds the programs of the phone that lockdownd starts,
// one file a service. Each serves one connection at a time per call of its
// Serve, which returns when the computer leaves or the connection is cut.
package services
