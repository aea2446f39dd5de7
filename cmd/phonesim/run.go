package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"lifeboat/device/phonesim"
)

// run serves the phones until ctx ends. It prints one line when it is ready.
func run(ctx context.Context, c command, out io.Writer) (err error) {
	options := []phonesim.Option{phonesim.LogTo(c.log)}
	if c.state != "" {
		records := filepath.Join(c.state, "computer")
		if err := os.MkdirAll(records, 0o700); err != nil {
			return err
		}
		options = append(options, phonesim.PairRecordsIn(records))
		c.phone.StateDir = filepath.Join(c.state, "phone")
	}
	c.phone.Log = c.log
	server, err := phonesim.Listen(c.address, options...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	play, stop := playSignals()
	defer stop()
	var phones []*phonesim.Phone
	for n := range c.phones {
		phone, err := phonesim.NewPhone(c.phone.Numbered(n))
		if err != nil {
			return err
		}
		defer phone.Close()
		phones = append(phones, phone)
		server.Attach(phone)
	}
	if _, err := fmt.Fprintf(out, "phonesim ready: USBMUXD_SOCKET_ADDRESS=%s\n", server.Address()); err != nil {
		return err
	}
	for {
		select {
		case <-play:
			for _, phone := range phones {
				phone.Play()
			}
		case <-ctx.Done():
			return nil
		}
	}
}
