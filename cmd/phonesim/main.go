// Command phonesim is a simulated iPhone: it answers at a socket as usbmuxd
// would with iPhones on the cable, for Lifeboat and for any other program
// that talks to iPhones.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"lifeboat/assets"
)

func main() { os.Exit(program(os.Args[1:], os.Stdout, os.Stderr)) }

// program is what main does. It returns its exit code.
func program(args []string, out, errs io.Writer) int {
	c, err := parse(args, errs)
	if err != nil {
		return exitCode(err)
	}
	if c.version {
		fmt.Fprintln(out, "phonesim", assets.Version)
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c, out); err != nil {
		fmt.Fprintln(errs, "phonesim:", err)
		return 1
	}
	return 0
}
