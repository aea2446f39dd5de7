package autostart

import (
	"errors"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Where Windows reads what to start when this user logs in, and where its
// settings and the Task Manager note what the user has switched off.
const (
	runKey = `Software\Microsoft\Windows\CurrentVersion\Run`
	// longestCommand is what Windows starts from there, in characters.
	longestCommand = 260
	approvedKey    = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// command quotes each argument, so that a space or a quote in it stays its own.
func (e Entry) command() string {
	args := []string{`"` + e.Program + `"`} // no path has a quote
	for _, arg := range e.Args {
		args = append(args, windows.EscapeArg(arg))
	}
	return strings.Join(args, " ")
}

// Status reads what will happen at the next login.
func (e Entry) Status() (Status, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return Off, nil
	}
	if err != nil {
		return Off, err
	}
	defer key.Close()
	command, _, err := key.GetStringValue(e.Name)
	switch {
	case errors.Is(err, registry.ErrNotExist):
		return Off, nil
	case errors.Is(err, registry.ErrUnexpectedType):
		return Other, nil
	case err != nil:
		return Off, err
	case e.blocked():
		return Blocked, nil
	case !strings.EqualFold(command, e.command()) || !exists(e.Program):
		return Other, nil
	}
	return On, nil
}

// blocked reports whether the user has switched the entry off: the first byte of
// the value is odd then. Without a value, or one that cannot be read, it is on.
func (e Entry) blocked() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer key.Close()
	value, _, err := key.GetBinaryValue(e.Name)
	return err == nil && len(value) > 0 && value[0]&1 == 1
}

// Set switches the start at login on or off. What is switched off is removed.
func (e Entry) Set(on bool) error {
	if !on {
		key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
		if errors.Is(err, registry.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer key.Close()
		if err := key.DeleteValue(e.Name); !errors.Is(err, registry.ErrNotExist) {
			return err
		}
		return nil
	}
	if status, err := e.Status(); err == nil && (status == On || status == Blocked) {
		return nil
	}
	if len(e.command()) > longestCommand {
		return errors.New("the path of the program is too long for Windows to start it at login")
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	return key.SetStringValue(e.Name, e.command())
}
