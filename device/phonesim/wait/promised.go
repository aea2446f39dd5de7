package wait

import (
	"os"
	"time"
)

// Promised is how long a test waits for what people are promised within d. No
// test fails because a computer is busy, so it waits ten times as long and
// half a minute more; where LIFEBOAT_PROMISES is set, as `make bench-promises`
// does on a quiet one, it is d.
func Promised(d time.Duration) time.Duration {
	if os.Getenv("LIFEBOAT_PROMISES") != "" {
		return d
	}
	return 10*d + 30*time.Second
}
