package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"howett.net/plist"

	"lifeboat/device/safeplist"
)

// MaxFrame is the largest plist frame that is taken from a phone, in bytes.
// The largest honest ones are whole app lists, of a few MiB.
const MaxFrame = 16 << 20

// ReadFrame reads one frame of lockdownd and of most services: a 4-byte
// big-endian length and a plist, XML or binary, whose root is a dictionary
// (device/PROTOCOL.md#messages-of-lockdownd).
func ReadFrame(r io.Reader) (map[string]any, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	return safeplist.Dict(body)
}

// ReadData reads one frame whose plist is nothing but data, as pcapd sends them.
func ReadData(r io.Reader) ([]byte, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	v, err := safeplist.Decode(body)
	if err != nil {
		return nil, err
	}
	data, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("frame with %T instead of data", v)
	}
	return data, nil
}

// readBody reads what follows the length of a frame.
func readBody(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > MaxFrame {
		return nil, fmt.Errorf("frame of %d bytes is over the limit of %d", n, MaxFrame)
	}
	// The buffer grows with what really arrives, so that a false length costs nothing.
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r, int64(n)); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return body.Bytes(), nil
}

// WriteFrame writes v as one frame with an XML plist.
func WriteFrame(w io.Writer, v any) error { return write(w, v, plist.XMLFormat) }

// WriteBinaryFrame writes v as one frame with a binary plist, which
// springboardservices wants.
func WriteBinaryFrame(w io.Writer, v any) error { return write(w, v, plist.BinaryFormat) }

func write(w io.Writer, v any, format int) error {
	body, err := plist.Marshal(v, format)
	if err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	frame := make([]byte, 4, 4+len(body))
	binary.BigEndian.PutUint32(frame, uint32(len(body)))
	_, err = w.Write(append(frame, body...))
	return err
}

// Ask sends one request as a frame and reads the answer, which may take up to
// limit with it. Errors are those of [Explain] for op.
func Ask(ctx context.Context, conn net.Conn, op string, limit time.Duration, request map[string]any) (map[string]any, error) {
	defer Guard(ctx, conn, limit)()
	if err := WriteFrame(conn, request); err != nil {
		return nil, Explain(ctx, op, err)
	}
	answer, err := ReadFrame(conn)
	return answer, Explain(ctx, op, err)
}
