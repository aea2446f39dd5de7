package sleepinhibit

import (
	"context"
	"os"
	"os/exec"
	"strconv"
)

// hold starts the system's own caffeinate, against idle sleep (-i) and, on
// mains, any sleep (-s). It ends when this program does (-w).
func hold(ctx context.Context, _ string) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	cmd := exec.Command("/usr/bin/caffeinate", "-i", "-s", "-w", strconv.Itoa(os.Getpid()))
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		cmd.Process.Kill()
		cmd.Wait()
	}, nil
}
