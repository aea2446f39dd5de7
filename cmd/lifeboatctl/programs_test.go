//go:build interop || limits

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// built holds the programs as a user runs them, built once.
type built struct{ ctl, sim string }

func build(t *testing.T) built {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-o", dir, "lifeboat/cmd/lifeboatctl", "lifeboat/cmd/phonesim").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return built{filepath.Join(dir, "lifeboatctl"), filepath.Join(dir, "phonesim")}
}

// used is what a program took.
type used struct {
	wall, cpu time.Duration
	rss       int64 // bytes, at most
}

func usage(cmd *exec.Cmd, since time.Time) used {
	s := cmd.ProcessState
	return used{time.Since(since), s.UserTime() + s.SystemTime(), s.SysUsage().(*syscall.Rusage).Maxrss * 1024}
}

func (u used) String() string {
	return fmt.Sprintf("%.1f s, %.1f s of CPU, %.0f MiB of memory at most", u.wall.Seconds(), u.cpu.Seconds(), float64(u.rss)/(1<<20))
}

// startPhone runs a simulated iPhone and returns its address and what ends it.
func startPhone(t *testing.T, b built, args ...string) (address string, stop func() used) {
	t.Helper()
	p := plugIn(t, b, args...)
	return p.address, p.stop
}

// simulated is a simulated iPhone that runs as a program of its own.
type simulated struct {
	t       *testing.T
	address string
	cmd     *exec.Cmd
	start   time.Time
	took    used
	stopped bool
}

// plugIn starts a simulated iPhone with a new state, unless args name one.
func plugIn(t *testing.T, b built, args ...string) *simulated {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "usbmuxd")
	p := &simulated{t: t, address: "UNIX://" + socket, start: time.Now()}
	p.cmd = exec.Command(b.sim, append([]string{"--socket", socket, "--state", t.TempDir()}, args...)...)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the phone did not get ready: %v", err)
	}
	t.Cleanup(func() { p.stop() })
	return p
}

// stop ends the phone and says what it took in all.
func (p *simulated) stop() used {
	if !p.stopped {
		p.stopped = true
		p.cmd.Process.Signal(os.Interrupt)
		if err := p.cmd.Wait(); err != nil {
			p.t.Errorf("the phone did not stop cleanly: %v", err)
		}
		p.took = usage(p.cmd, p.start)
	}
	return p.took
}

// run runs a client of the phone to its end.
func run(t *testing.T, address string, name string, args ...string) used {
	t.Helper()
	return runTo(t, nil, address, name, args...)
}

// runTo is run with a reader of what the client prints while it runs.
func runTo(t *testing.T, read func(pid int, printed io.Reader), address string, name string, args ...string) used {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS="+address, "LIFEBOAT_PASSWORD=correct horse")
	var out, errs bytes.Buffer
	cmd.Stderr = &errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	printed := io.TeeReader(pipe, &out)
	if read != nil {
		read(cmd.Process.Pid, printed)
	}
	io.Copy(io.Discard, printed)
	if err := cmd.Wait(); err != nil {
		tail := out.String()
		t.Fatalf("%s %s: %v\n%s\n%s", filepath.Base(name), strings.Join(args, " "), err, tail[max(0, len(tail)-2000):], errs.String())
	}
	return usage(cmd, start)
}
