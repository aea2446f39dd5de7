//go:build limits

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"lifeboat/backup"
)

// load is one phone that is backed up.
type load struct {
	name, title string
	files       int
	bytes       int64
	changed     int  // before an incremental backup, if there is one
	alone       bool // without idevicebackup2
}

// loads are those of the speed table, before they are scaled.
var loads = []load{
	{name: "a", title: "(a) full, %d files of 4 KiB on average", files: 50_000, bytes: 50_000 * 4096},
	{name: "b", title: "(b) full, %.3g GiB in %d large files", files: 60, bytes: 3 << 30},
	{name: "c", title: "(c) incremental, %d files of which %d changed", files: 200_000, bytes: 200_000 * 4096, changed: 200},
	{name: "d", title: "(d) lifeboatctl alone, %d files, full and then incremental with %d changed", files: 1_000_000, bytes: 1_000_000 * 4096, changed: 200, alone: true},
}

// scaled is a load in the size that LIFEBOAT_SCALE asks for; 1 is the real one.
func (l load) scaled(t *testing.T) load {
	t.Helper()
	scale := scale(t)
	l.bytes = int64(float64(l.bytes) * scale)
	if l.name == "b" { // fewer bytes in as many files
		l.title = fmt.Sprintf(l.title, float64(l.bytes)/(1<<30), l.files)
		return l
	}
	l.files = max(int(float64(l.files)*scale), 100)
	if l.changed == 0 {
		l.title = fmt.Sprintf(l.title, l.files)
		return l
	}
	l.changed = max(int(float64(l.changed)*scale), 1)
	l.title = fmt.Sprintf(l.title, l.files, l.changed)
	return l
}

func scale(t *testing.T) float64 {
	t.Helper()
	scale, err := strconv.ParseFloat(os.Getenv("LIFEBOAT_SCALE"), 64)
	if err != nil || scale <= 0 || scale > 10 {
		t.Fatalf("LIFEBOAT_SCALE=%q: want a number above 0, such as 1", os.Getenv("LIFEBOAT_SCALE"))
	}
	return scale
}

// TestSpeedBackup backs up the same simulated phones with idevicebackup2 and
// with lifeboatctl, and measures the limits of both: a client that reads and
// throws away, and the file system.
func TestSpeedBackup(t *testing.T) {
	b := build(t)
	for _, l := range loads {
		t.Run(l.name, func(t *testing.T) {
			l := l.scaled(t)
			r := &race{t: t, built: b, load: l}
			switch {
			case l.alone:
				r.alone()
			case l.changed > 0:
				r.incremental()
			default:
				r.full()
			}
			if !t.Failed() {
				title := fmt.Sprintf("%s. Encrypted; in %s; %d cores, %s.", l.title, os.TempDir(), runtime.NumCPU(), time.Now().Format(time.DateOnly))
				publish(t, title, r.results(), r.aims())
			}
		})
	}
}

// race measures several programs at one load.
type race struct {
	t *testing.T
	built
	load load

	theirs, reading, writing, digests result
	ours                              []ours // full or incremental, or both
	bytes                             int64  // that arrive in the backup that is measured
}

// result is what a program took, and what the phone took meanwhile.
type result struct {
	used
	phone time.Duration // of CPU
}

// ours is one run of lifeboatctl.
type ours struct {
	name string
	result
	phases map[backup.Phase]used
	early  int64 // bytes of memory at most before it verifies
}

// unverified is what a run would take that does not verify.
func (o ours) unverified() result {
	r := o.result
	r.wall -= o.phases[backup.Verifying].wall
	r.cpu -= o.phases[backup.Verifying].cpu
	r.rss = o.early
	return r
}

// phone is a phone with a backup password. Its state lies at state.
func (r *race) phone(state string, edits ...string) *simulated {
	args := append([]string{"--files", strconv.Itoa(r.load.files), "--bytes", strconv.FormatInt(r.load.bytes, 10), "--state", state}, edits...)
	p := plugIn(r.t, r.built, args...)
	if len(edits) == 0 {
		run(r.t, p.address, "idevicepair", "pair")
		run(r.t, p.address, "idevicebackup2", "encryption", "on", "correct horse", r.t.TempDir())
	}
	return p
}

// changedPhone is the same phone after some of its files were changed.
func (r *race) changedPhone(state string) *simulated {
	return r.phone(state, "--change", strconv.Itoa(r.load.changed))
}

// folder is one of its own for a backup or a phone, that can be removed before the test ends.
func (r *race) folder() (dir string, remove func()) {
	dir = r.t.TempDir()
	return dir, func() {
		if err := os.RemoveAll(dir); err != nil {
			r.t.Error(err)
		}
	}
}

// during measures the phone while a client runs.
func (r *race) during(p *simulated, client func() used) result {
	before := lookAt(r.t, p.cmd.Process.Pid)
	took := client()
	return result{took, lookAt(r.t, p.cmd.Process.Pid).cpu - before.cpu}
}

func (r *race) log(who string, took result) { r.t.Logf("%s: %v", who, took.used) }

// backUp runs lifeboatctl and takes its phases apart.
func (r *race) backUp(name string, p *simulated, to string) {
	o := ours{name: name, phases: map[backup.Phase]used{}}
	o.result = r.during(p, func() used {
		return runTo(r.t, func(pid int, printed io.Reader) { o.watch(r.t, pid, printed) }, p.address, r.ctl, "backup", "--json", "--to", to)
	})
	if o.phases[backup.Verifying].wall == 0 || o.phases[backup.Receiving].wall == 0 {
		r.t.Fatalf("lifeboatctl reported the phases %v", o.phases)
	}
	r.log("lifeboatctl, "+name, o.result)
	r.ours = append(r.ours, o)
}

// watch reads the events of a run, and looks at the process at each change of phase.
func (o *ours) watch(t *testing.T, pid int, printed io.Reader) {
	var phase backup.Phase
	last, since := lookAt(t, pid), time.Now()
	lines := bufio.NewScanner(printed)
	lines.Buffer(nil, 16<<20) // the last event lists what was skipped
	for lines.Scan() {
		var event struct {
			progressJSON
			Spent map[backup.Phase]float64 // in seconds, of the last event
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Errorf("lifeboatctl printed %q: %v", lines.Text(), err)
			continue
		}
		// What lifeboatctl says itself is more exact than when it was read.
		for phase, spent := range event.Spent {
			o.phases[phase] = used{wall: time.Duration(spent * float64(time.Second)), cpu: o.phases[phase].cpu}
		}
		if event.Event != "progress" || event.Phase == phase {
			continue
		}
		now := lookAt(t, pid)
		spent := o.phases[phase]
		spent.wall += time.Since(since)
		spent.cpu += now.cpu - last.cpu
		o.phases[phase] = spent
		if phase != backup.Verifying && phase != backup.Placing {
			o.early = max(o.early, now.rss)
		}
		phase, last, since = event.Phase, now, time.Now()
	}
}

// lookAt reads what a process has taken so far from Linux's /proc; elsewhere
// it knows nothing.
func lookAt(t *testing.T, pid int) (u used) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return u
	}
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		t.Fatal(err)
	}
	// The name of the program, in parentheses, may have spaces in it.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, field := range fields[11:13] { // user and system time in hundredths of a second
		ticks, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		u.cpu += time.Duration(ticks) * 10 * time.Millisecond
	}
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		t.Fatal(err)
	}
	if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
		var kib int64
		if _, err := fmt.Sscan(rest, &kib); err != nil {
			t.Fatal(err)
		}
		u.rss = kib << 10
	}
	return u
}

// full races over a first backup. Each has a phone of its own.
func (r *race) full() {
	with := func(do func(p *simulated, dir string)) {
		state, removeState := r.folder()
		dir, removeDir := r.folder()
		p := r.phone(state)
		do(p, dir)
		p.stop()
		removeDir()
		removeState()
	}
	with(func(p *simulated, dir string) {
		r.theirs = r.during(p, func() used { return run(r.t, p.address, "idevicebackup2", "backup", "--full", dir) })
		r.log("idevicebackup2", r.theirs)
	})
	with(func(p *simulated, dir string) { r.backUp("full", p, dir) })
	with(func(p *simulated, dir string) { r.limits(p) })
}

// incremental races over a second backup. Both have made the first one of the
// same phone, each of its own.
func (r *race) incremental() {
	with := func(first func(p *simulated, dir string), then ...func(p *simulated, dir string)) {
		state, removeState := r.folder()
		dir, removeDir := r.folder()
		p := r.phone(state)
		first(p, dir)
		p.stop()
		for _, do := range then {
			p := r.changedPhone(state)
			do(p, dir)
			p.stop()
		}
		removeDir()
		removeState()
	}
	with(func(p *simulated, dir string) {
		run(r.t, p.address, "idevicebackup2", "backup", "--full", dir)
	}, func(p *simulated, dir string) {
		r.limits(p, dir)
	}, func(p *simulated, dir string) {
		r.theirs = r.during(p, func() used { return run(r.t, p.address, "idevicebackup2", "backup", dir) })
		r.log("idevicebackup2", r.theirs)
	})
	with(func(p *simulated, dir string) {
		run(r.t, p.address, r.ctl, "backup", "--json", "--to", dir)
	}, func(p *simulated, dir string) {
		r.backUp("incremental", p, dir)
	})
}

// alone measures lifeboatctl only.
func (r *race) alone() {
	state, removeState := r.folder()
	dir, removeDir := r.folder()
	p := r.phone(state)
	r.backUp("full", p, dir)
	p.stop()
	p = r.changedPhone(state)
	r.backUp("incremental", p, dir)
	p.stop()
	removeDir()
	removeState()
}

// limits measures what no client can be faster than.
func (r *race) limits(p *simulated, base ...string) {
	dir, remove := r.folder()
	defer remove()
	list := filepath.Join(dir, "list")
	r.reading = r.during(p, func() used {
		return run(r.t, p.address, "read-and-discard", append([]string{list}, base...)...)
	})
	r.log("reads and throws away", r.reading)
	files, bytes := totalOf(r.t, list)
	r.t.Logf("%d files of %d bytes arrive", files, bytes)
	r.bytes = bytes
	r.writing = result{used: run(r.t, "", "write-from-memory", list, filepath.Join(dir, "files"))}
	r.log("the file system alone", r.writing)
	r.digests = result{used: digesting(bytes)}
}

// results is the table of what everyone took.
func (r *race) results() *table {
	out := &table{head: []string{"", "", "wall, s", "CPU, s", "phone's CPU, s", "memory, MiB", "× wall", "× CPU", "× limit"}}
	row := func(program, part string, it result) {
		cells := []string{program, part, seconds(it.wall), seconds(it.cpu), seconds(it.phone), mebibytes(it.rss), "", "", ""}
		if part == "" && r.theirs.wall > 0 {
			cells[6], cells[7] = ratio(it.wall, r.theirs.wall), ratio(it.cpu, r.theirs.cpu)
			cells[8] = ratio(it.wall, r.limit())
		}
		out.add(cells...)
	}
	if r.theirs.wall > 0 {
		row("idevicebackup2", "", r.theirs)
	}
	for _, o := range r.ours {
		name := "lifeboatctl, " + o.name
		row(name+", not verified", "", o.unverified())
		row(name+", verified", "", o.result)
		for _, phase := range []backup.Phase{backup.Preparing, backup.WaitingPhone, backup.Receiving, backup.Finishing, backup.Verifying, backup.Placing} {
			if spent, ok := o.phases[phase]; ok {
				row("", string(phase), result{used: spent})
			}
		}
	}
	if r.theirs.wall > 0 {
		row("", "SHA-256 of as many bytes alone", r.digests)
		row("limit: reads and throws away", "", r.reading)
		row("limit: the file system alone", "", r.writing)
	}
	return out
}

// limit is the slower of the two.
func (r *race) limit() time.Duration { return max(r.reading.wall, r.writing.wall) }

// aims is the table of what is to be reached.
func (r *race) aims() *table {
	out := &table{head: []string{"aim", "", "measured"}}
	most := func(what string, is, limit float64, unit string) {
		out.add(fmt.Sprintf("%s: at most %.4g%s", what, limit, unit), met(is <= limit), fmt.Sprintf("%.2f%s", is, unit))
	}
	if r.load.alone {
		for _, o := range r.ours {
			most("memory, "+o.name, float64(o.rss)/(1<<20), 64, " MiB")
		}
		return out
	}
	we := r.ours[0].unverified()
	wall := we.wall.Seconds() / r.theirs.wall.Seconds()
	if r.load.name == "a" {
		most("wall time of idevicebackup2's", wall, 0.5, " ×")
	} else {
		most("wall time of idevicebackup2's", wall, 1, " ×")
		most("wall time of the slower limit's", we.wall.Seconds()/r.limit().Seconds(), 1.15, " ×")
	}
	apart := r.ours[0].phases[backup.Finishing].cpu + r.digests.cpu
	most("CPU of idevicebackup2's, without digests and fsync", (we.cpu-apart).Seconds()/r.theirs.cpu.Seconds(), 1, " ×")
	return out
}

func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", d.Seconds())
}

func mebibytes(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", float64(n)/(1<<20))
}

func ratio(a, b time.Duration) string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a.Seconds()/b.Seconds())
}
