package main

import (
	"context"
	"fmt"
	"sync"

	"lifeboat/device"
	"lifeboat/device/facts"
)

// deviceJSON is how a phone stands in JSON.
type deviceJSON struct {
	UDID        string          `json:"udid"`
	Name        string          `json:"name"`
	ProductType string          `json:"product_type"`
	Version     string          `json:"ios_version"`
	State       facts.Readiness `json:"state"`
	Connection  string          `json:"connection"`
}

// devices lists the phones that are connected. It asks none for trust.
func devices(c *call) work {
	c.define("devices", 0, 0)
	c.withRecord()
	return func(ctx context.Context) error {
		mux, err := c.mux()
		if err != nil {
			return err
		}
		phones, err := mux.Phones(ctx)
		if err != nil {
			return err
		}
		list := make([]deviceJSON, len(phones))
		var wg sync.WaitGroup
		for i, p := range phones {
			wg.Go(func() { list[i] = describe(ctx, p) })
		}
		wg.Wait()
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.json {
			c.event(list)
			return nil
		}
		if len(list) == 0 {
			c.say("cli.no-phones", nil)
		}
		for _, d := range list {
			c.print(fmt.Sprintf("%s  %s  %s  iOS %s  %s  %s", d.UDID, orUnknown(c, d.Name), orUnknown(c, d.ProductType),
				orUnknown(c, d.Version), d.Connection, c.text("cli.state."+string(d.State), nil)))
		}
		return nil
	}
}

// describe looks at one phone; one that left meanwhile is silent.
func describe(ctx context.Context, p *device.Phone) deviceJSON {
	s, err := p.Inspect(ctx)
	if err != nil {
		s.Readiness = facts.Silent
	}
	return deviceJSON{p.UDID, s.Name, s.ProductType, s.Version, s.Readiness, p.Connection}
}

func orUnknown(c *call, s string) string {
	if s == "" {
		return c.text("cli.unknown", nil)
	}
	return s
}
