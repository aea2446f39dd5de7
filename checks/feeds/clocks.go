package feeds

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"lifeboat/device/facts"
)

// slowest is how long an answer may take whose clock still counts.
const slowest = 5 * time.Second

// clocks collects what servers say the time is. Only servers that proved who
// they are get here.
type clocks struct {
	mu    sync.Mutex
	heard bool
	took  time.Duration // by the quickest answer so far, which is the most exact
	ahead time.Duration // of this computer's clock
}

// hear takes the Date of an answer (RFC 9110, section 6.6.1: whole seconds),
// which a store on the way may have kept for Age seconds (RFC 9111, section 5.1).
func (k *clocks) hear(asked, answered time.Time, h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	took := answered.Sub(asked)
	if err != nil || took < 0 || took > slowest {
		return
	}
	if age, err := strconv.ParseUint(h.Get("Age"), 10, 31); err == nil {
		date = date.Add(time.Duration(age) * time.Second)
	}
	// On average, half a second was cut off.
	ahead := asked.Add(took / 2).Sub(date.Add(time.Second / 2))
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.heard || took < k.took {
		k.heard, k.took, k.ahead = true, took, ahead
	}
}

// skew is this computer's clock minus the network's.
func (k *clocks) skew(final bool) facts.Datum[time.Duration] {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.heard:
		return facts.Of(k.ahead)
	case final:
		return facts.Datum[time.Duration]{Reason: Unheard}
	}
	return facts.Datum[time.Duration]{Reason: facts.Pending}
}
