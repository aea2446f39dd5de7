//go:build limits

package main

import (
	"os"
	"strconv"
	"testing"
)

// TestLimitsMemory holds lifeboatctl to 100 MiB while it backs up
// LIFEBOAT_BIG files, and both sides to memory that does not grow with the
// content.
func TestLimitsMemory(t *testing.T) {
	big, err := strconv.Atoi(os.Getenv("LIFEBOAT_BIG"))
	if err != nil || big < 1000 {
		t.Fatalf("LIFEBOAT_BIG=%q: want a number of files", os.Getenv("LIFEBOAT_BIG"))
	}
	const limit = 100 << 20
	b := build(t)
	measure := func(files int) (ctl, sim used) {
		address, stop := startPhone(t, b, "--files", strconv.Itoa(files), "--bytes", strconv.Itoa(files*8000))
		ctl = run(t, address, b.ctl, "backup", "--json", "--to", t.TempDir())
		return ctl, stop()
	}
	fewCtl, fewSim := measure(big / 10)
	manyCtl, manySim := measure(big)
	t.Logf("%7d files: lifeboatctl %v", big/10, fewCtl)
	t.Logf("%7d files: lifeboatctl %v", big, manyCtl)
	t.Logf("%7d files: phonesim    %v", big/10, fewSim)
	t.Logf("%7d files: phonesim    %v", big, manySim)
	if manyCtl.rss > limit {
		t.Errorf("lifeboatctl took %d MiB for %d files; the limit is %d MiB", manyCtl.rss>>20, big, limit>>20)
	}
	// Ten times the files may cost buffers and caches, not a multiple.
	const slack = 24 << 20
	if manySim.rss > fewSim.rss+slack {
		t.Errorf("the simulated phone grew from %d to %d MiB with the content", fewSim.rss>>20, manySim.rss>>20)
	}
	if manyCtl.rss > fewCtl.rss+slack {
		t.Errorf("lifeboatctl grew from %d to %d MiB with the content", fewCtl.rss>>20, manyCtl.rss>>20)
	}
}

// TestThroughput compares, in one run, how fast lifeboatctl and
// idevicebackup2 back up the same phone, and how busy the phone is with it.
func TestThroughput(t *testing.T) {
	b := build(t)
	for _, load := range []struct {
		name         string
		files, bytes int
	}{
		{"many small files", 20000, 160_000_000},
		{"large files", 60, 2_000_000_000},
	} {
		content := []string{"--files", strconv.Itoa(load.files), "--bytes", strconv.Itoa(load.bytes)}
		report := func(who string, client, phone used) {
			rate := float64(load.bytes) / 1e6 / client.wall.Seconds()
			t.Logf("%-16s %-14s %6.0f MB/s, %6.0f files/s; %v; the phone was busy %.0f %% of one core",
				load.name, who, rate, float64(load.files)/client.wall.Seconds(), client, 100*phone.cpu.Seconds()/client.wall.Seconds())
		}
		address, stop := startPhone(t, b, content...)
		ours := run(t, address, b.ctl, "backup", "--json", "--to", t.TempDir())
		report("lifeboatctl", ours, stop())

		address, stop = startPhone(t, b, content...)
		run(t, address, "idevicepair", "pair")
		run(t, address, "idevicebackup2", "encryption", "on", "correct horse", t.TempDir())
		theirs := run(t, address, "idevicebackup2", "backup", "--full", t.TempDir())
		report("idevicebackup2", theirs, stop())
		t.Logf("%-16s lifeboatctl takes %.2f times as long as idevicebackup2, and has opened every file", load.name, ours.wall.Seconds()/theirs.wall.Seconds())
	}
}
