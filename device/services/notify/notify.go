// Package notify speaks with the phone's notification_proxy: names of
// notifications come and go, nothing else
// (device/PROTOCOL.md#notification_proxy).
package notify

import (
	"context"
	"fmt"
	"net"
	"time"

	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.mobile.notification_proxy"

// Notifications of the phone that Lifeboat knows.
const (
	PasscodeShown     = "com.apple.LocalAuthentication.ui.presented" // iOS 16.1+ asks for the passcode
	PasscodeDismissed = "com.apple.LocalAuthentication.ui.dismissed"
	SyncCancel        = "com.apple.itunes-client.syncCancelRequest" // the user stopped it on the phone
	BackupDomain      = "com.apple.mobile.backup.domain_changed"    // WillEncrypt or a backup date changed

	SyncWillStart   = "com.apple.itunes-mobdev.syncWillStart"
	SyncLockRequest = "com.apple.itunes-mobdev.syncLockRequest"
	SyncDidStart    = "com.apple.itunes-mobdev.syncDidStart"
	SyncDidFinish   = "com.apple.itunes-mobdev.syncDidFinish"
)

// writeTimeout is how long the phone may take to accept a request.
const writeTimeout = 10 * time.Second

// Client is one connection to notification_proxy.
type Client struct {
	conn net.Conn
	// C gives the names as they come and is closed when the connection ends.
	C <-chan string
}

// backlog is how many notifications wait for a slow reader before further
// ones are dropped; an honest phone sends a handful in a whole backup.
const backlog = 64

// Observe asks for notifications and begins to read them. The client owns conn.
func Observe(ctx context.Context, conn net.Conn, names ...string) (*Client, error) {
	release := wire.Guard(ctx, conn, writeTimeout)
	for _, name := range names {
		err := wire.WriteFrame(conn, map[string]any{"Command": "ObserveNotification", "Name": name})
		if err != nil {
			return nil, wire.Explain(ctx, "observe "+name, err)
		}
	}
	release()
	c := make(chan string, backlog)
	go relay(conn, c)
	return &Client{conn: conn, C: c}, nil
}

// relay reads until the connection ends. It never waits for the reader of C,
// so that a phone that floods, or a reader that left, cannot hold it.
func relay(conn net.Conn, c chan<- string) {
	defer close(c)
	for {
		d, err := wire.ReadFrame(conn)
		if err != nil || d["Command"] == "ProxyDeath" {
			return
		}
		name, ok := d["Name"].(string)
		if !ok || d["Command"] != "RelayNotification" {
			continue
		}
		select {
		case c <- name:
		default:
		}
	}
}

// Post sends a notification to the phone's own programs.
func (c *Client) Post(ctx context.Context, name string) error {
	defer wire.Guard(ctx, c.conn, writeTimeout)()
	err := wire.WriteFrame(c.conn, map[string]any{"Command": "PostNotification", "Name": name})
	if err != nil {
		return fmt.Errorf("post %s: %w", name, wire.Explain(ctx, "post notification", err))
	}
	return nil
}

// Close ends the connection, and with it C.
func (c *Client) Close() error { return c.conn.Close() }
