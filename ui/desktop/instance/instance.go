// Package instance keeps one running program a user: a second start shows the
// window of the first and ends.
//
// A lock on a file decides who is first; the system gives it back however a
// program ends. A socket beside it (a named pipe on Windows) only carries the
// wish to be shown, as one of two words. What a killed program leaves behind
// is taken over.
package instance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Start is why the program was started.
type Start string

// The starts, as they are said.
const (
	ByUser     Start = "raise"      // somebody wants to see it
	Background Start = "background" // the system did, when the user logged in: nothing is shown
)

// ErrSilent is returned if another instance holds the lock and does not answer.
var ErrSilent = errors.New("the instance that runs does not answer")

const (
	answerTimeout = 2 * time.Second        // for all of a second start
	peerTimeout   = 500 * time.Millisecond // for one word of a peer
	tryTimeout    = 700 * time.Millisecond // for one try to reach the first, which may be hearing another peer
	retry         = 20 * time.Millisecond  // between two tries
	longestWord   = 16                     // bytes, with the end of the line
	done          = "ok"
)

// Claim makes this program the first of its name in dir, or has the first one
// shown. dir is made if it is missing; see [Dir].
//
// If first is true, the program runs on and calls release at its end. raise is
// then called, on a goroutine of its own and one call at a time, whenever
// somebody starts the program once more; it may not block for long. An error
// beside first says that later starts will not be noticed, or cannot be shown:
// it is no reason not to run.
//
// If first is false, the program ends: the first one has been told. With
// [ErrSilent] it did not answer within two seconds, or until ctx ended.
func Claim(ctx context.Context, dir, name string, start Start, raise func()) (first bool, release func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return true, func() {}, fmt.Errorf("single instance: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	lock := flock.New(filepath.Join(dir, name+".lock"), flock.SetPermissions(0o600))
	for {
		got, err := lock.TryLock()
		if err != nil {
			return true, func() {}, fmt.Errorf("single instance: %w", err)
		}
		if got {
			release, err := serve(lock, dir, name, raise)
			return true, release, err
		}
		// The first may be about to listen, or to end.
		if err = tell(ctx, dir, name, start); err == nil {
			return false, func() {}, nil
		}
		select {
		case <-ctx.Done():
			return false, func() {}, fmt.Errorf("%w: %w", ErrSilent, err)
		case <-time.After(retry):
		}
	}
}

// serve answers later starts until release is called.
func serve(lock *flock.Flock, dir, name string, raise func()) (release func(), err error) {
	listener, err := listen(dir, name)
	if err != nil {
		return func() { lock.Unlock() }, fmt.Errorf("single instance: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		for {
			conn, err := listener.Accept()
			if err == nil {
				answer(conn, raise)
				continue
			}
			select { // such as too many open files
			case <-ended:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(ended)
		listener.Close() // before the lock: who is first next has the name for itself
		lock.Unlock()
	}), nil
}

// answer hears one word and does what it says. Anything else goes unanswered.
func answer(conn net.Conn, raise func()) {
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(peerTimeout)) != nil {
		return
	}
	switch Start(word(conn)) {
	case ByUser:
		raise()
	case Background:
	default:
		return
	}
	if conn.SetDeadline(time.Now().Add(peerTimeout)) == nil { // raise may have taken its time
		io.WriteString(conn, done+"\n") // who has gone needs no answer
	}
}

// tell says a word to the first instance and waits for its answer.
func tell(ctx context.Context, dir, name string, start Start) error {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	conn, err := dial(ctx, dir, name)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	mayRaise()
	if _, err := io.WriteString(conn, string(start)+"\n"); err != nil {
		return err
	}
	if word(conn) != done {
		return errors.New("no answer")
	}
	return nil
}

// word reads one line of a few bytes; "" if there is none.
func word(r io.Reader) string {
	line, err := bufio.NewReaderSize(io.LimitReader(r, longestWord), longestWord).ReadString('\n')
	if err != nil {
		return ""
	}
	return line[:len(line)-1]
}

// Dir is where the instances of a program find each other, of this user on this
// computer: $XDG_RUNTIME_DIR where there is one, else the user's cache.
func Dir(program string) (string, error) {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return filepath.Join(dir, program), nil
		}
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("single instance: %w", err)
	}
	return filepath.Join(dir, program), nil
}
