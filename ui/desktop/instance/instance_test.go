package instance

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"go.uber.org/goleak"
)

// TestMain is also the program that claims and holds until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LIFEBOAT_TEST_INSTANCE"); dir != "" {
		first, release, err := Claim(context.Background(), dir, "x", ByUser, func() { os.Stdout.WriteString("raised\n") })
		if err != nil {
			os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		defer release()
		if !first {
			os.Stdout.WriteString("second\n")
			return
		}
		os.Stdout.WriteString("first\n")
		io.Copy(io.Discard, os.Stdin) // until the test ends it
		return
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/Microsoft/go-winio.ioCompletionProcessor")) // one for the whole program
}

// folder is short enough for a socket, wherever TMPDIR lies.
func folder(t *testing.T) string {
	dir, err := os.MkdirTemp("", "lb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func claim(t *testing.T, dir, name string, start Start, raise func()) (bool, func()) {
	t.Helper()
	first, release, err := Claim(t.Context(), dir, name, start, raise)
	if err != nil {
		t.Fatal(err)
	}
	return first, release
}

func TestSecondRaisesFirst(t *testing.T) {
	dir, raised := folder(t), make(chan string, 9)
	first, release := claim(t, dir, "x", ByUser, func() { raised <- "x" })
	if !first {
		t.Fatal("alone and not first")
	}
	defer release()
	if first, _ := claim(t, dir, "x", Background, nil); first {
		t.Error("the second is first too")
	}
	select {
	case <-raised:
		t.Error("a start in the background shows the window")
	default:
	}
	for range 3 {
		if first, _ := claim(t, dir, "x", ByUser, nil); first {
			t.Error("the second is first too")
		}
		select {
		case <-raised:
		default:
			t.Error("the second ended before the first was shown")
		}
	}
	// Another name, such as the demonstration's, is another program.
	other, releaseOther := claim(t, dir, "x-demo", ByUser, func() {})
	defer releaseOther()
	if !other || len(raised) > 0 {
		t.Error("another name is taken for the same")
	}
	release()
	again, releaseAgain := claim(t, dir, "x", ByUser, func() {})
	defer releaseAgain()
	if !again {
		t.Error("the name is not free when the first has ended")
	}
}

// TestStampede: of many at once exactly one is first, and all others reach it.
func TestStampede(t *testing.T) {
	dir := folder(t)
	var firsts, raised atomic.Int32
	var all sync.WaitGroup
	releases := make(chan func(), 16)
	for range cap(releases) {
		all.Go(func() {
			first, release, err := Claim(t.Context(), dir, "x", ByUser, func() { raised.Add(1) })
			if err != nil {
				t.Error(err)
			}
			if first {
				firsts.Add(1)
			}
			releases <- release
		})
	}
	all.Wait()
	if firsts.Load() != 1 || raised.Load() < 15 {
		t.Errorf("%d first, raised %d times", firsts.Load(), raised.Load())
	}
	for range cap(releases) {
		(<-releases)()
	}
}

// child starts the program of TestMain and returns the first line that it says.
func child(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LIFEBOAT_TEST_INSTANCE="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Process.Kill(); cmd.Wait() })
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, word(out)
}

// TestKilled: what a killed program leaves is taken over.
func TestKilled(t *testing.T) {
	dir := folder(t)
	cmd, said := child(t, dir)
	if said != "first" {
		t.Fatal(said)
	}
	if first, _ := claim(t, dir, "x", ByUser, nil); first {
		t.Error("first beside another process")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	first, release := claim(t, dir, "x", ByUser, func() {})
	defer release()
	if !first {
		t.Error("a killed program still has the name")
	}
	if _, said := child(t, dir); said != "second" {
		t.Errorf("another process says %q", said)
	}
}

// TestSilent: a first one that hangs holds nobody up for long.
func TestSilent(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"does not listen": func(t *testing.T, dir string) {
			lock := flock.New(filepath.Join(dir, "x.lock"))
			if ok, err := lock.TryLock(); !ok || err != nil {
				t.Fatal(ok, err)
			}
			t.Cleanup(func() { lock.Unlock() })
		},
		"does not answer": func(t *testing.T, dir string) {
			hang := make(chan struct{})
			_, release := claim(t, dir, "x", ByUser, func() { <-hang })
			t.Cleanup(func() { close(hang); release() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			prepare(t, dir)
			began := time.Now()
			first, _, err := Claim(t.Context(), dir, "x", ByUser, nil)
			if first || !errors.Is(err, ErrSilent) {
				t.Errorf("first %v, %v", first, err)
			}
			if took := time.Since(began); took < answerTimeout || took > 20*answerTimeout {
				t.Errorf("it took %v", took)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if first, _, err := Claim(ctx, dir, "x", ByUser, nil); first || !errors.Is(err, ErrSilent) {
				t.Errorf("cancelled: first %v, %v", first, err)
			}
		})
	}
}

// TestFirstEnds: who comes while the first one ends is first.
func TestFirstEnds(t *testing.T) {
	dir := folder(t)
	lock := flock.New(filepath.Join(dir, "x.lock"))
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	ending := time.AfterFunc(3*retry, func() { lock.Unlock() })
	defer ending.Stop()
	first, release := claim(t, dir, "x", ByUser, func() {})
	defer release()
	if !first {
		t.Error("not first")
	}
}

// TestPeers: no word but the two does anything, and none is heard for long.
func TestPeers(t *testing.T) {
	dir := folder(t)
	var raised atomic.Int32
	_, release := claim(t, dir, "x", ByUser, func() { raised.Add(1) })
	defer release()
	// Wine never answers the first client of a pipe.
	claim(t, dir, "x", Background, nil)
	for _, said := range []string{"", "raise", "Raise\n", "raise \n", "quit\n", "\n", strings.Repeat("r", 1<<20), strings.Repeat("\n", 99), "\x00raise\n"} {
		conn, err := dial(t.Context(), dir, "x")
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		io.WriteString(conn, said) // it may be hung up on before it has said all
		if answer, err := io.ReadAll(conn); len(answer) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%.20q is answered with %q, %v", said, answer, err)
		}
		conn.Close()
	}
	if n := raised.Load(); n > 0 {
		t.Errorf("raised %d times", n)
	}
	if first, _ := claim(t, dir, "x", ByUser, nil); first || raised.Load() != 1 {
		t.Error("after all that it does not hear")
	}
}

// Whoever cannot claim runs all the same, and touches nothing of others.
func TestNoRoom(t *testing.T) {
	dir := folder(t)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, release, err := Claim(t.Context(), file, "x", ByUser, nil)
	if release(); !first || err == nil {
		t.Errorf("first %v, %v", first, err)
	}
	if data, err := os.ReadFile(file); err != nil || !bytes.Equal(data, []byte("mine")) {
		t.Errorf("%q, %v", data, err)
	}
}

func TestDir(t *testing.T) {
	home, run := t.TempDir(), t.TempDir()
	for _, name := range []string{"HOME", "LocalAppData", "XDG_CACHE_HOME"} {
		t.Setenv(name, home)
	}
	for set, below := range map[string]string{run: run, "": home, "relative": home, filepath.Join(run, "gone"): home} {
		t.Setenv("XDG_RUNTIME_DIR", set)
		dir, err := Dir("lifeboat")
		if err != nil || !strings.HasPrefix(dir, below) || filepath.Base(dir) != "lifeboat" {
			t.Errorf("XDG_RUNTIME_DIR=%s: %s, %v", set, dir, err)
		}
	}
}

// FuzzWord: a word is short and one line.
func FuzzWord(f *testing.F) {
	for _, said := range []string{"raise\n", "", "\n", "0123456789abcdef\n"} {
		f.Add([]byte(said))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		if got := word(bytes.NewReader(said)); len(got) >= longestWord || strings.Contains(got, "\n") || !bytes.HasPrefix(said, []byte(got)) {
			t.Errorf("%q of %q", got, said)
		}
	})
}
