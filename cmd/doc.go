// Package cmd is no program: it is where a test holds the map of the rooms,
// and below it are the programs.
package cmd
