//go:build limits

package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/content"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/messages"
	"lifeboat/backup/content/photos"
	"lifeboat/backup/content/source"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
)

func init() {
	programs["copy-files"] = func() { limitProgram(func(args []string) error { return os.CopyFS(args[1], os.DirFS(args[0])) }) }
}

// TestSpeedContent measures how soon one sees what is in a large backup, finds
// something in it, and has taken it out. It fails where a thing is missing, never for
// the time that it takes.
func TestSpeedContent(t *testing.T) {
	scale := scale(t)
	n := much{messages: max(int(200_000*scale), 2000), photos: max(int(50_000*scale), 500), files: max(int(80_000*scale), 500)}
	b := build(t)
	i := &inspection{t: t, built: b, much: n, root: fullBackup(t, b, n)}
	i.describe()
	i.password()
	i.firstPage()
	i.search()
	i.exports()
	i.inProcess() // last, as the memory of this program counts for those that it starts
	publish(t, fmt.Sprintf("What is in a backup of %s messages, %s photos and %s entries in all, %s in %s files. Encrypted; version 2 of 2; in %s; %d cores, load %s, %s.",
		counted(n.messages), counted(n.photos), counted(i.rows), fmt.Sprintf("%.2g GB", float64(i.bytes)/1e9), counted(i.files),
		os.TempDir(), runtime.NumCPU(), loadNow(), time.Now().Format(time.DateOnly)), &i.looks, &i.finds, &i.takes, &i.aims)
}

// inspection measures one backup.
type inspection struct {
	t *testing.T
	built
	much
	root, udid                string
	older                     string // id of the first version
	rows, files               int
	bytes                     int64
	keybag                    []byte
	derived                   time.Duration // the key
	looks, finds, takes, aims table
}

// must ends the test with an error.
func (i *inspection) must(err error) {
	i.t.Helper()
	if err != nil {
		i.t.Fatal(err)
	}
}

// describe learns what the backup is.
func (i *inspection) describe() {
	var versions []versionJSON
	runTo(i.t, func(_ int, out io.Reader) { i.must(json.NewDecoder(out).Decode(&versions)) }, "", i.ctl, "versions", "--json", i.root)
	if len(versions) != 2 || !versions[0].Current {
		i.t.Fatalf("%d versions, not two: %+v", len(versions), versions)
	}
	i.udid, i.older, i.files, i.bytes = versions[0].UDID, versions[1].ID, versions[0].Files, versions[0].Bytes
	manifest, err := format.ReadManifest(afero.NewOsFs(), filepath.Join(i.root, i.udid))
	i.must(err)
	i.keybag = manifest.KeyBag
	i.looks.head = []string{"after the password", "", "wall, s", "CPU, s", "memory, MiB"}
	i.finds.head = []string{"inside", "", "wall, s", "CPU, s", "memory, MiB"}
	i.takes.head = []string{"out of it", "", "wall, s", "CPU, s", "memory, MiB", "MB/s", "× copy"}
	i.aims.head = []string{"aim", "", "measured"}
}

// password measures what the key costs, whatever the size of a backup is.
func (i *inspection) password() {
	bag, err := keybag.Parse(i.keybag)
	i.must(err)
	start, cpu := time.Now(), lookAt(i.t, os.Getpid()).cpu
	_, err = bag.Unlock(i.t.Context(), keybag.NewPassword("correct horse"))
	i.must(err)
	i.derived = time.Since(start)
	i.looks.add("the key out of the password, 10,000,000 rounds", "", seconds(i.derived), seconds(lookAt(i.t, os.Getpid()).cpu-cpu))
}

// seen is when something of the first page was printed.
type seen struct {
	what string
	at   time.Duration
}

// look runs lifeboatctl look.
func (i *inspection) look(more ...string) (took used, page []seen) {
	start := time.Now()
	took = runTo(i.t, func(_ int, out io.Reader) {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e struct {
				Event, Kind, State string
				Total              int
			}
			i.must(json.Unmarshal(lines.Bytes(), &e))
			if e.State == string(kind.Unreadable) {
				i.t.Errorf("%s cannot be read", e.Kind)
			}
			for id, want := range map[string]int{"messages": i.messages, "photos": i.photos} {
				if e.Kind == id && e.Total != want {
					i.t.Errorf("%d %s, not %d", e.Total, id, want)
				}
			}
			page = append(page, seen{e.Kind, time.Since(start)})
		}
	}, "", i.ctl, append([]string{"look", "--json", "--from", i.root}, more...)...)
	if len(page) != 1+len(content.Kinds) {
		i.t.Fatalf("the page has %d lines: %v", len(page), page)
	}
	return took, page
}

// page is one run of lifeboatctl look.
type page struct {
	used
	seen []seen
}

// median is the run with the median time, of three.
func (i *inspection) median(more ...string) page {
	var all []page
	for range 3 {
		took, seen := i.look(more...)
		i.t.Logf("look %v: %v: %v", more, took, seen)
		all = append(all, page{took, seen})
	}
	slices.SortFunc(all, func(a, b page) int { return cmp.Compare(a.wall, b.wall) })
	return all[1]
}

// firstPage measures lifeboatctl look.
func (i *inspection) firstPage() {
	newest, older := i.median(), i.median("--version", i.older)
	open, last := newest.seen[0].at, newest.seen[len(newest.seen)-1].at
	i.looks.add("lifeboatctl look: the backup is open", "", seconds(open))
	i.looks.add("its first kind, photos", "", seconds(newest.seen[1].at))
	i.looks.add("its last kind", "", seconds(last))
	i.looks.add("all of it", "", seconds(newest.wall), seconds(newest.cpu), mebibytes(newest.rss))
	i.looks.add("the older version: the backup is open", "", seconds(older.seen[0].at))
	i.looks.add("all of it", "", seconds(older.wall), seconds(older.cpu), mebibytes(older.rss))
	most := func(what string, is, limit time.Duration) {
		i.aims.add(fmt.Sprintf("%s: at most %.4g s", what, limit.Seconds()), met(is <= limit), fmt.Sprintf("%.2f s", is.Seconds()))
	}
	most("the page is there, after the password", open, 3*time.Second)
	most("all 13 kinds on it, after the password", last, 3*time.Second)
	most("all 13 kinds on it, without the key", last-i.derived, 3*time.Second)
}

// inProcess measures the parts that programs use for themselves.
func (i *inspection) inProcess() {
	ctx := i.t.Context()
	b, err := source.Open(ctx, afero.NewReadOnlyFs(afero.NewOsFs()), i.root, i.udid, 2, keybag.NewPassword("correct horse"))
	i.must(err)
	defer b.Close()
	i.during("the list of files, all of it", func() {
		for _, err := range b.Walk(ctx, "") {
			i.must(err)
			i.rows++
		}
	})
	i.kinds(ctx, b)
	i.library(ctx, b)
	i.conversation(ctx, b)
	var x *content.Index
	i.during("the index of all texts, kept", func() {
		x, err = content.NewIndex(ctx, b, content.Kinds, nil)
		i.must(err)
	})
	if x.Len() < i.messages+i.photos || x.Full || len(x.Unread) > 0 {
		i.t.Errorf("%d things can be found; %v cannot be read", x.Len(), x.Unread)
	}
	for _, query := range []struct{ text, what string }{{rare, "a rare word"}, {"eight", "a common word"}, {"dank SCHON", "two parts of words"}, {"nowhere to be found", "none"}} {
		start := time.Now()
		found, err := x.Find(ctx, query.text, 500)
		i.must(err)
		i.finds.add("a query: "+query.what, fmt.Sprint(counted(found.Count), " found"), fmt.Sprintf("%.3f", time.Since(start).Seconds()))
		if query.text == rare && found.Count != i.messages/1000 {
			i.t.Errorf("%d were found, not %d", found.Count, i.messages/1000)
		}
	}
}

// during measures something, and what it leaves in memory.
func (i *inspection) during(what string, do func()) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, cpu := time.Now(), lookAt(i.t, os.Getpid()).cpu
	do()
	wall, spent := time.Since(start), lookAt(i.t, os.Getpid()).cpu-cpu
	runtime.GC()
	runtime.ReadMemStats(&after)
	i.finds.add(what, "", seconds(wall), seconds(spent), mebibytes(max(int64(after.HeapAlloc)-int64(before.HeapAlloc), 0)))
}

// kinds measures what each kind has of the first page, one after another.
func (i *inspection) kinds(ctx context.Context, b *source.Backup) {
	var rest used
	for _, k := range content.Kinds {
		start, cpu := time.Now(), lookAt(i.t, os.Getpid()).cpu
		_, err := k.Look(ctx, b)
		i.must(err)
		took := used{wall: time.Since(start), cpu: lookAt(i.t, os.Getpid()).cpu - cpu}
		if took.wall < 50*time.Millisecond {
			rest.wall, rest.cpu = rest.wall+took.wall, rest.cpu+took.cpu
			continue
		}
		i.looks.add("of one kind alone: "+string(k.ID), "", seconds(took.wall), seconds(took.cpu))
	}
	i.looks.add("of the other kinds together", "", seconds(rest.wall), seconds(rest.cpu))
}

// library is what the grid of photos needs.
func (i *inspection) library(ctx context.Context, b *source.Backup) {
	var l *photos.Library
	i.during("the library of photos, kept", func() {
		var err error
		l, err = photos.Open(ctx, b)
		i.must(err)
	})
	here := 0
	for n := range l.Assets {
		if l.Assets[n].Presence == kind.Here {
			here++
		}
	}
	if len(l.Assets) != i.photos || here < i.photos*9/10 {
		i.t.Errorf("%d photos, %d of them here", len(l.Assets), here)
	}
	start := time.Now()
	l.Months(nil)
	i.finds.add("its months", "", fmt.Sprintf("%.3f", time.Since(start).Seconds()))
}

// conversation is what the page of conversations needs, and one of them.
func (i *inspection) conversation(ctx context.Context, b *source.Backup) {
	var r chat.Reader
	i.during("the conversations, kept", func() {
		var err error
		r, err = messages.Open(ctx, b)
		i.must(err)
	})
	defer r.Close()
	longest := r.Conversations()[0]
	for _, c := range r.Conversations() {
		if c.Count > longest.Count {
			longest = c
		}
	}
	start, shown := time.Now(), 0
	i.must(r.Messages(ctx, longest, longest.Count-50, 50, func(chat.Message) error {
		shown++
		return nil
	}))
	i.finds.add("the last 50 messages of the longest", "of "+counted(longest.Count), fmt.Sprintf("%.3f", time.Since(start).Seconds()))
	if shown != 50 {
		i.t.Errorf("%d messages are shown", shown)
	}
}

// search measures lifeboatctl search, all of it.
func (i *inspection) search() {
	count := 0
	took := runTo(i.t, func(_ int, out io.Reader) {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e struct {
				Event string
				Count int
			}
			i.must(json.Unmarshal(lines.Bytes(), &e))
			count = e.Count
		}
	}, "", i.ctl, "search", rare, "--json", "--from", i.root)
	if count != i.messages/1000 {
		i.t.Errorf("lifeboatctl search found %d", count)
	}
	i.finds.add("lifeboatctl search, all of it", "", seconds(took.wall), seconds(took.cpu), mebibytes(took.rss))
}

// exports measures what is taken out, against copying the same files with nothing else
// to do.
func (i *inspection) exports() {
	for _, id := range []string{"photos", "messages"} {
		out, again := filepath.Join(i.t.TempDir(), "out"), filepath.Join(i.t.TempDir(), "again")
		var e struct {
			Files, Bytes int64
		}
		took := runTo(i.t, func(_ int, printed io.Reader) {
			// The last event lists what was left out, on one long line.
			for events := json.NewDecoder(printed); events.More(); {
				i.must(events.Decode(&e))
			}
		}, "", i.ctl, "export", id, "--json", "--from", i.root, "--to", out)
		rate := func(d time.Duration) string { return fmt.Sprintf("%.0f", float64(e.Bytes)/1e6/d.Seconds()) }
		copied := run(i.t, "", named(i.t, "copy-files"), out, again)
		i.must(os.RemoveAll(out))
		i.must(os.RemoveAll(again))
		name := fmt.Sprintf("%s files, %.2g GB", counted(int(e.Files)), float64(e.Bytes)/1e9)
		i.takes.add("lifeboatctl export "+id, name, seconds(took.wall), seconds(took.cpu), mebibytes(took.rss), rate(took.wall), ratio(took.wall, copied.wall))
		i.takes.add("copying what it wrote", "", seconds(copied.wall), seconds(copied.cpu), mebibytes(copied.rss), rate(copied.wall))
		if id == "photos" {
			plain := decrypting(e.Bytes)
			i.takes.add("limit: decrypting as many bytes on one core", "", seconds(plain), seconds(plain), "", rate(plain))
			if e.Files < int64(i.photos*9/10) {
				i.t.Errorf("only %d files were written", e.Files)
			}
		}
	}
}

// loadNow is how many programs want a core, on average of the last minute, as Linux
// counts them.
func loadNow() string {
	all, _ := os.ReadFile("/proc/loadavg") // elsewhere it is not known
	first, _, _ := strings.Cut(string(all), " ")
	return cmp.Or(first, "unknown")
}

// decrypting is how long AES-256 takes for so many bytes in memory, chained as files of
// a backup are.
func decrypting(bytes int64) time.Duration {
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		panic(err)
	}
	mode, buffer := cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)), make([]byte, 256<<10)
	start := time.Now()
	for ; bytes > 0; bytes -= int64(len(buffer)) {
		mode.CryptBlocks(buffer, buffer)
	}
	return time.Since(start)
}
