package phonesim

import (
	"errors"
	"log/slog"
	"os"
	"sync"

	"lifeboat/device/phonesim/usbmuxd"
)

// Server is the usbmuxd that phones are plugged into.
type Server struct {
	daemon *usbmuxd.Daemon
	ownDir string // removed by Close

	mu    sync.Mutex
	plugs map[*Phone][]int
}

// Option changes how a Server works.
type Option func(*options)

type options struct {
	dir string
	log *slog.Logger
}

// PairRecordsIn keeps the computer's pair records and its identifier in an
// existing folder, rather than in one that Close removes.
func PairRecordsIn(dir string) Option { return func(o *options) { o.dir = dir } }

// LogTo logs what clients ask of the daemon.
func LogTo(log *slog.Logger) Option { return func(o *options) { o.log = log } }

// Listen opens a usbmuxd at "unix:///abs/path" or "HOST:PORT" (port 0 is any
// free one).
func Listen(address string, opts ...Option) (*Server, error) {
	o := options{log: slog.New(slog.DiscardHandler)}
	for _, set := range opts {
		set(&o)
	}
	s := &Server{plugs: map[*Phone][]int{}}
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "phonesim-records-")
		if err != nil {
			return nil, err
		}
		o.dir, s.ownDir = dir, dir
	}
	var err error
	if s.daemon, err = usbmuxd.Listen(address, o.dir, o.log); err != nil {
		return nil, errors.Join(err, s.removeDir())
	}
	return s, nil
}

// Address is where clients find the server, in the form that
// USBMUXD_SOCKET_ADDRESS takes: "UNIX:///abs/path" or "HOST:PORT".
func (s *Server) Address() string { return s.daemon.Address() }

// Seen counts the connections that clients have made. libusbmuxd falls back
// to the system's own daemon in silence when it dislikes an address.
func (s *Server) Seen() int64 { return s.daemon.Seen() }

// Open counts the connections that are open now: to this server, and through
// it to the phones.
func (s *Server) Open() int { return s.daemon.Open() }

// Attach plugs a phone in and returns its DeviceID, which is new each time.
// A phone that is plugged in already stays so, under the DeviceID it has.
func (s *Server) Attach(p *Phone) (deviceID int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.closed {
		return 0
	}
	if ids := s.plugs[p]; len(ids) > 0 {
		return ids[len(ids)-1]
	}
	for _, connection := range connections(p.cfg.Connection) {
		deviceID = s.daemon.Attach(usbmuxd.Device{
			UDID: p.cfg.UDID, Connection: connection, Speed: p.cfg.Speed, Latency: p.cfg.Latency, Dial: p.dial,
		})
		s.plugs[p] = append(s.plugs[p], deviceID)
	}
	p.server = s
	return deviceID
}

// connections lists the ways a phone is reached; USB is last, so that the
// DeviceID of Attach is the one to prefer.
func connections(setting string) []string {
	switch setting {
	case "Network":
		return []string{"Network"}
	case "Both":
		return []string{"Network", "USB"}
	}
	return []string{"USB"}
}

// Detach pulls the cable of a phone: its connections are cut, listeners are
// reported, and its trust dialogs disappear. It does not wait for the phone's
// programs to notice.
func (s *Server) Detach(p *Phone) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.mu.Lock()
	ids := s.plugs[p]
	delete(s.plugs, p)
	s.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	p.server = nil
	for _, id := range ids {
		s.daemon.Detach(id)
	}
	p.dialog.Dismiss()
}

// Close stops the server and waits until all that it served has ended. The
// phones stay alive; close them too.
func (s *Server) Close() error {
	err := s.daemon.Close()
	s.mu.Lock()
	phones := make([]*Phone, 0, len(s.plugs))
	for p := range s.plugs {
		phones = append(phones, p)
	}
	s.mu.Unlock()
	for _, p := range phones {
		s.Detach(p)
	}
	return errors.Join(err, s.removeDir())
}

func (s *Server) removeDir() error {
	if s.ownDir == "" {
		return nil
	}
	return os.RemoveAll(s.ownDir)
}
