package devicelog

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lifeboat/device/facts"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// start is when every transcript begins.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var transcript = regexp.MustCompile(`^\+(\S+) (\w+)\[\d+\] \w+ (.*)$`)

// lines reads a transcript: "+DURATION PROCESS[PID] LEVEL TEXT".
func lines(t testing.TB, text string) []facts.LogLine {
	t.Helper()
	var out []facts.LogLine
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		m := transcript.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("no line of a transcript: %q", line)
		}
		after, err := time.ParseDuration(m[1])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, facts.LogLine{At: start.Add(after), Process: m[2], Text: m[3]})
	}
	return out
}

// Transcripts of whole attempts: what is made of them, and what goes out.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) < 11 {
		t.Fatalf("%d transcripts: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".log"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			heard := lines(t, string(text))
			l := New()
			l.Zone = time.UTC
			for _, line := range heard {
				l.Add(line)
			}
			var got strings.Builder
			e := json.NewEncoder(&got)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			err = e.Encode(struct {
				Attempt  Attempt
				Exported []string
			}{l.Attempt(), Redact(heard)})
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".log") + ".json"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got %s\nwant %s", got.String(), want)
			}
		})
	}
}
