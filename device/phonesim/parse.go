package phonesim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kinds of settings: each returns a setter for the field that at names.

func text(at func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if v == "" {
			return fmt.Errorf("empty")
		}
		*at(c) = v
		return nil
	}
}

func oneOf(at func(*Config) *string, allowed ...string) func(*Config, string) error {
	return func(c *Config, v string) error {
		if !slices.Contains(allowed, v) {
			return fmt.Errorf("not one of %s", strings.Join(allowed, ", "))
		}
		*at(c) = v
		return nil
	}
}

func flag(at func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		b, err := strconv.ParseBool(v)
		if err != nil {
			return fmt.Errorf("not true or false")
		}
		*at(c) = b
		return nil
	}
}

func size(at func(*Config) *int64) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := ParseSize(v)
		*at(c) = n
		return err
	}
}

func number(least, most int, at func(*Config) *int) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < least || n > most {
			return fmt.Errorf("not a number from %d to %d", least, most)
		}
		*at(c) = n
		return nil
	}
}

func seed(at func(*Config) *int64) func(*Config, string) error {
	return func(c *Config, v string) (err error) {
		if *at(c), err = strconv.ParseInt(v, 10, 64); err != nil {
			return fmt.Errorf("not a whole number")
		}
		return nil
	}
}

func span(at func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, v string) (err error) {
		*at(c), err = parseSpan(v)
		return err
	}
}

func choice[T any](all map[string]T, at func(*Config) *T) func(*Config, string) error {
	return func(c *Config, v string) error {
		chosen, ok := all[v]
		if !ok {
			return fmt.Errorf("not one of %s", strings.Join(slices.Sorted(maps.Keys(all)), ", "))
		}
		*at(c) = chosen
		return nil
	}
}

func names(at func(*Config) *[]string) func(*Config, string) error {
	return func(c *Config, v string) error {
		for name := range strings.SplitSeq(v, ",") {
			if !strings.Contains(name, "/") {
				return fmt.Errorf("%q is not of the form domain/key or /key", name)
			}
			*at(c) = append(*at(c), name)
		}
		return nil
	}
}

// when sets a point in time; never is the zero time.
func when(at func(*Config) *time.Time) func(*Config, string) error {
	return func(c *Config, v string) (err error) {
		*at(c), err = parseWhen(v, time.Now())
		return err
	}
}

// parseWhen reads "never", "9h-ago", "3d-ago", a date or an RFC 3339 time.
func parseWhen(v string, now time.Time) (time.Time, error) {
	if v == "never" {
		return time.Time{}, nil
	}
	if span, ok := strings.CutSuffix(v, "-ago"); ok {
		d, err := parseSpan(span)
		return now.Add(-d), err
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, v); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("not a date such as 2026-10-04, a time ago such as 3d-ago, or never")
}

// parseSpan reads a duration as Go writes it, or whole days such as "3d".
func parseSpan(v string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(v, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("not a duration such as 90s, 12h or 3d")
	}
	return d, nil
}

// sizeUnits are the endings of a size; decimal ones are what Apple counts in.
var sizeUnits = []struct {
	ending string
	factor float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"B", 1}, {"", 1},
}

// ParseSize reads a number of bytes such as 4096, 1.5GB or 64MiB.
func ParseSize(v string) (int64, error) {
	for _, unit := range sizeUnits {
		number, ok := strings.CutSuffix(v, unit.ending)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || n < 0 || n*unit.factor > math.MaxInt64/2 || math.IsNaN(n) {
			break
		}
		return int64(n * unit.factor), nil
	}
	return 0, fmt.Errorf("not a size such as 500MB or 64GiB")
}
