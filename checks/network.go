package checks

import (
	"time"

	"lifeboat/device/facts"
)

// Reasons of a datum that was not read from the network.
const (
	Offline     = "offline"      // nobody answered
	SwitchedOff = "switched-off" // the user does not allow it
)

// Network is what was gathered from the network. The zero value was not asked.
type Network struct {
	Versions facts.Datum[VersionList]
	Status   facts.Datum[ServiceStatus]
	Paths    facts.Datum[[]HostPath]
	// ClockSkew is this computer's clock minus the network's.
	ClockSkew facts.Datum[time.Duration]
}

// VersionList is the complete list of what Apple offers, so that nobody learns which model
// was asked about.
type VersionList struct {
	AsOf   time.Time // when it was fetched
	Source string    // host that it came from
	// Offered maps a ProductType to the versions that Apple offers for it, newest first.
	Offered map[string][]string
}

// ServiceStatus is what Apple says about its services.
type ServiceStatus struct {
	AsOf   time.Time
	Events []ServiceEvent // of the services that a backup needs
}

// ServiceEvent is one trouble of one service.
type ServiceEvent struct {
	Service    string // "iCloud Backup"
	Kind       string // Apple's statusType: "Outage", "Issue", "Maintenance"
	Message    string
	Start, End time.Time // End is zero while it lasts
	Open       bool
}

// HostState is how a host of iCloud answered this computer.
type HostState string

const (
	HostOpen        HostState = "open"        // reached, and it proved to be Apple's
	HostBlocked     HostState = "blocked"     // not reached, while others are
	HostIntercepted HostState = "intercepted" // somebody else answered in its place
)

// HostPath is the way to one host of iCloud.
type HostPath struct {
	Host   string
	State  HostState
	Issuer string // who signed the certificate that it showed
}
