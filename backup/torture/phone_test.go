package torture

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

const (
	udid   = backuptest.UDID
	secret = "correct horse"
	// root is the folder that backups are kept in, on any file system here.
	root  = "/backups"
	build = "21F90"
)

// phone is a simulated phone that keeps its state in a folder.
type phone struct {
	content *content.Edited
	state   string
	agent   *backupd.Engine
}

// newPhone is a phone of some files that encrypts its backups.
func newPhone(t testing.TB, files int, bytes int64) *phone {
	t.Helper()
	p := &phone{content: content.Edit(content.Generate(4, files, bytes), 4), state: t.TempDir()}
	p.boot(t)
	if err := p.talk(nil, func(s *mobilebackup2.Session) error {
		return s.ChangePassword(udid, keybag.Password{}, keybag.NewPassword(secret))
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *phone) boot(t testing.TB) {
	t.Helper()
	var err error
	p.agent, err = backupd.New(backupd.Config{
		StateDir: p.state, Content: p.content, UDID: udid,
		Identity: backupd.Identity{DeviceName: "Test", ProductType: "iPhone15,2", ProductVersion: "17.5.1", BuildVersion: build, SerialNumber: "X"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// twin is another phone in the same state, whose content is shared.
func (p *phone) twin(t testing.TB) *phone {
	t.Helper()
	other := &phone{content: p.content, state: t.TempDir()}
	if err := os.CopyFS(other.state, os.DirFS(p.state)); err != nil {
		t.Fatal(err)
	}
	other.boot(t)
	return other
}

// edit uses the phone for a while.
func (p *phone) edit(t testing.TB) {
	t.Helper()
	if err := p.content.Apply(content.Edits{Changed: 4, Added: 3, Removed: 3}); err != nil {
		t.Fatal(err)
	}
}

// errStuck: a conversation that has not ended by itself.
var errStuck = errors.New("the conversation did not end")

// talk makes one request of the phone and serves it to the end.
func (p *phone) talk(host *mobilebackup2.Host, request func(*mobilebackup2.Session) error) error {
	ours, phones := net.Pipe()
	ours.SetDeadline(time.Now().Add(time.Minute))
	served := make(chan error, 1)
	go func() { served <- p.agent.Serve(context.Background(), phones) }()
	err := converse(ours, host, request)
	ours.Close()
	<-served
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.ErrClosedPipe) {
		return errors.Join(errStuck, err)
	}
	return err
}

func converse(rw io.ReadWriter, host *mobilebackup2.Host, request func(*mobilebackup2.Session) error) error {
	session, err := mobilebackup2.Open(rw)
	if err != nil {
		return err
	}
	if err := request(session); err != nil {
		return err
	}
	answer, err := session.Serve(host)
	if host != nil && host.Trouble() != nil {
		return host.Trouble()
	}
	if err != nil {
		return err
	}
	return answer.Fault("back up")
}

// send lets the phone back up into the folder dir of fsys.
func (p *phone) send(fsys afero.Fs, dir string, full bool) error {
	if err := format.WriteInfo(fsys, dir, format.Info{UDID: udid, Root: map[string]any{"DeviceName": "Test"}}); err != nil {
		return disk.Fault("write Info.plist", dir, err)
	}
	host := &mobilebackup2.Host{
		Fs: fsys, Root: path.Dir(dir), UDID: udid, Log: slog.New(slog.DiscardHandler),
		Space: func() (uint64, error) { return 1 << 40, nil },
	}
	return p.talk(host, func(s *mobilebackup2.Session) error { return s.Backup(udid, full) })
}

// files counts the regular files on the phone.
func (p *phone) files() (n int) {
	p.content.Walk(func(f content.File) error {
		if f.Kind == content.Regular {
			n++
		}
		return nil
	})
	return n
}
