package devicelink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"

	"lifeboat/device/fault"
)

// wireTape is a phone that has said all of in already.
type wireTape struct {
	in  io.Reader
	out bytes.Buffer
}

func (t *wireTape) Read(p []byte) (int, error)  { return t.in.Read(p) }
func (t *wireTape) Write(p []byte) (int, error) { return t.out.Write(p) }

func tape(in ...[]byte) (*wireTape, *Conn) {
	t := &wireTape{in: bytes.NewReader(bytes.Join(in, nil))}
	return t, NewConn(t)
}

// unit is a length and what it counts.
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

// message is a frame as the phone sends it.
func message(t testing.TB, format int, v any) []byte {
	t.Helper()
	body, err := plist.Marshal(v, format)
	if err != nil {
		t.Fatal(err)
	}
	return unit(string(body))
}

// said decodes the messages that were written to the phone.
func said(t *testing.T, tape *wireTape) (all []Message) {
	t.Helper()
	c := NewConn(&wireTape{in: &tape.out})
	for {
		m, err := c.Receive()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
}

func TestReceive(t *testing.T) {
	in := []any{"DLMessageRemoveItems", []string{"a", "b"}, 1.5, -1, map[string]any{"k": "v"}}
	for _, format := range []int{plist.XMLFormat, plist.BinaryFormat} {
		_, c := tape(message(t, format, in))
		m, err := c.Receive()
		if err != nil || m.Name != "DLMessageRemoveItems" {
			t.Fatalf("%+v, %v", m, err)
		}
		texts, ok := m.Texts(0)
		if d := cmp.Diff([]string{"a", "b"}, texts); d != "" || !ok {
			t.Error(d)
		}
		if f, ok := m.Number(1); f != 1.5 || !ok {
			t.Error("the real", f, ok)
		}
		if n, ok := m.Int(2); n != -1 || !ok {
			t.Error("the integer", n, ok)
		}
		if dict, ok := m.Dict(3); dict["k"] != "v" || !ok {
			t.Error("the dictionary", dict, ok)
		}
		// What is not there, or of another type, is distinguished from a zero.
		_, t1 := m.Text(0)
		_, t2 := m.Texts(4)
		_, t3 := m.Int(-1)
		_, t4 := m.Dict(2)
		if t1 || t2 || t3 || t4 {
			t.Error("a wrong type passed", t1, t2, t3, t4)
		}
	}
}

func TestReceiveRefuses(t *testing.T) {
	array := func(v ...any) []byte { return message(t, plist.BinaryFormat, v) }
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"end":             {nil, io.EOF},
		"half a length":   {[]byte{0, 0}, io.ErrUnexpectedEOF},
		"half a frame":    {unit("abcdef")[:8], io.ErrUnexpectedEOF},
		"length 2^32-1":   {[]byte{255, 255, 255, 255}, fault.New(fault.PhoneNonsense, "", nil)},
		"length 0":        {[]byte{0, 0, 0, 0}, fault.New(fault.PhoneNonsense, "", nil)},
		"no plist":        {unit("hello"), fault.New(fault.PhoneNonsense, "", nil)},
		"a dictionary":    {message(t, plist.BinaryFormat, map[string]any{"a": 1}), fault.New(fault.PhoneNonsense, "", nil)},
		"an empty array":  {array(), fault.New(fault.PhoneNonsense, "", nil)},
		"no name":         {array(1, 2), fault.New(fault.PhoneNonsense, "", nil)},
		"a strange name":  {array("Hello"), fault.New(fault.PhoneNonsense, "", nil)},
		"a very long one": {binary.BigEndian.AppendUint32(nil, maxFrame), io.ErrUnexpectedEOF},
	} {
		_, conn := tape(c.in)
		if m, err := conn.Receive(); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v, want %v", name, m, err, c.want)
		}
	}
}

func TestExchange(t *testing.T) {
	version := func(major int) []byte {
		return message(t, plist.XMLFormat, []any{"DLMessageVersionExchange", major, 0})
	}
	ready := message(t, plist.BinaryFormat, []any{"DLMessageDeviceReady"})
	refusal := message(t, plist.BinaryFormat, []any{"DLMessageDisconnect", "no"})
	for name, c := range map[string]struct {
		in   [][]byte
		want fault.Code
	}{
		"iOS 13":      {[][]byte{version(300), ready}, ""},
		"iOS 14":      {[][]byte{version(400), ready}, ""},
		"the future":  {[][]byte{version(500), ready}, ""},
		"refused":     {[][]byte{version(400), refusal}, fault.ProtocolRefused},
		"wrong order": {[][]byte{ready}, fault.PhoneNonsense},
	} {
		tape, conn := tape(c.in...)
		if err := conn.Exchange(); fault.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if c.want != fault.PhoneNonsense {
			want := []Message{{Name: "DLMessageVersionExchange", Args: []any{"DLVersionsOk", uint64(400)}}}
			if d := cmp.Diff(want, said(t, tape)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	}
}

// TestRespondAlwaysHasFourElements: a phone takes fewer for a broken host.
func TestRespondAlwaysHasFourElements(t *testing.T) {
	tape, c := tape()
	for _, err := range []error{
		c.Respond(OK, "", nil),
		c.Respond(OK, "", int64(1<<40)),
		c.Respond(MultiStatus, "Multi status", map[string]any{"p": "x"}),
		c.Disconnect(""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []Message{
		{"DLMessageStatusResponse", []any{uint64(0), none, map[string]any{}}},
		{"DLMessageStatusResponse", []any{uint64(0), none, uint64(1 << 40)}},
		{"DLMessageStatusResponse", []any{int64(-13), "Multi status", map[string]any{"p": "x"}}},
		{"DLMessageDisconnect", []any{none}},
	}
	if d := cmp.Diff(want, said(t, tape)); d != "" {
		t.Error(d)
	}
}

func TestStatusOf(t *testing.T) {
	below := NotDirectory
	if runtime.GOOS == "windows" {
		below = NoEntry // ENOTDIR is ERROR_PATH_NOT_FOUND there, which a missing folder is as well
	}
	for _, c := range []struct {
		err  error
		want Status
	}{
		{nil, OK}, {fs.ErrNotExist, NoEntry}, {syscall.ENOENT, NoEntry}, {syscall.EEXIST, Exists},
		{syscall.ENOTDIR, below}, {syscall.EISDIR, IsDirectory}, {syscall.ELOOP, Loop},
		{syscall.EIO, IOError}, {syscall.ENOSPC, NoSpace}, {syscall.EACCES, Failed},
		{syscall.ENOTEMPTY, Failed}, {errors.New("x"), Failed}, {fmt.Errorf("p: %w", BadParameter), BadParameter},
	} {
		if got := StatusOf(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

// received is one file as a test compares it.
type received struct {
	Device, Path, Data, Text string
	Status                   Status
}

func readAll(c *Conn) (all []received, err error) {
	for {
		u, err := c.NextUpload()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		data, err := io.ReadAll(u)
		if err != nil {
			return all, err
		}
		all = append(all, received{u.Device, u.Path, string(data), u.Text, u.Status})
	}
}

func TestUpload(t *testing.T) {
	long := strings.Repeat("long", 50000)
	in := bytes.Join([][]byte{
		unit("/a"), unit("U/a"), unit(codeData, "one"), unit(codeData, "two"), unit(codeDone),
		unit("/empty"), unit("U/e"), unit(codeDone),
		unit("/gone"), unit("U/g"), unit(6, "No such file"),
		unit("/half"), unit("U/h"), unit(codeData, "ha"), unit(0x0b, "I/O error"),
		unit("/zero frame"), unit("U/z"), unit(codeData), unit(codeData, "z"), unit(codeDone),
		unit("/mobile/Zoë 📱"), unit("U/" + strings.Repeat("n", 300)), unit(codeData, long), unit(codeDone, "done"),
		{0, 0, 0, 0},
		message(t, plist.BinaryFormat, []any{"DLMessageGetFreeDiskSpace"}),
	}, nil)
	want := []received{
		{"/a", "U/a", "onetwo", "", OK},
		{"/empty", "U/e", "", "", OK},
		{"/gone", "U/g", "", "No such file", NoEntry},
		{"/half", "U/h", "ha", "I/O error", IOError},
		{"/zero frame", "U/z", "z", "", OK},
		{"/mobile/Zoë 📱", "U/" + strings.Repeat("n", 300), long, "", OK},
	}
	for name, r := range map[string]io.Reader{"at once": bytes.NewReader(in), "byte by byte": iotest.OneByteReader(bytes.NewReader(in))} {
		c := NewConn(&wireTape{in: r})
		got, err := readAll(c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if m, err := c.Receive(); err != nil || m.Name != "DLMessageGetFreeDiskSpace" {
			t.Errorf("%s: out of step after the list: %+v, %v", name, m, err)
		}
	}
	for cut := range 60 {
		_, c := tape(in[:cut])
		if _, err := readAll(c); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}

func TestUploadRefuses(t *testing.T) {
	start := append(unit("/a"), unit("U/a")...)
	for name, in := range map[string][]byte{
		"name of 4 GiB":     {255, 255, 255, 255},
		"frame of 0":        append(start[:len(start):len(start)], 0, 0, 0, 0),
		"frame of 4 GiB":    append(start[:len(start):len(start)], 255, 255, 255, 255),
		"end of a megabyte": append(start[:len(start):len(start)], 0, 16, 0, 0, 6),
	} {
		_, c := tape(in)
		if _, err := readAll(c); fault.Of(err) != fault.PhoneNonsense {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSendFile reads back what was sent with the reader for the other way,
// whose framing differs only in the second name.
func TestSendFile(t *testing.T) {
	const frame = 32 << 10 // what phones are known to bear
	tape, c := tape()
	big := strings.Repeat("0123456789abcdef", frame/8) // two full frames
	broken := errors.New("broken")
	if local, err := c.SendFile("U/big", strings.NewReader(big)); local != nil || err != nil {
		t.Fatal(local, err)
	}
	if local, err := c.SendFile("U/empty", strings.NewReader("")); local != nil || err != nil {
		t.Fatal(local, err)
	}
	if err := c.SendMissing("U/gone", NoEntry); err != nil {
		t.Fatal(err)
	}
	if local, err := c.SendFile("U/broken", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(broken))); local != broken || err != nil {
		t.Fatal(local, err)
	}
	if err := c.EndFiles(); err != nil {
		t.Fatal(err)
	}
	want := bytes.Join([][]byte{
		unit("U/big"), unit(codeData, big[:frame]), unit(codeData, big[frame:]), unit(codeDone),
		unit("U/empty"), unit(codeDone),
		unit("U/gone"), unit(6, "no such file or directory"),
		unit("U/broken"), unit(codeData, "x"), unit(1, "failed"),
		{0, 0, 0, 0},
	}, nil)
	if !bytes.Equal(tape.out.Bytes(), want) {
		t.Errorf("%d bytes differ from the %d expected", tape.out.Len(), len(want))
	}
}

func FuzzReceive(f *testing.F) {
	f.Add(message(f, plist.BinaryFormat, []any{"DLMessagePing", "x"}))
	f.Add(message(f, plist.XMLFormat, []any{"DLMessageDownloadFiles", []string{"U/Status.plist"}, 0.0, 1.0, 0}))
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, in []byte) {
		_, c := tape(in)
		for {
			m, err := c.Receive()
			if err != nil {
				return
			}
			if !strings.HasPrefix(m.Name, "DL") {
				t.Fatalf("took %q", m.Name)
			}
		}
	})
}

func FuzzUpload(f *testing.F) {
	f.Add(bytes.Join([][]byte{unit("/a"), unit("U/a"), unit(codeData, "one"), unit(codeDone), {0, 0, 0, 0}}, nil))
	f.Add(bytes.Join([][]byte{unit("/a"), unit("U/a"), unit(6, "No"), {0, 0, 0, 0}}, nil))
	f.Add([]byte{0, 0, 0, 1, 'x', 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, in []byte) {
		_, c := tape(in)
		all, err := readAll(c)
		size := 0
		for _, r := range all {
			size += len(r.Data) + len(r.Path) + len(r.Device) + len(r.Text)
		}
		if size > len(in) {
			t.Fatalf("%d bytes out of %d, %v", size, len(in), err)
		}
	})
}
