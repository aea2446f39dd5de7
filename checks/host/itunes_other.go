//go:build !windows

package host

import "lifeboat/device/facts"

// iTunes is not what puts backups back here: on a Mac the Finder does, which
// comes with the system, and nothing of Apple's on other systems.
func iTunes() facts.Datum[string] { return facts.Datum[string]{} }
