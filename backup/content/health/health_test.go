package health

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

var (
	when   = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)
	oldest = apps.Shapes[0]
	newest = apps.Shapes[len(apps.Shapes)-1]
)

var phone = apps.Phone{Now: when.AddDate(0, 1, 0), WAL: true, Health: apps.Health{
	Sources: []apps.HealthSource{{Name: "Anna’s iPhone", Bundle: "com.apple.health.1", Product: "iPhone15,4", Zone: "America/New_York"}, {Name: "=Watch()", Bundle: "w", Product: "Watch7,1", Zone: "Europe/Berlin"},
		{Bundle: "com.example.sleepdiary"}},
	Samples: []apps.Sample{
		{Type: apps.Steps, Start: when, End: when.Add(time.Minute), Value: 420, Source: 0}, {Type: apps.Steps, Start: when, End: when.Add(time.Minute), Value: 433, Source: 1},
		{Type: apps.HeartRate, Start: when, End: when, Value: 1.25, Source: 1}, {Type: apps.Distance, Start: when, End: when.Add(time.Hour), Value: 1234.5, Source: 0},
		{Type: apps.Sleep, Start: when.AddDate(0, 0, 1), End: when.AddDate(0, 0, 1).Add(time.Hour), Value: apps.SleepDeep, Source: 2},
		{Type: apps.Sleep, Start: when, End: when, Value: 77, Source: 2}, {Type: 99_999, Start: when.AddDate(0, 0, 2), End: when.AddDate(0, 0, 2), Value: 0.125, Source: 0},
	},
	Workouts: []apps.Workout{{Activity: 37, Start: when, End: when.Add(time.Hour), Seconds: 2700, Metres: 5200, Kilocalories: 310.5, Source: 1}, {Activity: 9_999, Start: when, End: when, Source: 0}},
}}

func TestShapes(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			b := contenttest.Phone(t, shape, phone, apps.BuildHealth)
			var records []Record
			var workouts []Workout
			notes, err := Read(t.Context(), b, func(r Record) error { records = append(records, r); return nil }, func(w Workout) error { w.whole = time.Time{}; workouts = append(workouts, w); return nil })
			if err != nil || len(notes) > 0 {
				t.Fatalf("%v, %+v", err, notes)
			}
			h := phone.In(shape).Health
			if len(records) != len(h.Samples) || len(workouts) != len(h.Workouts) {
				t.Fatalf("%+v, %+v", records, workouts)
			}
			name := func(s apps.HealthSource) string {
				if s.Name != "" {
					return s.Name
				}
				return s.Bundle
			}
			for i, s := range h.Samples {
				of := h.Sources[s.Source]
				if want := (Record{Type(s.Type), s.Start, s.End, s.Value, true, name(of), of.Product, of.Zone}); fmt.Sprint(records[i]) != fmt.Sprint(want) {
					t.Errorf("%+v is not %+v", records[i], want)
				}
			}
			for i, w := range h.Workouts {
				of := h.Sources[w.Source]
				want := Workout{Activity: int64(w.Activity), Start: w.Start, End: w.End, Duration: time.Duration(w.Seconds) * time.Second, Kilometres: w.Metres / 1000, Kilocalories: w.Kilocalories,
					Source: name(of), Device: of.Product, Zone: of.Zone}
				if fmt.Sprint(workouts[i]) != fmt.Sprint(want) {
					t.Errorf("%+v is not %+v", workouts[i], want)
				}
			}
			s, err := Kind.Look(t.Context(), b)
			if err != nil || s.State != kind.Found || s.Here != len(h.Samples)+len(h.Workouts) || !s.From.Equal(when) || !s.To.Equal(when.AddDate(0, 0, 2)) {
				t.Errorf("%+v, %v", s, err)
			}
			refs := map[string]bool{}
			for _, one := range contenttest.Things(t, Kind, b) {
				refs[one.Ref] = true
			}
			if len(refs) != 7 || !refs["7 2026-03-01"] || !refs["63 2026-03-02"] || !refs["79 2026-03-01"] || !refs["99999 2026-03-03"] {
				t.Errorf("%v", refs)
			}
		})
	}
}

func rows(t *testing.T, table string) (all []string) {
	t.Helper()
	cells, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range cells {
		all = append(all, strings.Join(row, "|"))
	}
	return all
}

func TestExport(t *testing.T) {
	for _, shape := range []apps.Shape{oldest, newest} {
		b := contenttest.Phone(t, shape, phone, apps.BuildHealth)
		files, _ := contenttest.Export(t, Kind, b, kind.Options{Zone: time.UTC})
		night := "deep sleep"
		if shape == oldest {
			night = "asleep"
		}
		for name, want := range map[string]string{
			"Steps": "2026-03-01 10:20:30 +00:00|2026-03-01 10:21:30 +00:00|420|count|Anna’s iPhone|iPhone15,4|America/New_York|7\n" +
				"2026-03-01 10:20:30 +00:00|2026-03-01 10:21:30 +00:00|433|count|'=Watch()|Watch7,1|Europe/Berlin|7",
			"Heart rate":              "2026-03-01 10:20:30 +00:00|2026-03-01 10:20:30 +00:00|75|a minute|'=Watch()|Watch7,1|Europe/Berlin|5",
			"Distance walked and run": "2026-03-01 10:20:30 +00:00|2026-03-01 11:20:30 +00:00|1234.5|m|Anna’s iPhone|iPhone15,4|America/New_York|8",
			"Sleep": "2026-03-02 10:20:30 +00:00|2026-03-02 11:20:30 +00:00|" + night + "||com.example.sleepdiary|||63\n" +
				"2026-03-01 10:20:30 +00:00|2026-03-01 10:20:30 +00:00|" + map[bool]string{true: "asleep", false: "77"}[shape == oldest] + "||com.example.sleepdiary|||63",
			"Type 99999": "2026-03-03 10:20:30 +00:00|2026-03-03 10:20:30 +00:00|0.125||Anna’s iPhone|iPhone15,4|America/New_York|99999",
			"Workouts": "2026-03-01 10:20:30 +00:00|2026-03-01 11:20:30 +00:00|running|2700|5.2|310.5|'=Watch()|Watch7,1|Europe/Berlin\n" +
				"2026-03-01 10:20:30 +00:00|2026-03-01 10:20:30 +00:00|9999|0|0|0|Anna’s iPhone|iPhone15,4|America/New_York",
		} {
			if got := strings.Join(rows(t, files[name+".csv"])[1:], "\n"); got != want {
				t.Errorf("%s, %s:\n%s\nis not\n%s", shape, name, got, want)
			}
		}
		if len(files) != 6 {
			t.Errorf("%d files", len(files))
		}
		files, _ = contenttest.Export(t, Kind, b, kind.Options{Only: func(ref string) bool { return ref == "7 2026-03-01" }})
		if len(files) != 1 || len(rows(t, files["Steps.csv"])) != 3 {
			t.Errorf("%q", files)
		}
	}
}

// TestHarm: it is left out of backups without a password; tables and columns that are
// missing are said.
func TestHarm(t *testing.T) {
	if s, err := Kind.Look(t.Context(), contenttest.Open(t, "")); err != nil || s.State != kind.LeftOut {
		t.Errorf("%+v, %v", s, err)
	}
	for name, c := range map[string]struct {
		harm apps.Harm
		note string
	}{
		"no sources":  {apps.Harm{NoFile: []string{"healthdb.sqlite"}}, "content.health.no-sources"},
		"bad sources": {apps.Harm{Corrupt: []string{"healthdb.sqlite"}}, "content.health.no-sources"},
		"no values":   {apps.Harm{Missing: []string{"quantity_samples", "category_samples", "workout_activities", "workout_statistics"}}, "content.health.no-values"},
		"no origin":   {apps.Harm{Missing: []string{"objects", "workouts", "samples.end_date"}}, ""},
		"no zone":     {apps.Harm{Missing: []string{"data_provenances.tz_name", "data_provenances.source_id"}}, ""},
	} {
		p := phone
		p.WAL, p.Harm = false, c.harm
		b := contenttest.Phone(t, newest, p, apps.BuildHealth)
		s, err := Kind.Look(t.Context(), b)
		if err != nil || s.State != kind.Found || s.Here != 9 || len(s.Notes) == 0 || c.note != "" && s.Notes[0].Text.Key != c.note {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if files, _ := contenttest.Export(t, Kind, b, kind.Options{}); len(rows(t, files["Steps.csv"])) != 3 {
			t.Errorf("%s: %q", name, files)
		}
	}
	p := phone
	p.WAL, p.Harm = false, apps.Harm{Missing: []string{"samples"}}
	if err := Kind.Export(t.Context(), contenttest.Phone(t, newest, p, apps.BuildHealth), nil, kind.Options{}); !errors.Is(err, source.ErrDamaged) {
		t.Errorf("%v", err)
	}
	nasty := apps.Nasty()
	for _, shape := range []apps.Shape{oldest, newest} {
		b := contenttest.Phone(t, shape, nasty, apps.BuildHealth)
		h := nasty.In(shape).Health
		s, err := Kind.Look(t.Context(), b)
		if err != nil || s.Here != len(h.Samples)+len(h.Workouts) {
			t.Errorf("nasty: %+v, %v", s, err)
		}
		files, _ := contenttest.Export(t, Kind, b, kind.Options{})
		if got := rows(t, files["Steps.csv"]); len(got) != 7 || !strings.Contains(strings.Join(got, "\n"), "|1e+300|") || !strings.Contains(strings.Join(got, "\n"), "|-5|") {
			t.Errorf("%q", got)
		}
	}
}

// TestManyTypes: more types than there may be open tables come to one.
func TestManyTypes(t *testing.T) {
	p := apps.Phone{Now: when, Health: apps.Health{Sources: phone.Health.Sources}}
	for i := range mostTables + 10 {
		p.Health.Samples = append(p.Health.Samples, apps.Sample{Type: 1000 + i, Start: when, End: when, Value: float64(i)})
	}
	files, _ := contenttest.Export(t, Kind, contenttest.Phone(t, newest, p, apps.BuildHealth), kind.Options{})
	if got := rows(t, files["More types.csv"]); len(files) != mostTables+1 || len(got) != 11 || !strings.HasSuffix(got[10], "|1209") {
		t.Errorf("%d files, %q", len(files), got)
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.health.", ".") }
