// Package sleepinhibit keeps the computer from falling asleep while a backup is
// under way: a phone that loses its computer half-way loses the backup.
//
// It is a courtesy of the system, not a promise. Closing a laptop's lid, an
// empty battery and the user's own "Sleep" still win, and a system that grants
// nothing is no reason not to back up.
package sleepinhibit

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// asking is how long the system may take to grant it.
const asking = 3 * time.Second

// Hold keeps the computer awake until release is called, or the program ends
// in whatever way. The screen may go dark. why is shown to those who ask the
// system what keeps it awake. ctx limits the asking only. When there is an
// error, nothing is held and the run continues without; release is never nil,
// and may be called more than once.
func Hold(ctx context.Context, why string) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	let, err := hold(ctx, why)
	if err != nil {
		return func() {}, fmt.Errorf("keep the computer awake: %w", err)
	}
	return sync.OnceFunc(let), nil
}
