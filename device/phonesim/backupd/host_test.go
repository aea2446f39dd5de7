package backupd

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"howett.net/plist"
)

// testHost is a small host of its own making: it does what each message says
// and shares no code with the agent.
type testHost struct {
	conn     io.ReadWriteCloser
	in       *bufio.Reader
	root     string // backups stand below; "" stores nothing and measures
	version  int    // DeviceLink version to claim; 0 echoes
	free     int64  // free space to claim; 0 is plenty
	purge    []any  // answer to DLMessagePurgeDiskSpace
	seen     []string
	progress []float64
	files    int
	failed   map[string]string // host path -> code and text of error entries
	refuse   func(path string) int
	onAsk    func(name string) // called before each question is answered
	received int64
	folders  map[string]bool // that the phone asked for
	onBig    func(size int64) error
	purges   []int64 // asked for
}

func newTestHost(conn io.ReadWriteCloser, root string) *testHost {
	return &testHost{conn: conn, in: bufio.NewReaderSize(conn, 1<<20), root: root, failed: map[string]string{}, folders: map[string]bool{}}
}

func (h *testHost) send(message ...any) error {
	data, err := plist.Marshal(message, plist.BinaryFormat)
	if err != nil {
		return err
	}
	_, err = h.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...))
	return err
}

func (h *testHost) receive() ([]any, error) {
	data, err := h.chunk(64 << 20)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(data), "bplist00") {
		return nil, fmt.Errorf("the phone sent no binary property list")
	}
	var message []any
	_, err = plist.Unmarshal(data, &message)
	return message, err
}

// chunk reads a length and as many bytes.
func (h *testHost) chunk(most uint32) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(h.in, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > most {
		return nil, fmt.Errorf("a chunk of %d bytes", size)
	}
	data := make([]byte, size)
	_, err := io.ReadFull(h.in, data)
	return data, err
}

// hello begins a session.
func (h *testHost) hello() error {
	message, err := h.receive()
	if err != nil {
		return err
	}
	version := h.version
	if version == 0 {
		version = int(message[1].(uint64))
	}
	if err := h.send("DLMessageVersionExchange", "DLVersionsOk", version); err != nil {
		return err
	}
	if message, err = h.receive(); err != nil || message[0] != "DLMessageDeviceReady" {
		return fmt.Errorf("%v, %w", message, err)
	}
	answer, err := h.request(map[string]any{"MessageName": "Hello", "SupportedProtocolVersions": []float64{2.0, 2.1}})
	if err != nil {
		return err
	}
	if answer["ErrorCode"] != uint64(0) || answer["ProtocolVersion"] != 2.1 {
		return fmt.Errorf("hello was answered %v", answer)
	}
	return nil
}

// request sends a request and serves the phone until its final answer.
func (h *testHost) request(dict map[string]any) (map[string]any, error) {
	if err := h.send("DLMessageProcessMessage", dict); err != nil {
		return nil, err
	}
	for {
		message, err := h.receive()
		if err != nil {
			return nil, err
		}
		name := strings.Clone(message[0].(string)) // decoded strings are part of their message
		h.seen = append(h.seen, name)
		if h.onAsk != nil {
			h.onAsk(name)
		}
		if name == "DLMessageProcessMessage" {
			return message[1].(map[string]any), nil
		}
		if name == "DLMessagePing" {
			continue
		}
		if err := h.serve(name, message); err != nil {
			return nil, err
		}
	}
}

func (h *testHost) answer(code int, text string, object any) error {
	return h.send("DLMessageStatusResponse", code, text, object)
}

func (h *testHost) status(err error) error {
	switch {
	case err == nil:
		return h.answer(0, "___EmptyParameterString___", map[string]any{})
	case errors.Is(err, fs.ErrNotExist):
		return h.answer(-6, "No such file", map[string]any{})
	case errors.Is(err, syscall.ENOSPC):
		return h.answer(-15, "No space", map[string]any{})
	}
	return h.answer(-1, err.Error(), map[string]any{})
}

// local is where a path of the phone lies here.
func (h *testHost) local(path string) (string, error) {
	if h.refuse != nil {
		if code := h.refuse(path); code != 0 {
			return "", syscall.ENOSPC
		}
	}
	first, _, _ := strings.Cut(path, "/")
	if (first != testUDID && !strings.HasPrefix(first, testUDID+"-")) || !filepath.IsLocal(path) || strings.ContainsAny(path, "\x00\\") || len(path) > 1000 {
		return "", errors.New("refused")
	}
	return filepath.Join(h.root, path), nil
}

func (h *testHost) serve(name string, message []any) error {
	switch name {
	case "DLMessageCreateDirectory":
		local, err := h.local(message[1].(string))
		h.folders[local] = true // made when something goes there, which is faster
		return h.status(err)
	case "DLMessageUploadFiles":
		h.progress = append(h.progress, message[2].(float64))
		return h.uploads()
	case "DLMessageDownloadFiles":
		return h.downloads(message[1].([]any))
	case "DLContentsOfDirectory":
		return h.contents(message[1].(string))
	case "DLMessageMoveItems", "DLMessageMoveFiles":
		var first error
		for from, to := range message[1].(map[string]any) {
			if err := h.move(from, to.(string)); first == nil {
				first = err
			}
		}
		return h.status(first)
	case "DLMessageRemoveItems", "DLMessageRemoveFiles":
		for _, path := range message[1].([]any) {
			local, err := h.local(path.(string))
			if err != nil {
				return h.status(err)
			}
			if h.root != "" {
				if err := os.RemoveAll(local); err != nil {
					return h.status(err)
				}
			}
		}
		return h.status(nil)
	case "DLMessageCopyItem":
		return h.status(h.copy(message[1].(string), message[2].(string)))
	case "DLMessageGetFreeDiskSpace":
		free := h.free
		if free == 0 {
			free = 1 << 50
		}
		return h.answer(0, "___EmptyParameterString___", free)
	case "DLMessagePurgeDiskSpace":
		h.purges = append(h.purges, int64(message[1].(uint64)))
		if h.purge != nil {
			return h.send(h.purge...)
		}
		return h.answer(-1, "DLPurgeDiskSpace failed to purge", 0)
	}
	return h.answer(-2, "unknown", map[string]any{})
}

func (h *testHost) move(from, to string) error {
	a, err := h.local(from)
	if err != nil {
		return err
	}
	b, err := h.local(to)
	if err != nil || h.root == "" {
		return err
	}
	h.makeParent(b)
	return os.Rename(a, b)
}

// makeParent makes the folder of a file if the phone has asked for it.
func (h *testHost) makeParent(local string) {
	if dir := filepath.Dir(local); h.folders[dir] {
		_ = os.MkdirAll(dir, 0o755)
	}
}

func (h *testHost) copy(from, to string) error {
	a, err := h.local(from)
	if err != nil {
		return err
	}
	b, err := h.local(to)
	if err != nil {
		return err
	}
	info, err := os.Stat(a)
	if err != nil {
		return err
	}
	if info.IsDir() {
		h.folders[b] = true
		return os.CopyFS(b, os.DirFS(a))
	}
	data, err := os.ReadFile(a)
	if err != nil {
		return err
	}
	return os.WriteFile(b, data, 0o644)
}

func (h *testHost) contents(path string) error {
	local, err := h.local(path)
	if err != nil {
		return h.status(err)
	}
	listing := map[string]any{}
	entries, _ := os.ReadDir(local)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		kind := "DLFileTypeRegular"
		if entry.IsDir() {
			kind = "DLFileTypeDirectory"
		}
		listing[entry.Name()] = map[string]any{"DLFileType": kind, "DLFileSize": info.Size(), "DLFileModificationDate": info.ModTime()}
	}
	return h.answer(0, "___EmptyParameterString___", listing)
}

// uploads reads a list of uploads to its end, whatever becomes of the files.
func (h *testHost) uploads() error {
	var first error
	for {
		device, err := h.chunk(4096)
		if err != nil {
			return err
		}
		if len(device) == 0 {
			return h.status(first)
		}
		path, err := h.chunk(4096)
		if err != nil {
			return err
		}
		if err := h.uploaded(string(path)); err != nil {
			var local *localError
			if !errors.As(err, &local) {
				return err
			}
			if first == nil {
				first = local.error
			}
		}
	}
}

// localError is one of this computer, not of the connection.
type localError struct{ error }

func (h *testHost) uploaded(path string) error {
	var into io.Writer = io.Discard
	local, problem := h.local(path)
	if problem == nil && h.root != "" {
		h.makeParent(local)
		f, err := os.Create(local)
		if err == nil {
			defer f.Close()
			into = f
		}
		problem = err
	}
	for {
		var head [5]byte
		if _, err := io.ReadFull(h.in, head[:]); err != nil {
			return err
		}
		size := int64(binary.BigEndian.Uint32(head[:4])) - 1
		if size > 1<<30 && h.onBig != nil {
			return h.onBig(size)
		}
		if size < 0 || head[4] == 0x0C && size == 0 {
			return fmt.Errorf("an empty piece of %s", path)
		}
		if head[4] == 0x0C {
			if err := h.take(into, size); err != nil {
				return err
			}
			h.received += size
			continue
		}
		text := make([]byte, size)
		if _, err := io.ReadFull(h.in, text); err != nil {
			return err
		}
		h.files++
		if head[4] != 0 {
			h.failed[path] = fmt.Sprintf("%d %s", head[4], text)
			_ = os.Remove(local)
		}
		if problem != nil {
			return &localError{problem}
		}
		return nil
	}
}

// take reads a piece; without a place to store it, it is only counted.
func (h *testHost) take(into io.Writer, size int64) error {
	if into != io.Discard {
		_, err := io.CopyN(into, h.in, size)
		return err
	}
	for size > 0 {
		n, err := h.in.Discard(int(min(size, 1<<20)))
		if err != nil {
			return err
		}
		size -= int64(n)
	}
	return nil
}

func (h *testHost) downloads(paths []any) error {
	out := bufio.NewWriterSize(h.conn, 64<<10)
	problems := map[string]any{}
	for _, path := range paths {
		name := path.(string)
		piece(out, -1, []byte(name))
		local, err := h.local(name)
		var data []byte
		if err == nil {
			data, err = os.ReadFile(local)
		}
		if err != nil {
			code := -1
			if errors.Is(err, fs.ErrNotExist) {
				code = -6
			}
			piece(out, 0x06, []byte("No such file or directory"))
			problems[name] = map[string]any{"DLFileErrorString": err.Error(), "DLFileErrorCode": code}
			continue
		}
		for len(data) > 0 {
			n := min(len(data), 32<<10)
			piece(out, 0x0C, data[:n])
			data = data[n:]
		}
		piece(out, 0x00, nil)
	}
	_, _ = out.Write([]byte{0, 0, 0, 0})
	if err := out.Flush(); err != nil {
		return err
	}
	if len(problems) > 0 {
		return h.answer(-13, "Multi status", problems)
	}
	return h.status(nil)
}

// piece writes a length, a code unless it is negative, and the bytes.
func piece(w io.Writer, code int, data []byte) {
	var head []byte
	if code < 0 {
		head = binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	} else {
		head = append(binary.BigEndian.AppendUint32(nil, uint32(1+len(data))), byte(code))
	}
	_, _ = w.Write(append(head, data...))
}
