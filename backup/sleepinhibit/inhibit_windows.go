package sleepinhibit

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sys/windows"
)

// Flags of SetThreadExecutionState.
const (
	continuous     = 0x80000000 // until the next call of this thread
	systemRequired = 0x00000001 // no sleep for want of input
)

var setThreadExecutionState = windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")

// hold keeps a thread of its own, since the system counts the wish by thread
// and forgets it when the thread ends.
func hold(ctx context.Context, _ string) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := setThreadExecutionState.Find(); err != nil {
		return nil, err
	}
	granted, done, ended := make(chan error, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if before, _, err := setThreadExecutionState.Call(continuous | systemRequired); before == 0 {
			granted <- fmt.Errorf("SetThreadExecutionState: %w", err)
			return
		}
		granted <- nil
		<-done
		setThreadExecutionState.Call(continuous)
	}()
	if err := <-granted; err != nil {
		return nil, err
	}
	return func() {
		close(done)
		<-ended
	}, nil
}
