package library

import (
	"context"
	"sync"
	"time"

	"lifeboat/backup/places"
)

// Remembered is a folder in which backups were seen once.
type Remembered struct {
	places.Place
	// Here: it can be looked at now.
	Here bool
	// Now is where it is to be found instead, if its drive has another letter.
	Now string
}

// askTime is how long a folder may take to say that it is there: a network drive
// that hangs says nothing for minutes.
const askTime = 3 * time.Second

// Remembered lists the folders in which backups were seen, the one that was seen
// last first, and whether each is here now. Which phones had backups there is not
// remembered, since the list names no phone. It returns within seconds, also where
// a drive hangs, which then is not here, and ends with ctx.
func (l *Library) Remembered(ctx context.Context) ([]Remembered, error) {
	if l.Places == nil {
		return nil, nil
	}
	known, err := l.Places.All()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, askTime)
	defer stop()
	all := make([]Remembered, len(known))
	var asking sync.WaitGroup
	for i, p := range known {
		all[i].Place = p
		asking.Go(func() {
			answered := make(chan Remembered, 1)
			go func() {
				here, now := l.Places.Find(p)
				answered <- Remembered{p, here, now}
			}()
			select {
			case all[i] = <-answered:
			case <-ctx.Done(): // it is left behind, until the system answers
			}
		})
	}
	asking.Wait()
	return all, nil
}
