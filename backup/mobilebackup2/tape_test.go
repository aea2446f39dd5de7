package mobilebackup2

import (
	"bytes"
	"encoding/binary"
	"io"
	"log/slog"
	"testing"

	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/backup/devicelink"
)

const udid = "00008110-000A1B2C3D4E5F60"

// tape is a phone that has said everything already, and what was answered.
type tape struct {
	in  io.Reader
	out bytes.Buffer
}

func (t *tape) Read(p []byte) (int, error)  { return t.in.Read(p) }
func (t *tape) Write(p []byte) (int, error) { return t.out.Write(p) }

// unit is a length and what it counts; numbers are single bytes.
func unit(parts ...any) []byte {
	var body []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			body = append(body, p...)
		case int:
			body = append(body, byte(p))
		}
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

func message(t testing.TB, v ...any) []byte {
	t.Helper()
	body, err := plist.Marshal(v, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	return unit(string(body))
}

func response(t testing.TB, fields map[string]any) []byte {
	fields["MessageName"] = "Response"
	return message(t, "DLMessageProcessMessage", fields)
}

func newHost(fs afero.Fs, root string) *Host {
	return &Host{
		Fs: fs, Root: root, UDID: udid,
		Space: func() (uint64, error) { return 5 << 30, nil },
		Log:   slog.New(slog.DiscardHandler),
	}
}

// play lets a host hear in and a final success. It returns the phone's
// final answer and everything that the host wrote.
func play(t *testing.T, h *Host, in ...[]byte) (Response, *bytes.Buffer) {
	t.Helper()
	all := append(bytes.Join(in, nil), response(t, map[string]any{"ErrorCode": 0})...)
	tp := &tape{in: bytes.NewReader(all)}
	s := &Session{dl: devicelink.NewConn(tp)}
	answer, err := s.Serve(h)
	if err != nil {
		t.Fatal(err)
	}
	return answer, &tp.out
}

// answers reads the status responses out of what the host wrote.
func answers(t *testing.T, out *bytes.Buffer) (all []devicelink.Message) {
	t.Helper()
	c := devicelink.NewConn(&tape{in: out})
	for {
		m, err := c.Receive()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.Name != "DLMessageStatusResponse" || len(m.Args) != 3 {
			t.Fatalf("not an answer: %+v", m)
		}
		all = append(all, m)
	}
}

// statuses plays and gives only the codes of the answers.
func statuses(t *testing.T, h *Host, in ...[]byte) (codes []int) {
	t.Helper()
	_, out := play(t, h, in...)
	for _, m := range answers(t, out) {
		code, _ := m.Int(0)
		codes = append(codes, int(code))
	}
	return codes
}

func newSession(in []byte) *Session {
	return &Session{dl: devicelink.NewConn(&tape{in: bytes.NewReader(in)})}
}
