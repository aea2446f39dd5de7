// Command phonesim is a simulated iPhone: it answers at a socket as usbmuxd
// would with iPhones on the cable, for Lifeboat and for any other program
// that talks to iPhones.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(exitCode(err))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "phonesim:", err)
		os.Exit(1)
	}
}
