package backupd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// session is one connection of a host.
type session struct {
	engine   *Engine
	link     *link
	restarts bool // the phone restarts when the host has left
}

// request is the dictionary of a DLMessageProcessMessage.
type request map[string]any

// text is a string of the request, or "".
func (r request) text(key string) string {
	s, _ := r[key].(string)
	return s
}

// option is a switch of the request's Options.
func (r request) option(key string) bool {
	options, _ := r["Options"].(map[string]any)
	on, _ := options[key].(bool)
	return on
}

// operations are the requests of hosts. A nil error is the answer 0; a refusal
// is another final answer; every other error ends the connection.
var operations = map[string]func(*session, context.Context, request) error{
	"Backup":            (*session).backup,
	"Restore":           (*session).restore,
	"ChangePassword":    (*session).changePassword,
	"EnableCloudBackup": (*session).enableCloudBackup,
	// From iOS 10 on the agent looks for a file that backups no longer have.
	"Info":    refuse(mbCorrupt, "Manifest.mbdb was not found"),
	"List":    refuse(mbCorrupt, "Manifest.mbdb was not found"),
	"Unback":  refuse(mbCorrupt, "Manifest.mbdb was not found"),
	"Extract": refuse(mbCorrupt, "Manifest.mbdb was not found"),
	// Nobody can erase what is only simulated.
	"EraseDevice": refuse(mbFindMy, "Find My iPhone must be turned off"),
}

// refuse is an operation that always ends with one error code.
func refuse(code int, text string) func(*session, context.Context, request) error {
	return func(*session, context.Context, request) error { return &refusal{code: code, text: text} }
}

// serve begins DeviceLink and answers requests until the host leaves.
func (s *session) serve(ctx context.Context) error {
	if err := s.exchangeVersions(); err != nil {
		return err
	}
	for {
		message, err := s.link.receive()
		if err != nil {
			return err
		}
		switch message[0] {
		case "DLMessageDisconnect":
			return nil
		case "DLMessagePing":
		case "DLMessageProcessMessage":
			if err := s.process(ctx, message); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%w: %v instead of a request", errProtocol, message[0])
		}
	}
}

// exchangeVersions agrees on a DeviceLink version.
func (s *session) exchangeVersions() error {
	_, faults := s.engine.current()
	major := faults.VersionMajor
	if major == 0 {
		major = s.engine.version.deviceLink()
	}
	if err := s.link.send("DLMessageVersionExchange", int64(major), int64(0)); err != nil {
		return err
	}
	message, err := s.link.receive()
	if err != nil {
		return err
	}
	if len(message) < 2 || message[0] != "DLMessageVersionExchange" || message[1] != "DLVersionsOk" {
		return fmt.Errorf("%w: it did not agree on a version", errProtocol)
	}
	s.link.version = major
	if len(message) > 2 {
		if theirs, ok := integer(message[2]); ok {
			s.link.version = int(min(int64(major), theirs))
		}
	}
	return s.link.send("DLMessageDeviceReady")
}

// process does one request and sends the final answer.
func (s *session) process(ctx context.Context, message []any) error {
	if len(message) < 2 {
		return fmt.Errorf("%w: a request without content", errProtocol)
	}
	dict, _ := message[1].(map[string]any)
	r := request(dict)
	name := r.text("MessageName")
	s.engine.cfg.Log.Debug("backup agent: request", "name", name)
	if name == "Hello" {
		return s.hello(r)
	}
	operation, known := operations[name]
	if !known || s.engine.receiver != nil && name != "Restore" {
		operation = refuse(mbInternal, "unknown request")
	}
	err := operation(s, ctx, r)
	no := &refusal{}
	switch {
	case errors.As(err, &no):
		s.engine.cfg.Log.Info("backup agent: refused", "request", name, "code", no.code, "text", no.text)
	case err != nil:
		return err
	}
	_, faults := s.engine.current()
	if form, odd := FinalForms[faults.FinalForm]; odd && name == "Backup" {
		return s.link.send(form(no.code)...)
	}
	return s.respond(no.code, no.text)
}

// respond sends a final answer. Hosts take the code for an unsigned number.
func (s *session) respond(code int, text string) error {
	answer := map[string]any{"MessageName": "Response", "ErrorCode": uint64(code)}
	if text != "" {
		answer["ErrorDescription"] = text
	}
	return s.link.send("DLMessageProcessMessage", answer)
}

// hello agrees on a version of mobilebackup2.
func (s *session) hello(r request) error {
	offered, _ := r["SupportedProtocolVersions"].([]any)
	for _, version := range []float64{2.1, 2.0} {
		if slices.Contains(offered, any(version)) {
			return s.link.send("DLMessageProcessMessage", map[string]any{
				"MessageName": "Response", "ErrorCode": uint64(0), "ProtocolVersion": version,
			})
		}
	}
	return s.respond(1, "no common protocol version")
}

// version is an iOS version of which two numbers matter.
type version struct{ major, minor int }

// parseVersion reads "17.5.1"; what is no number counts as 0.
func parseVersion(text string) version {
	numbers := strings.SplitN(text, ".", 3)
	major, _ := strconv.Atoi(numbers[0])
	minor := 0
	if len(numbers) > 1 {
		minor, _ = strconv.Atoi(numbers[1])
	}
	return version{major, minor}
}

func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// deviceLink is the DeviceLink version that comes with an iOS version.
func (v version) deviceLink() int {
	if v.atLeast(14, 0) {
		return 400
	}
	return 300
}
