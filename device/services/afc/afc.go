// Package afc reads and writes files of the phone's media folder and takes the lock
// that fences off other programs that sync (device/PROTOCOL.md#afc). go-ios has
// an AFC client, but one without locks.
package afc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.afc"

// Operations of the wire.
const (
	opStatus     = 0x01
	opData       = 0x02
	opReadDir    = 0x03
	opRemove     = 0x08
	opMakeDir    = 0x09
	opFileInfo   = 0x0a
	opFileOpen   = 0x0d
	opFileHandle = 0x0e
	opFileRead   = 0x0f
	opFileWrite  = 0x10
	opFileClose  = 0x14
	opFileLock   = 0x1b
)

// Mode is how a file is opened.
type Mode uint64

// Open modes.
const (
	ReadOnly  Mode = 1
	ReadWrite Mode = 2 // creates
	Overwrite Mode = 4 // creates, or empties what is there
)

// LockKind is what a lock request asks for; none of them waits.
type LockKind uint64

// Kinds of lock requests, each with the non-blocking bit (4).
const (
	LockExclusive LockKind = 2 | 4
	LockRelease   LockKind = 8 | 4
)

// Status codes that callers tell apart.
var (
	// ErrBusy: another program holds the lock (status 19).
	ErrBusy = errors.New("locked by another program")
	// ErrNotFound: no such file (status 8).
	ErrNotFound = errors.New("no such file on the phone")
	// errExists: there is one already (status 16).
	errExists = errors.New("it is on the phone already")
)

const (
	magic        = "CFA6LPAA"
	headerSize   = 40
	maxPacket    = 4 << 20 // bytes of one answer
	replyTimeout = 30 * time.Second
)

// Client is one AFC connection. It is not safe for concurrent use.
type Client struct {
	conn   net.Conn
	number uint64
}

// New takes over an open connection to [Service].
func New(conn net.Conn) *Client { return &Client{conn: conn} }

// Close ends the connection; the phone then drops locks and handles.
func (c *Client) Close() error { return c.conn.Close() }

// Handle names an open file.
type Handle uint64

// Open opens a file. Errors wrap [ErrNotFound] where the phone has none.
func (c *Client) Open(ctx context.Context, path string, mode Mode) (Handle, error) {
	arg := binary.LittleEndian.AppendUint64(nil, uint64(mode))
	arg = append(append(arg, path...), 0)
	op, data, err := c.ask(ctx, opFileOpen, arg)
	if err == nil && (op != opFileHandle || len(data) < 8) {
		err = unexpected(op)
	}
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", path, err)
	}
	return Handle(binary.LittleEndian.Uint64(data)), nil
}

// Lock asks for a lock, or to give it back. Errors wrap [ErrBusy] while
// another program has it.
func (c *Client) Lock(ctx context.Context, h Handle, kind LockKind) error {
	arg := binary.LittleEndian.AppendUint64(nil, uint64(h))
	arg = binary.LittleEndian.AppendUint64(arg, uint64(kind))
	_, _, err := c.ask(ctx, opFileLock, arg)
	return err
}

// CloseFile gives a handle back.
func (c *Client) CloseFile(ctx context.Context, h Handle) error {
	_, _, err := c.ask(ctx, opFileClose, binary.LittleEndian.AppendUint64(nil, uint64(h)))
	return err
}

// chunk is how much is read at once.
const chunk = 64 << 10

// ReadFile reads a whole file of at most limit bytes; a longer one is an error.
func (c *Client) ReadFile(ctx context.Context, path string, limit int) ([]byte, error) {
	h, err := c.Open(ctx, path, ReadOnly)
	if err != nil {
		return nil, err
	}
	defer c.CloseFile(ctx, h)
	var all bytes.Buffer
	for {
		data, err := c.Read(ctx, h, chunk)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		if len(data) == 0 {
			return all.Bytes(), nil
		}
		all.Write(data)
		if all.Len() > limit {
			return nil, fault.New(fault.PhoneNonsense, "read "+path, fmt.Errorf("longer than %d bytes", limit))
		}
	}
}

// WriteFile writes a whole file, over one that is there. Its folder must be there.
func (c *Client) WriteFile(ctx context.Context, path string, data []byte) (err error) {
	h, err := c.Open(ctx, path, Overwrite)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := c.CloseFile(ctx, h); err == nil {
			err = closeErr
		}
	}()
	for len(data) > 0 {
		n := min(len(data), chunk)
		if _, _, err := c.send(ctx, opFileWrite, binary.LittleEndian.AppendUint64(nil, uint64(h)), data[:n]); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		data = data[n:]
	}
	return nil
}

// MakeDir makes a folder; one that is there is no error.
func (c *Client) MakeDir(ctx context.Context, path string) error {
	if _, _, err := c.ask(ctx, opMakeDir, append([]byte(path), 0)); err != nil && !errors.Is(err, errExists) {
		return fmt.Errorf("make folder %s: %w", path, err)
	}
	return nil
}

// Remove removes a file or an empty folder. Errors wrap [ErrNotFound] where there
// is none.
func (c *Client) Remove(ctx context.Context, path string) error {
	if _, _, err := c.ask(ctx, opRemove, append([]byte(path), 0)); err != nil {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}

// MaxRead is the most that [Client.Read] reads at once, in bytes.
const MaxRead = 1 << 20

// Read reads the next bytes of a file, n or fewer; none at its end.
func (c *Client) Read(ctx context.Context, h Handle, n int) ([]byte, error) {
	arg := binary.LittleEndian.AppendUint64(nil, uint64(h))
	arg = binary.LittleEndian.AppendUint64(arg, uint64(min(n, MaxRead)))
	op, data, err := c.ask(ctx, opFileRead, arg)
	if op != opData {
		return nil, err
	}
	return data, err
}

// ask sends one packet and reads its answer; a status other than 0 is an error.
func (c *Client) ask(ctx context.Context, op uint64, arg []byte) (uint64, []byte, error) {
	return c.send(ctx, op, arg, nil)
}

// send is ask with content behind the packet.
func (c *Client) send(ctx context.Context, op uint64, arg, content []byte) (uint64, []byte, error) {
	defer wire.Guard(ctx, c.conn, replyTimeout)()
	c.number++
	packet := append([]byte(nil), magic...)
	own := uint64(headerSize + len(arg))
	for _, v := range []uint64{own + uint64(len(content)), own, c.number, op} {
		packet = binary.LittleEndian.AppendUint64(packet, v)
	}
	if _, err := c.conn.Write(slices.Concat(packet, arg, content)); err != nil {
		return 0, nil, wire.Explain(ctx, "ask AFC", err)
	}
	answer, data, err := readPacket(c.conn)
	if err != nil {
		return 0, nil, wire.Explain(ctx, "read AFC answer", err)
	}
	if answer == opStatus {
		if len(data) < 8 {
			return 0, nil, unexpected(answer)
		}
		if err := statusError(binary.LittleEndian.Uint64(data)); err != nil {
			return 0, nil, err
		}
	}
	return answer, data, nil
}

// readPacket reads one packet and returns its operation and all behind the header.
func readPacket(r io.Reader) (op uint64, data []byte, err error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	if string(head[:8]) != magic {
		return 0, nil, errors.New("not an AFC packet")
	}
	total := binary.LittleEndian.Uint64(head[8:])
	if total < headerSize || total > maxPacket {
		return 0, nil, fmt.Errorf("AFC packet of %d bytes", total)
	}
	data = make([]byte, total-headerSize)
	if _, err := io.ReadFull(r, data); err != nil {
		return 0, nil, err
	}
	return binary.LittleEndian.Uint64(head[32:]), data, nil
}

func statusError(code uint64) error {
	if err, known := map[uint64]error{0: nil, 8: ErrNotFound, 16: errExists, 19: ErrBusy}[code]; known {
		return err
	}
	return &fault.Error{Code: fault.ServiceRefused, Op: "AFC", Domain: "AFC", Number: int(code)}
}

func unexpected(op uint64) error {
	return fault.New(fault.PhoneNonsense, "read AFC answer", fmt.Errorf("operation %d", op))
}
