package autostart

import (
	"os"
	"testing"

	"golang.org/x/sys/windows/registry"
)

// TestBlocked: what the Task Manager switched off is seen, and stays off.
func TestBlocked(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	e := Entry{Name: "Lifeboat test of what is blocked", Program: path, Args: []string{"--background"}}
	t.Cleanup(func() { e.Set(false) })
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, approvedKey, registry.ALL_ACCESS)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	defer key.DeleteValue(e.Name)
	for _, c := range []struct {
		value []byte
		want  Status
	}{
		{[]byte{2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, On},
		{[]byte{6, 0, 0, 0}, On},
		{[]byte{3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, Blocked},
		{[]byte{7}, Blocked},
		{nil, On},
	} {
		if err := key.SetBinaryValue(e.Name, c.value); err != nil {
			t.Fatal(err)
		}
		if got, err := e.Status(); got != c.want || err != nil {
			t.Errorf("%v: %s, %v", c.value, got, err)
		}
		if err := e.Set(true); err != nil {
			t.Error(err)
		}
		if got, _ := e.Status(); got != c.want {
			t.Errorf("%v: %s after it was switched on", c.value, got)
		}
	}
	e.Program += string(make([]byte, longestCommand))
	if e.Set(true) == nil {
		t.Error("a command that Windows would not start is taken")
	}
}
