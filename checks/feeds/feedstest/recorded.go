package feedstest

import (
	_ "embed"
	"net/http"

	"lifeboat/assets/knowledge"
)

// Pages as the services answer them, cut down to what a test needs: the
// versions of the end of September 2026, and a day without trouble at iCloud.
var (
	//go:embed recorded/lookup.json
	Lookup string
	//go:embed recorded/end-of-life.json
	EndOfLife string
	//go:embed recorded/status.js
	Status string
	//go:embed recorded/status-developer.js
	StatusDeveloper string
)

// The hosts that are asked for lists.
const (
	LookupHost    = "gdmf.apple.com"
	EndOfLifeHost = "endoflife.date"
	StatusHost    = "www.apple.com"
)

// AsRecorded is a world in which all is well.
func (w *World) AsRecorded() *World {
	w.Signed(LookupHost, w.Apple)
	w.Serve(LookupHost, Lookup)
	w.Serve(EndOfLifeHost, EndOfLife)
	w.Serve(StatusHost, Status)
	for _, host := range knowledge.HostTable().Hosts {
		w.Handle(host, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) })
	}
	return w
}
