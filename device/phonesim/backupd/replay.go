package backupd

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim/replay"
)

// replayed is what a phone that plays transcripts remembers of its backups.
type replayed struct {
	made    int                     // content files invented so far
	stands  map[string]*replayEntry // in the backup
	waiting map[string]*replayEntry // in its Snapshot
}

// SetPassword makes the phone one that has a backup password already.
func (e *Engine) SetPassword(password string) error {
	next, err := newState(password, e.cfg.Rounds)
	if err != nil {
		return err
	}
	return e.setState(next)
}

// ServeReplay plays the next recorded connection of the player to one host.
// What the phone says has the recorded shape; its content is invented.
func (e *Engine) ServeReplay(ctx context.Context, conn io.ReadWriteCloser, player *replay.Player) error {
	defer conn.Close()
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	transcript, stream := player.Start("com.apple.mobilebackup2")
	if stream == nil {
		return errors.New("backupd: the transcript has no backup")
	}
	if e.replayed == nil {
		e.replayed = &replayed{stands: map[string]*replayEntry{}, waiting: map[string]*replayEntry{}}
	}
	c := &conversation{
		engine: e, player: player, transcript: transcript, stream: stream, ctx: ctx,
		in: bufio.NewReaderSize(conn, 64<<10), out: bufio.NewWriterSize(conn, 64<<10), conn: conn,
		invent: replay.NewInventor(transcript), files: map[int]*replayEntry{},
	}
	c.invent.UDID, c.invent.Now, c.invent.Name = e.cfg.UDID, e.cfg.Now(), c.name
	c.gone = unplugged(transcript, stream)
	c.bind()
	return c.play()
}

// conversation is one connection that is played.
type conversation struct {
	engine     *Engine
	player     *replay.Player
	transcript *replay.Transcript
	stream     *replay.Stream
	invent     *replay.Inventor
	ctx        context.Context
	in         *bufio.Reader
	out        *bufio.Writer
	conn       io.Closer

	gone     int                  // when the phone was unplugged, in lines of the transcript; 0 never
	files    map[int]*replayEntry // content by its recorded number
	at       int                  // the message being played
	password string               // that the host wants to be set
}

// play plays every message, and then the end.
func (c *conversation) play() error {
	for c.at = 0; c.at < len(c.stream.Messages); c.at++ {
		m := &c.stream.Messages[c.at]
		if c.gone > 0 && m.Order > c.gone {
			return c.pullCable()
		}
		if err := c.player.Say(c.ctx, m.Order, c.silence()); err != nil {
			return err
		}
		var err error
		if m.Phone {
			err = c.say(m)
		} else {
			err = c.hear(m)
		}
		if errors.Is(err, errHostLeft) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return c.end()
}

// silence is how long nothing was said before the message.
func (c *conversation) silence() (d timeSpan) {
	if c.at == 0 {
		return 0
	}
	return c.stream.Messages[c.at].At - c.stream.Messages[c.at-1].At
}

// say says one message of the phone.
func (c *conversation) say(m *replay.Message) error {
	switch {
	case m.File != nil:
		return c.sendFile(m.File)
	case m.Last:
		_, _ = c.out.Write([]byte{0, 0, 0, 0})
		return c.out.Flush()
	case m.Unread:
		_, _ = c.out.Write([]byte{0xff, 0xff, 0xff, 0xff})
		return c.out.Flush()
	case m.Name == "":
		return nil
	}
	args, _ := c.invent.Value(m.Value, "").([]any)
	if err := c.send(append([]any{m.Name}, args...)); err != nil {
		return err
	}
	c.noteMoves(m)
	if m.Name == "DLMessageProcessMessage" && c.password != "" {
		if answer, _ := args[0].(map[string]any); answer["ErrorCode"] == int64(0) {
			if err := c.engine.SetPassword(c.password); err != nil {
				return err
			}
		}
		c.password = ""
	}
	if m.Name == "DLMessageDownloadFiles" {
		return c.receiveFiles()
	}
	return nil
}

func (c *conversation) send(message []any) error {
	data, err := plist.Marshal(message, plist.BinaryFormat)
	if err != nil {
		return fmt.Errorf("backupd: play %v: %w", message[0], err)
	}
	_, _ = c.out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	_, _ = c.out.Write(data)
	return c.out.Flush()
}

// hear waits for one message of the host. Whatever it says, the phone then
// goes on as it did.
func (c *conversation) hear(m *replay.Message) error {
	if m.File != nil || m.Last || m.Unread {
		return nil // they came with the question
	}
	message, err := readMessage(c.in)
	if err != nil {
		return err
	}
	if message[0] == "DLMessageDisconnect" {
		return errHostLeft
	}
	if message[0] == "DLMessageProcessMessage" && len(message) > 1 {
		dict, _ := message[1].(map[string]any)
		if r := request(dict); r.text("MessageName") == "ChangePassword" {
			c.password = r.text("NewPassword")
		}
	}
	return nil
}

// receiveFiles reads the list of files that the host sends.
func (c *conversation) receiveFiles() error {
	length := func() (int64, error) {
		var head [4]byte
		if _, err := io.ReadFull(c.in, head[:]); err != nil {
			return 0, hostGone(err)
		}
		return int64(binary.BigEndian.Uint32(head[:])), nil
	}
	for {
		name, err := length()
		if err != nil || name == 0 {
			return err
		}
		if _, err := io.CopyN(io.Discard, c.in, name); err != nil {
			return hostGone(err)
		}
		for code := byte(codeData); code == codeData; {
			n, err := length()
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("%w: a frame of nothing", errProtocol)
			}
			if code, err = c.in.ReadByte(); err != nil {
				return hostGone(err)
			}
			if _, err := io.CopyN(io.Discard, c.in, n-1); err != nil {
				return hostGone(err)
			}
		}
	}
}

// end ends the connection as it was ended.
func (c *conversation) end() error {
	if c.gone > 0 {
		return c.pullCable()
	}
	switch c.stream.End {
	case "phone", "reset", "error", "tls":
		return nil // ServeReplay closes it
	}
	// The computer ended it, or nobody: wait for this one.
	_, err := io.Copy(io.Discard, c.in)
	return err
}

// arrival is how long what was sent may take until the cable is pulled.
const arrival = 100 * time.Millisecond

// pullCable is the phone leaving, within the file that was under way. The
// computer may have heard of it from usbmuxd before it read what came before that
// file, and said goodbye to nobody.
func (c *conversation) pullCable() error {
	for ; c.at < len(c.stream.Messages); c.at++ {
		m := &c.stream.Messages[c.at]
		if m.File == nil || !m.Phone {
			continue
		}
		if err := c.sendFile(m.File); err != nil {
			return err
		}
		if m.File.Cut {
			break
		}
	}
	select {
	case <-time.After(arrival):
	case <-c.ctx.Done():
	}
	if c.engine.cfg.Detach != nil {
		c.engine.cfg.Detach()
	}
	return nil
}

// unplugged is when usbmuxd lost the phone, if it did after the connection
// began; 0 is never.
func unplugged(t *replay.Transcript, s *replay.Stream) int {
	for _, m := range t.Usbmuxd {
		d, _ := m.Value.(map[string]any)
		if m.Phone && d["MessageType"] == "Detached" && len(s.Messages) > 0 && m.Order > s.Messages[0].Order {
			return m.Order
		}
	}
	return 0
}

// sendFile sends one file of a list.
func (c *conversation) sendFile(f *replay.File) error {
	path := c.invent.Path(f.Path)
	unit := func(b []byte) {
		_, _ = c.out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
		_, _ = c.out.Write(b)
	}
	unit([]byte(cmp.Or(f.Device(), "/.ba/replayed")))
	unit([]byte(path))
	content, err := c.content(f, path)
	if err != nil {
		return err
	}
	frame := max((f.Bytes+max(f.Frames, 1)-1)/max(f.Frames, 1), 1)
	frame = min(frame, 4<<20)
	buf := make([]byte, frame)
	for left := f.Bytes; left > 0; {
		n := min(left, frame)
		if _, err := io.ReadFull(content, buf[:n]); err != nil {
			return fmt.Errorf("backupd: invent content: %w", err)
		}
		_, _ = c.out.Write(append(binary.BigEndian.AppendUint32(nil, uint32(n+1)), codeData))
		if _, err := c.out.Write(buf[:n]); err != nil {
			return hostGone(err)
		}
		left -= n
	}
	if f.Cut {
		return c.out.Flush()
	}
	text := f.Text
	_, _ = c.out.Write(binary.BigEndian.AppendUint32(nil, uint32(1+len(text))))
	_ = c.out.WriteByte(byte(f.End))
	_, _ = c.out.WriteString(text)
	if f.End == codeDone {
		c.noteUpload(f)
	}
	return nil
}

// content is what a file of a list holds.
func (c *conversation) content(f *replay.File, path string) (io.Reader, error) {
	switch {
	case f.Status != nil:
		return c.statusFile(f)
	case hasName(path, "Manifest.plist"):
		return c.manifestPlist(f.Bytes)
	case hasName(path, "Manifest.db"):
		return c.manifestFile(f.Bytes)
	}
	if number, _ := replay.Content(f.Path); number > 0 {
		return c.entryOf(number).open(c.engine.state)
	}
	return bytes.NewReader(make([]byte, f.Bytes)), nil
}
