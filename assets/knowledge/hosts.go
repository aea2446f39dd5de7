package knowledge

import (
	_ "embed"
	"errors"
	"fmt"
	"sync"
	"time"
)

//go:embed hosts.json
var hostsJSON []byte

// Hosts is what is known of Apple's servers.
type Hosts struct {
	AsOf time.Time
	// Hosts are those that a phone needs for a backup to iCloud, and that
	// answer everywhere. Backups themselves go to hosts that iCloud names afresh
	// each time, so these stand for all.
	Hosts []string
	// Control is a host of Apple outside iCloud: where it answers and the
	// others do not, somebody keeps them away.
	Control string
	// Services are the names on Apple's status page that a backup needs, the
	// backup itself first.
	Services []string
	// Issuers are the organisations that sign certificates of Apple's hosts,
	// or of the networks that deliver for Apple: anybody else reads along.
	Issuers []string
	// Antivirus are parts of the names, in lower case, with which antivirus
	// programs sign when they read along on the computer they run on.
	// The phone is not touched by that.
	Antivirus []string
}

// HostTable is the embedded table of Apple's servers: hosts from Apple's
// notes for administrators of networks, issuers from certificates seen.
var HostTable = sync.OnceValue(func() Hosts { return must(parseHosts(hostsJSON)) })

func parseHosts(data []byte) (Hosts, error) {
	var file struct {
		AsOf      string   `json:"as_of"`
		Hosts     []string `json:"hosts"`
		Control   string   `json:"control"`
		Services  []string `json:"services"`
		Issuers   []string `json:"issuers"`
		Antivirus []string `json:"antivirus"`
	}
	if err := strict(data, &file); err != nil {
		return Hosts{}, fmt.Errorf("hosts: %w", err)
	}
	at, err := time.Parse(time.DateOnly, file.AsOf)
	if err != nil {
		return Hosts{}, fmt.Errorf("hosts: %w", err)
	}
	if len(file.Hosts) == 0 || file.Control == "" || len(file.Services) == 0 || len(file.Issuers) == 0 {
		return Hosts{}, errors.New("hosts: something is missing")
	}
	return Hosts{at, file.Hosts, file.Control, file.Services, file.Issuers, file.Antivirus}, nil
}
