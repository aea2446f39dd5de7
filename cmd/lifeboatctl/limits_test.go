//go:build limits

package main

import (
	"os"
	"strconv"
	"testing"
)

// TestLimitsMemory holds lifeboatctl to 100 MiB while it backs up
// LIFEBOAT_BIG files and rehearses their restore, and both sides to memory that does not grow with the
// content.
func TestLimitsMemory(t *testing.T) {
	big, err := strconv.Atoi(os.Getenv("LIFEBOAT_BIG"))
	if err != nil || big < 1000 {
		t.Fatalf("LIFEBOAT_BIG=%q: want a number of files", os.Getenv("LIFEBOAT_BIG"))
	}
	const limit = 100 << 20
	b := build(t)
	measure := func(files int) (ctl, rehearsed, sim used) {
		dir := t.TempDir()
		address, stop := startPhone(t, b, "--files", strconv.Itoa(files), "--bytes", strconv.Itoa(files*8000))
		ctl = run(t, address, b.ctl, "backup", "--json", "--to", dir)
		sim = stop()
		return ctl, run(t, address, b.ctl, "rehearse", "--json", "--from", dir), sim
	}
	fewCtl, fewRehearsed, fewSim := measure(big / 10)
	manyCtl, manyRehearsed, manySim := measure(big)
	t.Logf("%7d files: lifeboatctl %v", big/10, fewCtl)
	t.Logf("%7d files: lifeboatctl %v", big, manyCtl)
	t.Logf("%7d files: rehearsal   %v", big/10, fewRehearsed)
	t.Logf("%7d files: rehearsal   %v", big, manyRehearsed)
	t.Logf("%7d files: phonesim    %v", big/10, fewSim)
	t.Logf("%7d files: phonesim    %v", big, manySim)
	if manyCtl.rss > limit {
		t.Errorf("lifeboatctl took %d MiB for %d files; the limit is %d MiB", manyCtl.rss>>20, big, limit>>20)
	}
	if manyRehearsed.rss > limit {
		t.Errorf("the rehearsal took %d MiB for %d files; the limit is %d MiB", manyRehearsed.rss>>20, big, limit>>20)
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
