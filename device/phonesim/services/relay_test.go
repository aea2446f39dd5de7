package services

import (
	"fmt"
	"net"
	"testing"
)

func TestNotifications(t *testing.T) {
	n := NewNotifications()
	one, two := serve(t, n.Serve), serve(t, n.Serve)
	observe := func(conn net.Conn, names ...string) {
		t.Helper()
		for _, name := range names {
			send(t, conn, dict{"Command": "ObserveNotification", "Name": name})
		}
		// A command's answer proves that what was sent before it was read.
		// Only Shutdown is answered, so observe our own post instead.
		send(t, conn, dict{"Command": "ObserveNotification", "Name": "sync"})
		send(t, conn, dict{"Command": "PostNotification", "Name": "sync"})
	}
	expect := func(conn net.Conn, name string) {
		t.Helper()
		got := receive(t, conn)
		if got["Command"] != "RelayNotification" || got["Name"] != name {
			t.Errorf("got %v, want %s", got, name)
		}
	}
	observe(one, "a", "b")
	expect(one, "sync")
	observe(two, "b")
	expect(two, "sync")
	expect(one, "sync")
	n.Post("a")
	n.Post("nobody's")
	n.Post("b")
	expect(one, "a")
	expect(one, "b")
	expect(two, "b")
	if !n.Observed("a") || n.Observed("c") {
		t.Error("wrong about who observes what")
	}
	if got := fmt.Sprint(n.Posted()); got != "[sync sync]" {
		t.Errorf("computers posted %s", got)
	}
	if got := ask(t, one, dict{"Command": "Shutdown"}); got["Command"] != "ProxyDeath" {
		t.Errorf("shutdown: %v", got)
	}
	if _, err := one.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlives the proxy's death")
	}
	if n.Observed("a") {
		t.Error("a dead connection still observes")
	}
}

// A computer that reads nothing holds up neither the phone nor others.
func TestNotificationsToADeafComputer(t *testing.T) {
	n := NewNotifications()
	deaf, good := serve(t, n.Serve), serve(t, n.Serve)
	send(t, deaf, dict{"Command": "ObserveNotification", "Name": "x"})
	send(t, good, dict{"Command": "ObserveNotification", "Name": "y"})
	send(t, good, dict{"Command": "PostNotification", "Name": "y"})
	receive(t, good)
	for range 3 * observerQueue {
		n.Post("x")
	}
	n.Post("y")
	if got := receive(t, good); got["Name"] != "y" {
		t.Errorf("got %v", got)
	}
}
