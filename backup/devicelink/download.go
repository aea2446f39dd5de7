package devicelink

import "io"

// dataOut is how much of a file goes into one frame, in bytes. The phone
// holds a whole frame in memory, and large ones get its backup agent killed
// (device/PROTOCOL.md#downloads).
const dataOut = 32 << 10

// SendFile sends one file that the phone asked for by name, to the end of r.
// An error of r is sent to the phone in place of the end and returned as
// local; the connection is then still good.
func (c *Conn) SendFile(name string, r io.Reader) (local, err error) {
	if err := c.sendName(name); err != nil {
		return nil, err
	}
	buf := make([]byte, dataOut)
	for {
		n, readErr := io.ReadFull(r, buf)
		if n > 0 {
			if err := c.frameOut(codeData, buf[:n]); err != nil {
				return nil, err
			}
		}
		switch readErr {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil, c.frameOut(codeDone, nil)
		default:
			return readErr, c.fail(StatusOf(readErr))
		}
	}
}

// SendMissing reports to the phone, in the list of files, that one cannot be sent.
func (c *Conn) SendMissing(name string, status Status) error {
	if err := c.sendName(name); err != nil {
		return err
	}
	return c.fail(status)
}

// EndFiles ends the list of files.
func (c *Conn) EndFiles() error {
	if err := c.putLength(0); err != nil {
		return err
	}
	return c.w.Flush()
}

func (c *Conn) fail(status Status) error {
	return c.frameOut(byte(-status), []byte(status.Error()))
}

func (c *Conn) sendName(name string) error {
	if err := c.putLength(len(name)); err != nil {
		return err
	}
	_, err := c.w.WriteString(name)
	return err
}

func (c *Conn) frameOut(code byte, data []byte) error {
	if err := c.putLength(1 + len(data)); err != nil {
		return err
	}
	if err := c.w.WriteByte(code); err != nil {
		return err
	}
	_, err := c.w.Write(data)
	return err
}
