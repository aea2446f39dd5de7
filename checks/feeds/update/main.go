// Command update refreshes the tables of lifeboat/assets/knowledge from the
// services that Lifeboat itself asks. What it finds is looked at by a human
// before it is committed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-version"

	"lifeboat/assets/knowledge"
	"lifeboat/checks/feeds"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	file := filepath.Join("assets", "knowledge", "ios-versions.json")
	if err := update(ctx, feeds.New("", feeds.Everything, nil), time.Now(), file, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "update-knowledge:", err)
		os.Exit(1)
	}
}

// update rewrites the table of iOS lines and reports what has changed. A
// table that could not follow from the old one is refused, and the file left alone.
func update(ctx context.Context, client *feeds.Client, now time.Time, file string, out io.Writer) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	old, err := knowledge.ReadVersions(data)
	if err != nil {
		return err
	}
	lines, fromApple, err := client.Lines(ctx)
	if err != nil {
		return err
	}
	if !fromApple {
		fmt.Fprintln(out, "Apple's lookup service did not answer: by endoflife.date alone")
	}
	fresh := knowledge.Versions{AsOf: knowledge.Day{Time: now.UTC().Truncate(24 * time.Hour)}}
	for _, line := range lines {
		if line.Major >= old.Lines[0].Major { // the first lines of all have no backups
			fresh.Lines = append(fresh.Lines, line)
		}
	}
	changes, err := compare(old, fresh)
	if err != nil {
		return fmt.Errorf("refused: %w", err)
	}
	for _, change := range changes {
		fmt.Fprintln(out, change)
	}
	if len(changes) == 0 {
		fmt.Fprintln(out, "no version has changed")
	}
	fmt.Fprintf(out, "as of %s, before of %s\n", fresh.AsOf.Format(time.DateOnly), old.AsOf.Format(time.DateOnly))
	encoded, err := fresh.Encode()
	if err != nil {
		return err
	}
	if _, err := knowledge.ReadVersions(encoded); err != nil {
		return fmt.Errorf("refused: %w", err)
	}
	return os.WriteFile(file, encoded, 0o644)
}

// compare says what is new, and refuses what cannot be: time and versions
// only go forward, and no line disappears.
func compare(old, fresh knowledge.Versions) (changes []string, err error) {
	if fresh.AsOf.Before(old.AsOf.Time) {
		return nil, fmt.Errorf("of %s, but the table is of %s", fresh.AsOf.Format(time.DateOnly), old.AsOf.Format(time.DateOnly))
	}
	for _, was := range old.Lines {
		i := fresh.Index(was.Major)
		if i < 0 {
			return nil, fmt.Errorf("iOS %d is missing", was.Major)
		}
		is := fresh.Lines[i]
		before, err := version.NewVersion(was.Latest)
		if err != nil {
			return nil, err
		}
		after, err := version.NewVersion(is.Latest)
		if err != nil {
			return nil, err
		}
		if after.LessThan(before) {
			return nil, fmt.Errorf("iOS %d goes back from %s to %s", was.Major, was.Latest, is.Latest)
		}
		if is.Latest != was.Latest {
			changes = append(changes, fmt.Sprintf("iOS %d: %s -> %s", was.Major, was.Latest, is.Latest))
		}
		if is.Patched != was.Patched {
			changes = append(changes, fmt.Sprintf("iOS %d: patched %t -> %t", was.Major, was.Patched, is.Patched))
		}
	}
	for _, is := range fresh.Lines {
		if old.Index(is.Major) < 0 {
			changes = append(changes, fmt.Sprintf("iOS %d: new, %s; say in models.csv which iPhones run it", is.Major, is.Latest))
		}
	}
	if len(fresh.Lines) == 0 || !fresh.Newest().Patched {
		return nil, errors.New("the newest line is no longer patched")
	}
	return changes, nil
}
