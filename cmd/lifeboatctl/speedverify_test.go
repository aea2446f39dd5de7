//go:build limits

package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"lifeboat/backup/backuptest"
	"lifeboat/device/phonesim/content"
)

// TestSpeedVerify measures full verification against what the processor can
// hash and the disk can read, and how soon quick verification of a million
// files has its answer.
func TestSpeedVerify(t *testing.T) {
	b := build(t)
	t.Run("full", func(t *testing.T) { fullSpeed(t, b) })
	t.Run("quick", func(t *testing.T) { quickSpeed(t, b) })
}

// verified is the answer of lifeboatctl verify.
type verified struct {
	Event    string
	Whole    bool
	Verified struct {
		Files int
		Read  int
		Depth string
	}
}

// prove runs lifeboatctl verify on a backup that must be intact.
func prove(t *testing.T, b built, level, dir string) (used, verified) {
	t.Helper()
	var answer verified
	took := runTo(t, func(_ int, printed io.Reader) {
		for lines := bufio.NewScanner(printed); lines.Scan(); {
			if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
				t.Errorf("lifeboatctl printed %q: %v", lines.Text(), err)
			}
		}
	}, "", b.ctl, "verify", "--json", "--level", level, dir)
	if answer.Event != "verified" || !answer.Whole || answer.Verified.Depth != level {
		t.Fatalf("lifeboatctl says %+v", answer)
	}
	return took, answer
}

func fullSpeed(t *testing.T, b built) {
	scale := scale(t)
	files, size := max(int(4000*scale), 100), int64(4<<30*scale)
	dir := backuptest.Make(t, t.TempDir(), content.Generate(1, files, size), "correct horse")
	readAll(t, dir) // so that it is warm for everyone
	bytes, disk := readAll(t, dir)
	took, answer := prove(t, b, "full", dir)
	if answer.Verified.Read < files {
		t.Errorf("only %d files were read", answer.Verified.Read)
	}
	sums := hashing(t, bytes)

	rate := func(d time.Duration) float64 { return float64(bytes) / 1e9 / d.Seconds() }
	out := &table{head: []string{"", "GB/s", "wall, s", "CPU, s", "memory, MiB"}}
	out.add("lifeboatctl verify --level full", fmt.Sprintf("%.2f", rate(took.wall)), seconds(took.wall), seconds(took.cpu), mebibytes(took.rss))
	out.add("limit: SHA-256 on all cores", fmt.Sprintf("%.2f", rate(sums)), seconds(sums))
	out.add("limit: reading the files on all cores", fmt.Sprintf("%.2f", rate(disk)), seconds(disk))
	// Both are asked of the same cores.
	both := rate(sums + disk)
	aims := &table{head: []string{"aim", "", "measured"}}
	share := rate(took.wall) / both
	aims.add("of reading and SHA-256 together: at least 70 %", met(share >= 0.7), fmt.Sprintf("%.0f %%", 100*share))
	publish(t, fmt.Sprintf("Full verification of %.3g GB in %d files; in %s; %d cores, %s.",
		float64(bytes)/1e9, answer.Verified.Files, os.TempDir(), runtime.NumCPU(), time.Now().Format(time.DateOnly)), out, aims)
}

func quickSpeed(t *testing.T, b built) {
	files := max(int(1_000_000*scale(t)), 100)
	start := time.Now()
	dir := backuptest.Make(t, t.TempDir(), content.Generate(1, files, int64(files)*1024), "correct horse")
	t.Logf("the backup was made in %.0f s", time.Since(start).Seconds())
	prove(t, b, "quick", dir) // warm from now on
	took, answer := prove(t, b, "quick", dir)
	if answer.Verified.Files < files {
		t.Errorf("only %d files were seen", answer.Verified.Files)
	}
	out := &table{head: []string{"", "", "wall, s", "CPU, s", "memory, MiB"}}
	out.add("lifeboatctl verify --level quick, warm", "", seconds(took.wall), seconds(took.cpu), mebibytes(took.rss))
	aims := &table{head: []string{"aim", "", "measured"}}
	aims.add("to the first answer: at most 10 s", met(took.wall <= 10*time.Second), fmt.Sprintf("%.1f s", took.wall.Seconds()))
	publish(t, fmt.Sprintf("Quick verification of %d files; in %s; %d cores, %s.",
		answer.Verified.Files, os.TempDir(), runtime.NumCPU(), time.Now().Format(time.DateOnly)), out, aims)
}

// onAllCores runs work for each of many jobs.
func onAllCores[T any](jobs []T, worker func() func(T) error) error {
	todo := make(chan T)
	failed := make(chan error, runtime.NumCPU())
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			var first error
			work := worker()
			for job := range todo {
				if err := work(job); first == nil {
					first = err
				}
			}
			failed <- first
		})
	}
	for _, job := range jobs {
		todo <- job
	}
	close(todo)
	workers.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// readAll reads every file of a folder and throws the bytes away.
func readAll(t *testing.T, dir string) (bytes int64, took time.Duration) {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		bytes += info.Size()
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	err = onAllCores(names, func() func(string) error {
		buffer := make([]byte, 256<<10)
		return func(name string) error {
			file, err := os.Open(name)
			if err != nil {
				return err
			}
			defer file.Close()
			for {
				if _, err := file.Read(buffer); err == io.EOF {
					return nil
				} else if err != nil {
					return err
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes, time.Since(start)
}

// hashing is how long the digests take on all cores, from memory.
func hashing(t *testing.T, bytes int64) time.Duration {
	t.Helper()
	const piece = 256 << 10
	start := time.Now()
	err := onAllCores(make([]struct{}, max(bytes/piece, 1)), func() func(struct{}) error {
		from, sum := make([]byte, piece), sha256.New()
		return func(struct{}) error {
			_, err := sum.Write(from)
			return err
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}
