//go:build limits

package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/mobilebackup2"
	"lifeboat/backup/overlay"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// The limits that a backup is measured against are programs too, so that
// their CPU and memory are measured alike.
func init() {
	programs["read-and-discard"] = func() { limitProgram(readAndDiscard) }
	programs["write-from-memory"] = func() { limitProgram(writeFromMemory) }
}

func limitProgram(do func(args []string) error) {
	if err := do(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// readAndDiscard serves the phone as a backup does and throws the bytes away:
// read-and-discard LIST [BASE]. The names and sizes of what arrived go to the
// file LIST. With BASE, the folder of an earlier backup, it is incremental.
func readAndDiscard(args []string) (err error) {
	ctx, quiet := context.Background(), slog.New(slog.DiscardHandler)
	mux, err := device.NewMux("", quiet)
	if err != nil {
		return err
	}
	phone, err := mux.Find(ctx, "")
	if err != nil {
		return err
	}
	if err := phone.Pair(ctx, func(fault.Code) {}); err != nil {
		return err
	}
	conn, err := phone.StartService(ctx, mobilebackup2.Service)
	if err != nil {
		return err
	}
	defer conn.Close()
	session, err := mobilebackup2.Open(conn)
	if err != nil {
		return err
	}
	sizes := newSizesFS()
	o := overlay.Options{Upper: sizes}
	if len(args) > 1 {
		o.Lower, o.Tree = afero.NewReadOnlyFs(afero.NewBasePathFs(afero.NewOsFs(), args[1])), phone.UDID
		o.GoneFs, o.GoneFile = afero.NewOsFs(), args[0]+".gone"
		defer os.Remove(o.GoneFile)
	}
	both, err := overlay.New(o)
	if err != nil {
		return err
	}
	defer both.Close()
	host := &mobilebackup2.Host{
		Fs: both, Root: "/", UDID: phone.UDID, Log: quiet,
		Space: func() (uint64, error) { return 1 << 40, nil },
	}
	if err := session.Backup(phone.UDID, len(args) == 1); err != nil {
		return err
	}
	answer, err := session.Serve(host)
	if err == nil {
		err = answer.Fault("back up")
	}
	if err != nil {
		return err
	}
	session.Disconnect("done")
	return writeSizes(args[0], sizes)
}

func writeSizes(list string, sizes *sizesFS) error {
	file, err := os.Create(list)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	sizes.list(func(name string, size int64) { fmt.Fprintf(w, sizesLine, size, name) })
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// eachSize reads a list of names and sizes.
func eachSize(list string, each func(name string, size int64) error) error {
	file, err := os.Open(list)
	if err != nil {
		return err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, size, err := parseSizes(lines.Text())
		if err != nil {
			return err
		}
		if err := each(name, size); err != nil {
			return err
		}
	}
	return nil
}

// writeFromMemory makes the same files out of nothing, one after another:
// write-from-memory LIST DIR.
func writeFromMemory(args []string) error {
	buffer := make([]byte, 256<<10)
	rand.Read(buffer)
	folders := map[string]bool{}
	return eachSize(args[0], func(name string, size int64) error {
		full := filepath.Join(args[1], name)
		if dir := filepath.Dir(full); !folders[dir] {
			folders[dir] = true
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
		}
		out, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		for size > 0 {
			n := min(size, int64(len(buffer)))
			if _, err := out.Write(buffer[:n]); err != nil {
				return err
			}
			size -= n
		}
		return out.Close()
	})
}

// totalOf adds up a list.
func totalOf(t *testing.T, list string) (files int, bytes int64) {
	t.Helper()
	err := eachSize(list, func(_ string, size int64) error {
		files++
		bytes += size
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, bytes
}

// digesting is how long SHA-256 alone takes on one core.
func digesting(bytes int64) used {
	buffer := make([]byte, 256<<10)
	h, start := sha256.New(), time.Now()
	io.CopyBuffer(h, io.LimitReader(endless{}, bytes), buffer)
	took := time.Since(start)
	return used{wall: took, cpu: took}
}

// endless gives whatever is in the buffer already.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
