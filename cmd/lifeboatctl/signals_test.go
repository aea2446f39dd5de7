package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// waits marks the copy of the test that waits to be interrupted.
const waits = "LIFEBOAT_TEST_INTERRUPTED"

// TestInterrupted: each way in which people end a program ends its context,
// so that a run can say goodbye to the phone and keep what has arrived.
func TestInterrupted(t *testing.T) {
	if os.Getenv(waits) != "" {
		ctx, stop := untilInterrupted(context.Background())
		defer stop()
		fmt.Println("ready")
		select {
		case <-ctx.Done():
			os.Exit(exitCanceled)
		case <-time.After(time.Minute):
			os.Exit(exitFailed)
		}
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, interrupt := range interrupts {
		cmd := exec.CommandContext(t.Context(), program, "-test.run", "^TestInterrupted$")
		cmd.Env = append(os.Environ(), waits+"=1")
		cmd.SysProcAttr = ownGroup()
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Errorf("%s: %q, %v", name, line, err)
		}
		err = interrupt(cmd)
		if err != nil {
			cmd.Process.Kill()
		}
		if errors.Is(err, errors.ErrUnsupported) {
			cmd.Wait()
			t.Skipf("%s: %v", name, err)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var ended *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &ended) || ended.ExitCode() != exitCanceled {
			t.Errorf("%s: %v", name, err)
		}
	}
}
