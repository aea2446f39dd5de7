package knowledge

import (
	_ "embed"
	"sync"
)

//go:embed hosts.json
var hostsJSON []byte

// Hosts is what is known of Apple's servers.
type Hosts struct {
	AsOf Day `json:"as_of"`
	// Hosts are those that a phone needs for a backup to iCloud, and that
	// answer everywhere. Backups themselves go to hosts that iCloud names afresh
	// each time, so these stand for all.
	Hosts []string `json:"hosts"`
	// Control is a host of Apple outside iCloud: where it answers and the
	// others do not, somebody keeps them away.
	Control string `json:"control"`
	// Services are the names on Apple's status page that a backup needs, the
	// backup itself first.
	Services []string `json:"services"`
	// Issuers are the organisations that sign certificates of Apple's hosts,
	// or of the networks that deliver for Apple: anybody else reads along.
	Issuers []string `json:"issuers"`
	// Antivirus are parts of the names, in lower case, with which antivirus
	// programs sign when they read along on the computer they run on.
	// The phone is not touched by that.
	Antivirus []string `json:"antivirus"`
}

// HostTable is the embedded table of Apple's servers: hosts from Apple's
// notes for administrators of networks, issuers from certificates seen.
var HostTable = sync.OnceValue(func() Hosts { return must(parseHosts(hostsJSON)) })

func parseHosts(data []byte) (Hosts, error) {
	return decode("hosts", data, func(h Hosts) bool {
		return !h.AsOf.IsZero() && len(h.Hosts) > 0 && h.Control != "" && len(h.Services) > 0 && len(h.Issuers) > 0
	})
}
