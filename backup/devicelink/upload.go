package devicelink

import "io"

const (
	// maxName bounds the two names before each file, in bytes.
	maxName = 16 << 10
	// maxData bounds one data frame, in bytes. The phone chooses; it is
	// streamed and never held.
	maxData = 64 << 20
	// maxText bounds the text that ends a file that failed, in bytes.
	maxText = 64 << 10

	codeDone = 0x00 // the file is complete
	codeData = 0x0c // a frame of data
)

// Upload is one file of the list that follows DLMessageUploadFiles, as it
// arrives (device/PROTOCOL.md#uploads). Read it to its io.EOF.
type Upload struct {
	// Device is the file's name on the phone: for people only.
	Device string
	// Path is where the phone wants it, relative to the backup's root. It is untrusted.
	Path string
	// Status is OK for a file that came completely; otherwise why the phone could
	// not send it. Valid after io.EOF.
	Status Status
	// Text is the phone's words for Status.
	Text string

	conn *Conn
	left int // bytes left of the data frame under way
	done bool
}

// NextUpload begins the next file of the list. It returns io.EOF after the
// last one. The file before it must have been read to its end.
func (c *Conn) NextUpload() (*Upload, error) {
	device, err := c.name()
	if err != nil {
		return nil, err
	}
	if device == "" {
		return nil, io.EOF
	}
	path, err := c.name()
	if err != nil {
		return nil, cutShort(err)
	}
	return &Upload{Device: device, Path: path, conn: c}, nil
}

// name reads one name; it may be empty.
func (c *Conn) name() (string, error) {
	const op = "receive file name"
	n, err := c.length()
	if err != nil {
		return "", cutShort(err)
	}
	if n > maxName {
		return "", nonsense(op, "a name of %d bytes", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(c.r, b); err != nil {
		return "", cutShort(err)
	}
	return string(b), nil
}

// Read gives the file's bytes.
func (u *Upload) Read(p []byte) (int, error) {
	for u.left == 0 {
		if u.done {
			return 0, io.EOF
		}
		if err := u.next(); err != nil {
			return 0, err
		}
	}
	n, err := u.conn.r.Read(p[:min(len(p), u.left)])
	u.left -= n
	if n > 0 {
		return n, nil
	}
	return 0, cutShort(err)
}

// Ended reports whether the file was read to its end.
func (u *Upload) Ended() bool { return u.done && u.left == 0 }

// next reads the head of the next frame; if that ends the file, all of it.
func (u *Upload) next() error {
	const op = "receive file"
	n, err := u.conn.length()
	if err != nil {
		return cutShort(err)
	}
	if n == 0 || n > maxData+1 {
		return nonsense(op, "a frame of %d bytes", n)
	}
	code, err := u.conn.r.ReadByte()
	if err != nil {
		return cutShort(err)
	}
	if code == codeData {
		u.left = int(n - 1)
		return nil
	}
	if n > maxText {
		return nonsense(op, "an end of %d bytes", n)
	}
	text := make([]byte, n-1)
	if _, err := io.ReadFull(u.conn.r, text); err != nil {
		return cutShort(err)
	}
	u.done = true
	if code != codeDone {
		// The phone sends the code of 4.4 with its sign turned.
		u.Status, u.Text = -Status(code), string(text)
	}
	return nil
}
