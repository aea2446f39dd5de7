package backupd

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// Archives written by hand are what a property list library reads.
func TestArchive(t *testing.T) {
	long := strings.Repeat("a long path/", 40)
	for _, n := range []int64{0, 1, 14, 15, 255, 256, 65535, 65536, 1<<32 - 1, 1 << 32, 1<<63 - 1, -1, -1 << 63} {
		for _, text := range []string{"", "plain", "fifteen letters", long, "Größe", "Cafe\u0301", "👨‍👩‍👧 family", strings.Repeat("ü", 300)} {
			data := appendArchive([]byte("before"), pairs{
				{"n", n}, {"text", text}, {"left out", nil}, {"data", []byte(text)},
				{"list", []any{n, text, uid(3)}}, {"texts", []string{text, "b"}},
			})
			var got map[string]any
			if _, err := plist.Unmarshal(data[len("before"):], &got); err != nil {
				t.Fatalf("%d %q: %v", n, text, err)
			}
			number := any(uint64(n))
			if n < 0 {
				number = n
			}
			want := map[string]any{
				"n": number, "text": text, "data": []byte(text),
				"list": []any{number, text, plist.UID(3)}, "texts": []any{text, "b"},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d %q: %s", n, text, diff)
			}
		}
	}
}

// The MBFile of one file of each kind, as a property list library reads it.
func TestBlob(t *testing.T) {
	when := time.Unix(1_700_000_000, 0)
	file := newEntry(content.File{Domain: "HomeDomain", Path: "Library/SMS/sms.db", Kind: content.Regular, Size: 5 << 32, Mode: 0o100644, ModTime: when})
	if file.id != "3d0d7e5fb2ce288813306e4d4636395e047a3d28" {
		t.Errorf("sms.db has the identifier %s", file.id)
	}
	file.digest = bytes.Repeat([]byte{7}, 20)
	key := bytes.Repeat([]byte{9}, 44)
	row := storedRow{id: file.id, domain: file.Domain, path: file.Path, blob: file.appendBlob(nil, key)}
	row.parse(t)
	if row.number("Size") != 5<<32 || row.number("LastModified") != when.Unix() || row.number("Birth") != when.Unix() || row.number("UserID") != 501 || row.number("ProtectionClass") == 0 {
		t.Errorf("MBFile %v", row.file)
	}
	if !bytes.Equal(row.encryptionKey(), key) || !bytes.Equal(row.at("Digest").([]byte), file.digest) {
		t.Errorf("objects %v", row.objects)
	}
	link := newEntry(content.File{Domain: "HomeDomain", Path: "a", Kind: content.Symlink, Target: "b/ö", Mode: 0o120755, ModTime: when})
	row = storedRow{id: link.id, domain: link.Domain, path: link.Path, blob: link.appendBlob(nil, nil)}
	row.parse(t)
	if row.at("Target") != "b/ö" || row.encryptionKey() != nil || row.at("Digest") != nil || row.number("ProtectionClass") != 0 {
		t.Errorf("MBFile of a link %v", row.objects)
	}
}

func TestSealedSize(t *testing.T) {
	for plain, want := range map[int64]int64{0: 0, 1: 16, 15: 16, 16: 32, 17: 32, 1 << 33: 1<<33 + 16} {
		if got := sealedSize(plain, true); got != want {
			t.Errorf("%d bytes get %d", plain, got)
		}
		if sealedSize(plain, false) != plain {
			t.Errorf("%d bytes change without encryption", plain)
		}
	}
}

// Files of all sizes around the limits of blocks and buffers arrive complete.
func TestUploadSizes(t *testing.T) {
	edge := outboxSize - pieceHead - pieceTail
	sizes := []int{0, 1, 15, 16, 17, 31, 32, pieceRoom, edge - 1, edge, edge + 1, outboxSize - 1, outboxSize, outboxSize + 1, 3*outboxSize + 7}
	key := make([]byte, 32)
	for _, key := range [][]byte{nil, key} {
		var wire bytes.Buffer
		l := &link{out: newOutbox(&wire, func(error) {})}
		var want [][]byte
		for _, size := range sizes {
			data := make([]byte, size)
			_, _ = rand.Read(data)
			want = append(want, data)
			sent, err := l.upload(source{device: "d", host: fmt.Sprint(size), from: iotest{bytes.NewReader(data)}, key: key})
			if err != nil || sent.plain != int64(size) || sent.stored != sealedSize(int64(size), key != nil) {
				t.Fatalf("%d bytes: %+v, %v", size, sent, err)
			}
		}
		if err := l.out.flush(); err != nil {
			t.Fatal(err)
		}
		l.out.close()
		for i, size := range sizes {
			got := readUpload(t, &wire, fmt.Sprint(size))
			if key != nil && size > 0 {
				b := &storedBackup{keys: map[uint32][]byte{3: make([]byte, 32)}}
				wrapped, _ := wrapKey(b.keys[3], key)
				got = b.decrypt(t, append([]byte{3, 0, 0, 0}, wrapped...), got)
			}
			if !bytes.Equal(got, want[i]) {
				t.Errorf("%d bytes arrived as %d others", size, len(got))
			}
		}
		if wire.Len() != 0 {
			t.Errorf("%d bytes too many", wire.Len())
		}
	}
}

// iotest reads in odd portions.
type iotest struct{ r io.Reader }

func (r iotest) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), 40_001)]) }

// readUpload reads one file of an upload.
func readUpload(t *testing.T, wire *bytes.Buffer, name string) []byte {
	t.Helper()
	next := func() []byte { return wire.Next(int(binary.BigEndian.Uint32(wire.Next(4)))) }
	if device, host := string(next()), string(next()); device != "d" || host != name {
		t.Fatalf("names %q and %q", device, host)
	}
	var data []byte
	for {
		piece := next()
		switch {
		case piece[0] == 0 && len(piece) == 1:
			return data
		case piece[0] != 0x0C || len(piece) == 1:
			t.Fatalf("a piece % x", piece[:1])
		}
		data = append(data, piece[1:]...)
	}
}

// The outbox strikes at the very byte, and whoever writes gets an error.
func TestOutboxStrikes(t *testing.T) {
	for _, at := range []int64{1, 999, outboxSize, outboxSize + 1, 5*outboxSize - 3} {
		var wire bytes.Buffer
		var once sync.Once
		stopped := make(chan error, 1)
		o := newOutbox(&wire, func(err error) { once.Do(func() { stopped <- err }) })
		o.arm(strike{work: at, err: errDetached})
		var err error
		for range 100 {
			if err = o.write(make([]byte, 100_000)); err != nil {
				break
			}
		}
		if !errors.Is(err, errDetached) || !errors.Is(<-stopped, errDetached) || !errors.Is(o.stop(), errDetached) {
			t.Errorf("at %d: %v, %v", at, err, o.stop())
		}
		o.close()
		if int64(wire.Len()) != at {
			t.Errorf("struck after %d bytes instead of %d", wire.Len(), at)
		}
	}
}

func TestOutboxTellsFailedWrites(t *testing.T) {
	broken := errors.New("broken")
	stopped := make(chan error, 1)
	o := newOutbox(writerFunc(func([]byte) (int, error) { return 0, broken }), func(err error) { stopped <- err })
	for o.write(make([]byte, outboxSize)) == nil {
	}
	if err := <-stopped; !errors.Is(err, broken) || !errors.Is(o.flush(), broken) {
		t.Errorf("got %v", err)
	}
	o.close()
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// More files than are held in memory come back from the spool, each once.
func TestSpool(t *testing.T) {
	s := &spool{dir: t.TempDir()}
	const files = 3*spoolPending/recordSize + 5
	for i := range files {
		if err := s.add(record{key: keyOf("D", fmt.Sprint(i)), stored: int64(i) << 20}); err != nil {
			t.Fatal(err)
		}
	}
	sizes := map[string]int64{}
	for prefix := range prefixes {
		err := s.each(byte(prefix), func(r record) error {
			if r.key[0] != byte(prefix) {
				t.Errorf("%s is among %02x", r.key, prefix)
			}
			sizes[r.key.String()] = r.stored
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range files {
		if sizes[fileID("D", fmt.Sprint(i))] != int64(i)<<20 {
			t.Errorf("file %d came back with %d bytes", i, sizes[fileID("D", fmt.Sprint(i))])
		}
	}
	if len(sizes) != files {
		t.Errorf("%d files came back", len(sizes))
	}
	stop := errors.New("stop")
	if err := s.each(0, func(record) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("each ended with %v", err)
	}
	want := record{key: keyOf("D", "x"), stored: noContent, plain: 1 << 40, sign: 1 << 63, number: 1 << 31, moves: true, digest: [20]byte{19: 7}}
	if got := parseRecord(want.append(nil)); got != want {
		t.Errorf("%+v came back as %+v", want, got)
	}
}

// A manifest that cannot be written is reported, and nothing hangs.
func TestManifestFails(t *testing.T) {
	m := newManifestDB(t.TempDir()) // a folder
	e := newEntry(content.File{Domain: "D", Kind: content.Directory})
	var err error
	for range 10 * manifestBatch {
		if err = m.add(e, nil); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("no error came")
	}
	if m.close() == nil || m.abandon() == nil {
		t.Error("the end tells no error")
	}

	twice := newManifestDB(t.TempDir() + "/m")
	for range 2 {
		_ = twice.add(e, nil)
	}
	if twice.close() == nil {
		t.Error("the same file twice is no error")
	}
}

// What hosts must not send is refused for what it is, before memory is taken
// for it.
func TestMessagesRefused(t *testing.T) {
	endless := bytes.Repeat([]byte{'x'}, 1<<20)
	for name, tc := range map[string]struct {
		data []byte
		want error
		left int // bytes that must not have been read
	}{
		"nothing":          {nil, errHostLeft, 0},
		"half a length":    {[]byte{0, 0}, io.ErrUnexpectedEOF, 0},
		"no bytes":         {append([]byte{0, 0, 0, 0}, endless...), errProtocol, len(endless)},
		"too many bytes":   {append([]byte{0x7F, 0xFF, 0xFF, 0xFF}, endless...), errProtocol, len(endless)},
		"cut":              {[]byte{0, 0, 0, 9, 1}, errProtocol, 0},
		"no property list": {[]byte{0, 0, 0, 2, 1, 2}, errProtocol, 0},
		"no name":          {frame(), errProtocol, 0},
		"a strange name":   {frame("Hello"), errProtocol, 0},
		"a number":         {frame(7), errProtocol, 0},
	} {
		r := bytes.NewReader(tc.data)
		if message, err := readMessage(r); !errors.Is(err, tc.want) || r.Len() != tc.left {
			t.Errorf("%s: %v, %v, %d bytes left", name, message, err, r.Len())
		}
	}
}

// Answers are read as devices do: 32 bits of the code, whatever its form.
func TestAnswers(t *testing.T) {
	for _, tc := range []struct {
		message []any
		want    answer
	}{
		{[]any{"DLMessageStatusResponse", uint64(0), placeholder, map[string]any{}}, answer{0, "", map[string]any{}}},
		{[]any{"DLMessageStatusResponse", int64(-13), "Multi status", "x"}, answer{-13, "Multi status", "x"}},
		{[]any{"DLMessageStatusResponse", uint64(1<<64 - 13), "", uint64(5)}, answer{-13, "", uint64(5)}},
		{[]any{"DLMessageStatusResponse", uint64(1<<32 - 6)}, answer{-6, "", nil}},
		{[]any{"DLMessageStatusResponse", "0", 7.5}, answer{-1, "", nil}},
		{[]any{"DLMessageStatusResponse"}, answer{-1, "", nil}},
	} {
		if diff := cmp.Diff(tc.want, parseAnswer(tc.message), cmp.AllowUnexported(answer{})); diff != "" {
			t.Errorf("%v: %s", tc.message, diff)
		}
	}
}
