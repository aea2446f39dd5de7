package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilInterrupted gives a context that ends when somebody wants the program to:
// Ctrl+C, an end of the session, the terminal's window closed. On Windows
// os.Interrupt is Ctrl+C and Ctrl+Break, and SIGTERM is a console that closes,
// which leaves a program five seconds.
func untilInterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
}
