package feeds

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lifeboat/assets/knowledge"
)

// Lines fetches the table of all lines of iOS again, for those who keep the
// embedded one: from endoflife.date, which knows what is repaired, and with what
// Apple's lookup service offers where that is newer. Nothing kept is used.
// fromApple is false where Apple did not answer.
func (c *Client) Lines(ctx context.Context) (lines []knowledge.Line, fromApple bool, err error) {
	c.once.Do(c.prepare)
	ctx, cancel := context.WithTimeout(ctx, patience+firstPatience)
	defer cancel()
	clocks := &clocks{}
	lines, err = c.lines(ctx, clocks)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", endOfLifeHost, err)
	}
	offered, err := c.lookedUp(ctx, clocks)
	if errors.Is(err, context.Canceled) {
		return nil, false, err
	}
	return withOffered(lines, offered), err == nil, nil
}

// withOffered brings lines up to what Apple offers for any iPhone. A line that
// is new is repaired; of the others only the list knows.
func withOffered(lines []knowledge.Line, offered map[string][]string) []knowledge.Line {
	lines = slices.Clone(lines)
	for _, versions := range offered {
		for _, v := range versions {
			i, found := slices.BinarySearchFunc(lines, majorOf(v), func(l knowledge.Line, major int) int { return l.Major - major })
			switch {
			case !found && i == len(lines):
				lines = append(lines, knowledge.Line{Major: majorOf(v), Latest: v, Patched: true})
			case found && newestFirst(v, lines[i].Latest) < 0:
				lines[i].Latest = v
			}
		}
	}
	return lines
}
