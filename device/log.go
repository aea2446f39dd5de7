package device

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/services/devicelog"
)

// logged are the programs whose lines have to do with backups: the backup
// itself, to iCloud and to computers, the account, and the network that they
// use (checks/SIGNALS.md#log-of-the-phone).
var logged = []string{"backupd", "BackupAgent2", "cloudd", "akd", "accountsd", "apsd", "nsurlsessiond"}

const (
	// logBacklog is how many lines wait for a slow reader before further ones
	// are dropped.
	logBacklog = 1024
	// logStart is how long os_trace_relay may take to begin before the other
	// way is tried.
	logStart = 5 * time.Second
)

// LogStream is the phone's log as it is written.
type LogStream struct {
	// C gives the lines of the programs that have to do with backups. It is
	// closed when the log ends.
	C <-chan facts.LogLine

	conn    net.Conn
	dropped atomic.Int64
	mu      sync.Mutex
	closed  bool
	err     error
}

// Log follows the phone's log until it is closed or ctx ends. The log is read
// whether or not anybody takes the lines, so that the phone is never held up.
func (p *Phone) Log(ctx context.Context) (*LogStream, error) {
	conn, reader, err := p.openTrace(ctx)
	if err != nil && ctx.Err() == nil {
		p.mux.log.Info("os_trace_relay does not start", "error", err)
		conn, reader, err = p.openSyslog(ctx)
	}
	if err != nil {
		return nil, err
	}
	lines := make(chan facts.LogLine, logBacklog)
	s := &LogStream{C: lines, conn: conn}
	go s.follow(reader, lines)
	return s, nil
}

func (p *Phone) openTrace(ctx context.Context) (net.Conn, devicelog.Reader, error) {
	conn, err := p.StartService(ctx, devicelog.TraceService)
	if err != nil {
		return nil, nil, err
	}
	reader, err := devicelog.StartTrace(ctx, conn, p.atMost(logStart))
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn, reader, nil
}

// openSyslog is for phones without os_trace_relay.
func (p *Phone) openSyslog(ctx context.Context) (net.Conn, devicelog.Reader, error) {
	conn, err := p.StartService(ctx, devicelog.SyslogService)
	if err != nil {
		return nil, nil, err
	}
	return conn, devicelog.NewSyslog(ctx, conn, nil), nil
}

// follow reads until the log ends. It never waits for the reader of C.
func (s *LogStream) follow(reader devicelog.Reader, lines chan<- facts.LogLine) {
	defer close(lines)
	defer s.conn.Close()
	for {
		line, err := reader.Next()
		if err != nil {
			s.mu.Lock()
			s.err = err
			s.mu.Unlock()
			return
		}
		if !slices.Contains(logged, line.Process) {
			continue
		}
		select {
		case lines <- line:
		default:
			s.dropped.Add(1)
		}
	}
}

// Err is why the log ended; nil while it goes on and after [LogStream.Close].
func (s *LogStream) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	return s.err
}

// Dropped is how many lines were lost since nobody took them from C.
func (s *LogStream) Dropped() int { return int(s.dropped.Load()) }

// Close ends the log, and with it C. It may be called more than once.
func (s *LogStream) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.conn.Close() // may have ended already
	return nil
}
