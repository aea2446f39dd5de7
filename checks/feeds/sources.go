package feeds

import (
	"slices"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
)

// SourceID names one thing that is asked of the network. It never changes:
// settings refer to it.
type SourceID string

// The sources.
const (
	Versions SourceID = "versions"
	Status   SourceID = "status"
	Paths    SourceID = "paths"
)

// Allowed says which sources may be asked. The zero value allows none.
type Allowed struct {
	Versions, Status, Paths bool
}

// Everything allows every source.
var Everything = Allowed{Versions: true, Status: true, Paths: true}

// Switch is the switch of one source, nil for one that does not exist.
func (a *Allowed) Switch(id SourceID) *bool {
	return map[SourceID]*bool{Versions: &a.Versions, Status: &a.Status, Paths: &a.Paths}[id]
}

// Source is one thing that is asked of the network, for the page on which the
// user decides about it.
type Source struct {
	ID    SourceID
	Hosts []string   // all that may be dialled for it
	Title words.Text // what it is for
	Sends words.Text // what leaves this computer
}

// Sources lists all that Lifeboat ever asks of the network.
func Sources() []Source {
	hosts := knowledge.HostTable()
	return []Source{
		described(Versions, lookupHost, endOfLifeHost),
		described(Status, statusHost),
		described(Paths, slices.Concat(hosts.Hosts, []string{hosts.Control})...),
	}
}

func described(id SourceID, hosts ...string) Source {
	root := "feeds." + string(id)
	return Source{ID: id, Hosts: hosts, Title: words.T(root+".title", nil), Sends: words.T(root+".sends", nil)}
}
