package backupd

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"howett.net/plist"
)

// placeholder stands for an empty text in DeviceLink messages.
const placeholder = "___EmptyParameterString___"

// maxHostFrame bounds the messages of hosts in bytes. The longest ones list a folder.
const maxHostFrame = 64 << 20

var (
	// errHostLeft is the host saying that it leaves, or closing the connection
	// between two messages.
	errHostLeft = errors.New("backupd: the host left")
	// errGoodbye is the host saying that it leaves.
	errGoodbye = fmt.Errorf("%w in order", errHostLeft)
	// errProtocol is a host that breaks the rules of DeviceLink.
	errProtocol = errors.New("backupd: the host broke the protocol")
)

// link is a DeviceLink connection: frames of a 4-byte big-endian length and a
// binary property list, an array whose first element names the message.
type link struct {
	in      *bufio.Reader
	out     *outbox
	version int // DeviceLink version both sides know
	record  *exchangeLog
	ping    bool // send pings between questions and answers
	asked   int
	sent    int                    // messages since the last Backup request
	cut     func() bool            // says that the next message is to be cut; may be nil
	big     func(what string) bool // says that an oversized length is due; may be nil
	layout  layout
	peek    chan error // result of a reader that watches the host while the phone waits
}

// newLink speaks over conn. Stopped is called when nothing more can be sent, and
// why; it must not block.
func newLink(conn io.ReadWriteCloser, record *exchangeLog, stopped func(error)) *link {
	return &link{in: bufio.NewReaderSize(conn, 64<<10), out: newOutbox(conn, stopped), record: record}
}

// send writes one message.
func (l *link) send(message ...any) error {
	data, err := plist.Marshal(message, plist.BinaryFormat)
	if err != nil {
		return fmt.Errorf("backupd: message %v: %w", message[0], err)
	}
	if l.isBig(bigFrame) {
		return l.announce()
	}
	frame := append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(data)), uint32(len(data))), data...)
	if l.cut != nil && l.cut() {
		return l.sendHalf(frame)
	}
	if err := l.out.write(frame); err != nil {
		return err
	}
	l.sent++
	l.record.count()
	l.out.message()
	return l.out.flush()
}

// receive reads one message of the host.
func (l *link) receive() ([]any, error) {
	if err := l.unpeek(); err != nil {
		return nil, err
	}
	return readMessage(l.in)
}

// unpeek waits for the reader that watched the host during a pause. It must
// come before each read.
func (l *link) unpeek() error {
	if l.peek == nil {
		return nil
	}
	err := <-l.peek
	l.peek = nil
	if err != nil {
		return hostGone(err)
	}
	return nil
}

// readMessage reads one frame and checks its form.
func readMessage(r io.Reader) ([]any, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, hostGone(err)
	}
	size := binary.BigEndian.Uint32(head[:])
	if size == 0 || size > maxHostFrame {
		return nil, fmt.Errorf("%w: a message of %d bytes", errProtocol, size)
	}
	data, err := readBounded(r, int64(size))
	if err != nil {
		return nil, err
	}
	return parseMessage(data)
}

// readBounded reads exactly size bytes and takes memory only for what comes.
func readBounded(r io.Reader, size int64) ([]byte, error) {
	var data strings.Builder
	n, err := io.CopyN(&data, r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: a message ended after %d of %d bytes: %w", errProtocol, n, size, err)
	}
	return []byte(data.String()), nil
}

// parseMessage decodes the property list of a frame.
func parseMessage(data []byte) ([]any, error) {
	var message []any
	if _, err := plist.Unmarshal(data, &message); err != nil {
		return nil, fmt.Errorf("%w: %w", errProtocol, err)
	}
	if len(message) == 0 {
		return nil, fmt.Errorf("%w: an empty message", errProtocol)
	}
	if name, ok := message[0].(string); !ok || !strings.HasPrefix(name, "DL") {
		return nil, fmt.Errorf("%w: a message without a name", errProtocol)
	}
	return message, nil
}

// hostGone tells a connection that ended between messages from a broken one.
func hostGone(err error) error {
	if errors.Is(err, io.EOF) {
		return errHostLeft
	}
	return err
}

// answer is a DLMessageStatusResponse.
type answer struct {
	code   int
	text   string
	object any
}

// ask sends a question and waits for its answer. About names what is asked
// about in the log of exchanges.
func (l *link) ask(about string, message ...any) (answer, error) {
	if err := l.send(message...); err != nil {
		return answer{}, err
	}
	return l.answer(message[0].(string), about)
}

// answer waits for the answer to a question that was sent.
func (l *link) answer(question, about string) (answer, error) {
	if l.asked++; l.ping && l.asked%5 == 1 {
		if err := l.send("DLMessagePing", "still here"); err != nil {
			return answer{}, err
		}
	}
	for {
		message, err := l.receive()
		if err != nil {
			return answer{}, err
		}
		switch message[0] {
		case "DLMessageStatusResponse":
			a := parseAnswer(message)
			l.record.add(exchangeOf(question, about, message, a))
			return a, nil
		case "DLMessageDisconnect":
			return answer{}, errGoodbye
		case "DLMessagePing":
		default:
			return answer{}, fmt.Errorf("%w: %v instead of an answer to %s", errProtocol, message[0], question)
		}
	}
}

// parseAnswer reads what there is of a DLMessageStatusResponse.
func parseAnswer(message []any) answer {
	a := answer{code: -1}
	if len(message) > 1 {
		if code, ok := integer(message[1]); ok {
			a.code = int(int32(uint32(code))) // devices read 32 bits
		}
	}
	if len(message) > 2 {
		if text, ok := message[2].(string); ok && text != placeholder {
			a.text = text
		}
	}
	if len(message) > 3 {
		a.object = message[3]
	}
	return a
}

// integer reads a whole number of a property list; one of more than 63 bits is
// taken as its two's complement.
func integer(value any) (int64, bool) {
	switch n := value.(type) {
	case uint64:
		return int64(n), true
	case int64:
		return n, true
	case float64:
		if n != math.Trunc(n) || math.Abs(n) >= 1<<62 {
			return 0, false
		}
		return int64(n), true
	}
	return 0, false
}

// pause says nothing for a while, as a phone does that waits for its owner. It
// ends early when the host says something or leaves, which the next receive
// then tells.
func (l *link) pause(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	if l.peek == nil {
		l.peek = make(chan error, 1)
		go func(result chan<- error) {
			_, err := l.in.Peek(1)
			result <- err
		}(l.peek)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case err := <-l.peek:
		l.peek = nil
		if err != nil {
			return hostGone(err)
		}
		return l.interrupted()
	}
}

// interrupted reads what the host said during a pause.
func (l *link) interrupted() error {
	message, err := l.receive()
	if err != nil {
		return err
	}
	if message[0] == "DLMessageDisconnect" {
		return errGoodbye
	}
	return fmt.Errorf("%w: %v while the phone was waiting for its owner", errProtocol, message[0])
}

// drain reads until the host is gone.
func (l *link) drain() {
	_ = l.unpeek()
	_, _ = io.Copy(io.Discard, l.in)
}
