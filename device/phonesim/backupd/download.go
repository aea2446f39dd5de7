package backupd

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// Bounds of what hosts may send in a download, in bytes.
const (
	maxHostName  = 4 << 10
	maxHostPiece = 128 << 20 // streamed, never held
	maxHostText  = 4 << 10
)

// wanted is a file asked of the host.
type wanted struct {
	path string
	into io.Writer
	got  bool // it came completely
	code int  // DeviceLink code of what went wrong, 0 when got
}

// download asks for files and reads them. It fails only where the connection
// or the protocol does; what became of each file stands in files.
func (l *link) download(p progress, files ...*wanted) error {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i], f.code = f.path, dlNotFound
	}
	if err := l.send(l.layout.message(p, "DLMessageDownloadFiles", paths, int64(0))...); err != nil {
		return err
	}
	if err := l.unpeek(); err != nil {
		return err
	}
	if err := readDownloads(l.in, files); err != nil {
		return err
	}
	a, err := l.answer("DLMessageDownloadFiles", paths[0])
	if err != nil {
		return err
	}
	l.takeCodes(a, files)
	return nil
}

// takeCodes takes the codes of failed files from the answer.
func (l *link) takeCodes(a answer, files []*wanted) {
	perPath, _ := a.object.(map[string]any)
	for _, f := range files {
		if f.got {
			f.code = 0
			continue
		}
		if a.code != 0 && a.code != dlMultiStatus {
			f.code = a.code
		}
		if detail, ok := perPath[f.path].(map[string]any); ok {
			if code, ok := integer(detail["DLFileErrorCode"]); ok && code != 0 {
				f.code = int(int32(uint32(code)))
			}
		}
	}
}

// readDownloads reads the files of a download up to and with the empty name.
func readDownloads(r io.Reader, files []*wanted) error {
	for {
		size, err := readLength(r)
		if err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
		if size > maxHostName {
			return fmt.Errorf("%w: a name of %d bytes", errProtocol, size)
		}
		name := make([]byte, size)
		if _, err := io.ReadFull(r, name); err != nil {
			return fmt.Errorf("%w: a name that ended early: %w", errProtocol, err)
		}
		at := slices.IndexFunc(files, func(f *wanted) bool { return f.path == string(name) })
		if at < 0 {
			return fmt.Errorf("%w: a file that nobody asked for", errProtocol)
		}
		if err := readPieces(r, files[at]); err != nil {
			return err
		}
	}
}

// readPieces reads the pieces of one file.
func readPieces(r io.Reader, file *wanted) error {
	for {
		size, err := readLength(r)
		if err != nil {
			return err
		}
		if size == 0 || size > maxHostPiece {
			return fmt.Errorf("%w: a piece of %d bytes", errProtocol, size)
		}
		var code [1]byte
		if _, err := io.ReadFull(r, code[:]); err != nil {
			return fmt.Errorf("%w: a piece that ended early: %w", errProtocol, err)
		}
		into := io.Discard
		switch {
		case code[0] == pieceData:
			into = file.into
		case size-1 > maxHostText:
			return fmt.Errorf("%w: an error text of %d bytes", errProtocol, size-1)
		}
		if _, err := io.CopyN(into, r, int64(size-1)); err != nil {
			return fmt.Errorf("%w: a piece that ended early: %w", errProtocol, err)
		}
		if code[0] != pieceData {
			file.got = code[0] == pieceEnd
			return nil
		}
	}
}

func readLength(r io.Reader) (uint32, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, fmt.Errorf("%w: no length: %w", errProtocol, err)
	}
	return binary.BigEndian.Uint32(head[:]), nil
}
