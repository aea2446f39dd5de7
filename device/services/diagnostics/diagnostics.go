// Package diagnostics asks the phone's diagnostics_relay for entries of the
// registry of its hardware (checks/SIGNALS.md#hardware-registry), and for a
// restart (device/PROTOCOL.md#apps-icons-hardware).
package diagnostics

import (
	"context"
	"errors"
	"net"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.mobile.diagnostics_relay"

const replyTimeout = 20 * time.Second

// Entry says which entry of the IORegistry is meant: by the class of its
// driver or by its name; one of the two is empty.
type Entry struct{ Class, Name string }

// Registry reads the properties of an entry. They are nil if the phone has
// no such entry.
func Registry(ctx context.Context, conn net.Conn, e Entry) (map[string]any, error) {
	const op = "read the hardware's registry"
	request := map[string]any{"Request": "IORegistry"}
	if e.Class != "" {
		request["EntryClass"] = e.Class
	}
	if e.Name != "" {
		request["EntryName"] = e.Name
	}
	answer, err := ask(ctx, conn, op, request)
	if err != nil {
		return nil, err
	}
	found, ok := answer["Diagnostics"].(map[string]any)
	if !ok {
		return nil, fault.New(fault.PhoneNonsense, op, errors.New("no Diagnostics in the answer"))
	}
	entry, _ := found["IORegistry"].(map[string]any)
	return entry, nil
}

// Restart asks the phone to restart and returns once it has said that it
// will. It goes down as soon as the connection is closed.
func Restart(ctx context.Context, conn net.Conn) error {
	_, err := ask(ctx, conn, "restart the phone", map[string]any{
		"Request": "Restart", "WaitForDisconnect": true, "DisplayPass": true, "DisplayFail": true,
	})
	return err
}

// ask sends one request; an answer whose Status is not Success is a
// [fault.ServiceRefused] with that status as its text.
func ask(ctx context.Context, conn net.Conn, op string, request map[string]any) (map[string]any, error) {
	answer, err := wire.Ask(ctx, conn, op, replyTimeout, request)
	if err != nil {
		return nil, err
	}
	if status, _ := answer["Status"].(string); status != "Success" {
		return nil, &fault.Error{Code: fault.ServiceRefused, Op: op, Domain: "diagnostics_relay", Text: status}
	}
	return answer, nil
}
