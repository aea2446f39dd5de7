package backupd

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// frame is a message as a host sends it.
func frame(message ...any) []byte {
	data, err := plist.Marshal(message, plist.BinaryFormat)
	if err != nil {
		panic(err)
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...)
}

func FuzzReadMessage(f *testing.F) {
	f.Add(frame("DLMessageStatusResponse", 0, "___EmptyParameterString___", map[string]any{}))
	f.Add(frame("DLMessageProcessMessage", map[string]any{"MessageName": "Backup"}))
	f.Add(frame("DLMessageStatusResponse"))
	f.Add(frame("DLMessageStatusResponse", "text", 7, 1.5))
	f.Add(frame(1, 2, 3))
	f.Add(frame())
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF, 'b', 'p'})
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 9, 'x'})
	f.Fuzz(func(t *testing.T, data []byte) {
		message, err := readMessage(bytes.NewReader(data))
		if err != nil {
			return
		}
		if len(message) == 0 {
			t.Fatal("an empty message passed")
		}
		a := parseAnswer(message)
		parseListing(a.object)
		exchangeOf("q", "", message, a)
	})
}

func FuzzReadDownloads(f *testing.F) {
	whole := func(name string, parts ...[]byte) []byte {
		var b bytes.Buffer
		piece(&b, -1, []byte(name))
		for _, part := range parts {
			piece(&b, 0x0C, part)
		}
		piece(&b, 0x00, nil)
		b.Write([]byte{0, 0, 0, 0})
		return b.Bytes()
	}
	f.Add(whole("u/Status.plist", []byte("one"), []byte("two")))
	f.Add(whole("u/Status.plist"))
	f.Add(whole("other", []byte("x")))
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte("\x00\x00\x00\x0eu/Status.plist\x00\x00\x00\x05\x06text\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x00\x00\x0eu/Status.plist\xff\xff\xff\xff\x0c"))
	f.Add([]byte("\x00\x00\x00\x0eu/Status.plist\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got countingWriter
		file := &wanted{path: "u/Status.plist", into: &got}
		if err := readDownloads(bytes.NewReader(data), []*wanted{file}); err != nil {
			return
		}
		if int(got) > len(data) {
			t.Fatalf("%d bytes came out of %d", got, len(data))
		}
	})
}

type countingWriter int

func (c *countingWriter) Write(p []byte) (int, error) {
	*c += countingWriter(len(p))
	return len(p), nil
}

// FuzzServe is a host that says anything at all: the agent must end, and
// never get out of its folder or its mind.
func FuzzServe(f *testing.F) {
	hello := append(frame("DLMessageVersionExchange", "DLVersionsOk", 400),
		frame("DLMessageProcessMessage", map[string]any{"MessageName": "Hello", "SupportedProtocolVersions": []float64{2.1}})...)
	ask := func(request map[string]any, answers ...[]byte) []byte {
		return append(append(bytes.Clone(hello), frame("DLMessageProcessMessage", request)...), bytes.Join(answers, nil)...)
	}
	ok := frame("DLMessageStatusResponse", 0, "", map[string]any{})
	f.Add(ask(backupRequest(), []byte{0, 0, 0, 0}, ok, ok, ok, ok))
	f.Add(ask(backupRequest(), []byte{0, 0, 0, 0}, frame("DLMessageStatusResponse", -13, "Multi status", map[string]any{
		testUDID + "/Status.plist": map[string]any{"DLFileErrorCode": -6},
	}), frame("DLMessageStatusResponse", 0, "", uint64(1)<<40), ok))
	f.Add(ask(map[string]any{"MessageName": "ChangePassword", "TargetIdentifier": testUDID, "NewPassword": "x"}))
	f.Add(ask(map[string]any{"MessageName": "Info"}, frame("DLMessageDisconnect", "bye")))
	f.Add(frame("DLMessageVersionExchange", "DLErrorAcceptingDeviceLinkGreater"))
	cfg := testConfig(f, content.Generate(1, 3, 100))
	cfg.Rounds = Rounds{PBKDF2SHA256: 1, PBKDF2SHA1: 1}
	engine := newTestEngine(f, cfg)
	for _, faults := range []Faults{{}, {DetachAtMessage: 780}} { // one that comes to its end, one that breaks
		f.Add(overheard(f, engine, f.TempDir(), faults))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = engine.Serve(t.Context(), &recorded{Reader: bytes.NewReader(data)})
	})
}

// overheard is all that a host says in a backup of a phone after its first.
func overheard(f *testing.F, engine *Engine, root string, faults Faults) []byte {
	f.Helper()
	succeed(f, engine, root, Run{Why: "no backup"})
	engine.SetFaults(faults)
	defer engine.SetFaults(Faults{})
	host, done := connect(f, engine, root)
	var said bytes.Buffer
	host.conn = &tapped{host.conn, &said}
	if err := host.hello(); err != nil {
		f.Fatal(err)
	}
	_, _ = host.request(incrementalRequest()) // or an error, where that is the fault
	host.conn.Close()
	<-done
	return said.Bytes()
}

// tapped is a connection whose written bytes are kept.
type tapped struct {
	io.ReadWriteCloser
	said *bytes.Buffer
}

func (c *tapped) Write(p []byte) (int, error) {
	c.said.Write(p)
	return c.ReadWriteCloser.Write(p)
}

// recorded is a connection on which a host has already said everything.
type recorded struct{ io.Reader }

func (*recorded) Write(p []byte) (int, error) { return len(p), nil }
func (*recorded) Close() error                { return nil }
