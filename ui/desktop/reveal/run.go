//go:build !windows

package reveal

import (
	"context"
	"os/exec"
	"time"
)

// settle is how long a program that shows a folder may take to say that it
// cannot. Some end at once, others with the file manager's window.
const settle = 3 * time.Second

// run starts a program and returns its error if it has one soon.
func run(ctx context.Context, program string, args ...string) error {
	cmd := exec.Command(program, args...) // it may outlive ctx, and this program
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(settle):
		return nil
	}
}
