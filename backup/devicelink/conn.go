// Package devicelink speaks DeviceLink, the layer under mobilebackup2: frames
// that hold a plist array (device/PROTOCOL.md#devicelink), and the raw
// sub-framing in which files move (device/PROTOCOL.md#uploads).
//
// Errors of the transport come back as they are; whatever no phone sends is
// a *fault.Error with [fault.PhoneNonsense].
package devicelink

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"howett.net/plist"

	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
)

const (
	// maxFrame is the largest plist frame that is taken, in bytes. The
	// largest honest ones are lists of paths, of some hundred KiB.
	maxFrame = 16 << 20
	// none stands for an absent text or object on the wire.
	none = "___EmptyParameterString___"
	// ourVersion is the DeviceLink version that phones have had since iOS 14.
	ourVersion = 400
)

// Conn is one DeviceLink connection. It is for one goroutine.
type Conn struct {
	r     *bufio.Reader
	w     *bufio.Writer
	frame bytes.Buffer // of the message being read, used again and again
}

// NewConn speaks over rw. Deadlines and closing are the business of whoever
// owns rw.
func NewConn(rw io.ReadWriter) *Conn {
	return &Conn{r: bufio.NewReaderSize(rw, 64<<10), w: bufio.NewWriterSize(rw, 64<<10)}
}

func nonsense(op, format string, args ...any) error {
	return fault.New(fault.PhoneNonsense, op, fmt.Errorf(format, args...))
}

// Receive reads one message.
func (c *Conn) Receive() (Message, error) {
	const op = "receive message"
	n, err := c.length()
	if err != nil {
		return Message{}, err
	}
	if n > maxFrame {
		return Message{}, nonsense(op, "frame of %d bytes is over the limit of %d", n, maxFrame)
	}
	// The buffer grows with what really arrives, so that a false length costs nothing.
	c.frame.Reset()
	if _, err := io.CopyN(&c.frame, c.r, int64(n)); err != nil {
		return Message{}, cutShort(err)
	}
	list, err := safeplist.Array(c.frame.Bytes())
	if err != nil {
		return Message{}, fault.New(fault.PhoneNonsense, op, err)
	}
	if c.frame.Cap() > 1<<20 {
		c.frame = bytes.Buffer{}
	}
	if len(list) == 0 {
		return Message{}, nonsense(op, "an empty message")
	}
	name, ok := list[0].(string)
	if !ok || !strings.HasPrefix(name, "DL") {
		return Message{}, nonsense(op, "a message without a name of DeviceLink")
	}
	return Message{Name: name, Args: list[1:]}, nil
}

// Send writes one message.
func (c *Conn) Send(name string, args ...any) error {
	body, err := plist.Marshal(append([]any{name}, args...), plist.BinaryFormat)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	return c.sendBody(body)
}

func (c *Conn) sendBody(body []byte) error {
	if err := c.putLength(len(body)); err != nil {
		return err
	}
	if _, err := c.w.Write(body); err != nil {
		return err
	}
	return c.w.Flush()
}

// Process sends the dictionary of the protocol above.
func (c *Conn) Process(dict map[string]any) error {
	return c.Send("DLMessageProcessMessage", dict)
}

// Respond answers one request. It always has four elements; a phone takes
// fewer for a broken host.
func (c *Conn) Respond(status Status, text string, object any) error {
	if text == "" {
		text = none
	}
	switch list := object.(type) {
	case nil:
		object = map[string]any{}
	case Listing:
		return c.sendBody(list.response(status, text))
	}
	return c.Send("DLMessageStatusResponse", int64(status), text, object)
}

// Disconnect says goodbye. The phone closes its side.
func (c *Conn) Disconnect(reason string) error {
	if reason == "" {
		reason = none
	}
	return c.Send("DLMessageDisconnect", reason)
}

// Exchange agrees on a version, which the phone begins. Both sides then use
// the lower one, so any of the phone's is good.
func (c *Conn) Exchange() error {
	const op = "DeviceLink version exchange"
	m, err := c.Receive()
	if err != nil {
		return err
	}
	if m.Name != "DLMessageVersionExchange" {
		return nonsense(op, "%s instead", m.Name)
	}
	if err := c.Send("DLMessageVersionExchange", "DLVersionsOk", int64(ourVersion)); err != nil {
		return err
	}
	m, err = c.Receive()
	if err != nil {
		return err
	}
	if m.Name != "DLMessageDeviceReady" {
		return &fault.Error{Code: fault.ProtocolRefused, Op: op, Domain: "DeviceLink", Text: m.Name}
	}
	return nil
}

func (c *Conn) length() (uint32, error) {
	var b [4]byte
	if _, err := io.ReadFull(c.r, b[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b[:]), nil
}

func (c *Conn) putLength(n int) error {
	_, err := c.w.Write(binary.BigEndian.AppendUint32(c.w.AvailableBuffer(), uint32(n)))
	return err
}

// cutShort turns the end of the stream within a unit into what it is.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
