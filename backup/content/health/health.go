// Package health reads what the app Health of a phone has measured out of a backup.
// There may be ten million records, so that nothing here keeps them.
package health

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Kind is the row of this kind in the registry. Its Things are what was recorded of one
// type on one day; Count counts records.
var Kind = kind.Kind{ID: "health", EncryptedOnly: true, Things: things, Count: count, Export: write}

const (
	domain      = "HealthDomain"
	dbPath      = "Health/healthdb_secure.sqlite"
	sourcesPath = "Health/healthdb.sqlite"
)

// Type is a type of records, by its number in the database.
type Type int64

// The types whose numbers are known. Others are taken as they are.
const (
	HeartRate    Type = 5 // a second
	Steps        Type = 7
	Distance     Type = 8  // metres
	ActiveEnergy Type = 10 // kilocalories
	Floors       Type = 12
	Sleep        Type = 63 // one of the values of sleep
	workoutType  Type = 79
)

// kinds are the words of the types, and of their units, below content.health.
var kinds = map[Type]struct{ name, unit string }{
	HeartRate: {"heart-rate", "per-minute"}, Steps: {"steps", "count"}, Distance: {"distance", "metres"}, ActiveEnergy: {"energy", "kilocalories"},
	Floors: {"floors", "count"}, Sleep: {"sleep", ""}, workoutType: {"workouts", ""},
}

// name is what a type is called.
func (t Type) name(say *words.Catalogue) string {
	if k, known := kinds[t]; known {
		return say.Say("content.health.type."+k.name, nil)
	}
	return say.Say("content.health.unknown", words.Args{"Type": strconv.FormatInt(int64(t), 10)})
}

// Record is one thing measured. Texts are untrusted.
type Record struct {
	Type       Type
	Start, End time.Time
	// Value is what was measured, if there is one: a number in the unit of the database,
	// or one of some values.
	Value    float64
	HasValue bool
	// Source is the name of the device or app, Device its model such as "Watch7,1", Zone
	// the name of the time zone that it was in; each "" if it is not known.
	Source, Device, Zone string
}

// Workout is one training, or one part of it. Texts are untrusted.
type Workout struct {
	// Activity is a number such as 37 (running).
	Activity   int64
	Start, End time.Time
	// Duration is without pauses.
	Duration time.Duration
	// Kilometres and Kilocalories are 0 where none are kept.
	Kilometres, Kilocalories float64
	Source, Device, Zone     string

	whole time.Time // when the training of which it is a part began
}

// store is the database, and the names of sources out of the other one.
type store struct {
	*source.Database
	names map[int64]string
	notes []kind.Note
}

// mostSources bounds the names that are kept.
const mostSources = 100_000

func open(ctx context.Context, b *source.Backup) (*store, error) {
	d, err := b.Database(ctx, domain, dbPath, "samples", "data_id", "start_date", "data_type")
	if err != nil {
		return nil, err
	}
	s := &store{Database: d, names: map[int64]string{}}
	if err := s.readSources(ctx, b); source.Unreadable(err) && ctx.Err() == nil {
		s.notes = append(s.notes, kind.Note{Text: words.T("content.health.no-sources", nil)})
	} else if err != nil {
		d.Close()
		return nil, err
	}
	if !d.Has("quantity_samples", "data_id", "quantity") {
		s.notes = append(s.notes, kind.Note{Text: words.T("content.health.no-values", nil)})
	}
	return s, nil
}

func (s *store) readSources(ctx context.Context, b *source.Backup) error {
	d, err := b.Database(ctx, domain, sourcesPath, "sources", "ROWID", "name")
	if err != nil {
		return err
	}
	defer d.Close()
	var row int64
	var name, bundle string
	return d.Scan(ctx, []any{&row, &name, &bundle}, func() error {
		s.names[row] = words.OneLine(cmp.Or(name, bundle))
		return nil
	}, `SELECT `+d.Columns("s", "sources", "ROWID", "name", "bundle_identifier")+` FROM "sources" s LIMIT `+strconv.Itoa(mostSources))
}

func (s *store) sample(name string) string { return s.Column("s", "samples", name) }

// origin is how a query asks for where a record comes from: its columns, and what is to
// be joined. Each is found by its number, so that nothing has to be put in order.
func (s *store) origin() (columns, join string) {
	if !s.Has("objects", "data_id", "provenance") || !s.Has("data_provenances", "ROWID") {
		return "NULL, NULL, NULL", ""
	}
	return s.Columns("p", "data_provenances", "source_id", "origin_product_type", "tz_name"),
		` LEFT JOIN "objects" o ON ` + s.Column("o", "objects", "data_id") + ` = ` + s.sample("data_id") +
			` LEFT JOIN "data_provenances" p ON ` + s.Column("p", "data_provenances", "ROWID") + ` = ` + s.Column("o", "objects", "provenance")
}

// amount is a column with a number that may be none.
type amount struct {
	value float64
	there bool
}

// Scan implements [database/sql.Scanner].
func (a *amount) Scan(value any) error {
	*a = amount{}
	switch v := value.(type) {
	case int64:
		*a = amount{float64(v), true}
	case float64:
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			*a = amount{v, true}
		}
	}
	return nil
}

// records visits each record but workouts, in the order in which they were stored.
func (s *store) records(ctx context.Context, visit func(Record) error) error {
	quantity, category, join := "NULL", "NULL", ""
	if s.Has("quantity_samples", "data_id", "quantity") {
		quantity = s.Column("q", "quantity_samples", "quantity")
		join += ` LEFT JOIN "quantity_samples" q ON ` + s.Column("q", "quantity_samples", "data_id") + ` = ` + s.sample("data_id")
	}
	if s.Has("category_samples", "data_id", "value") {
		category = s.Column("c", "category_samples", "value")
		join += ` LEFT JOIN "category_samples" c ON ` + s.Column("c", "category_samples", "data_id") + ` = ` + s.sample("data_id")
	}
	columns, origin := s.origin()
	not := ""
	if s.Has("workouts", "data_id") {
		not = ` WHERE ` + s.sample("data_type") + fmt.Sprintf(` IS NOT %d`, workoutType)
	}
	var form, of int64
	var start, end float64
	var measured, chosen amount
	var r Record
	return s.Scan(ctx, []any{&form, &start, &end, &measured, &chosen, &of, &r.Device, &r.Zone}, func() error {
		if !measured.there {
			measured = chosen
		}
		r.Type, r.Start, r.End, r.Value, r.HasValue, r.Source = Type(form), kind.Cocoa(start), kind.Cocoa(end), measured.value, measured.there, s.names[of]
		return visit(r)
	}, `SELECT `+s.Columns("s", "samples", "data_type", "start_date", "end_date")+`, `+quantity+`, `+category+`, `+columns+` FROM "samples" s`+join+origin+not)
}

// workouts visits each training. Since iOS 16 a training has parts, each with a row.
func (s *store) workouts(ctx context.Context, visit func(Workout) error) error {
	if !s.Has("workouts", "data_id") {
		return nil
	}
	column := func(name string) string { return s.Column("w", "workouts", name) }
	activity, duration, energy, metres := column("activity_type"), column("duration"), column("total_energy_burned"), column("total_distance")
	start, end, join := s.sample("start_date"), s.sample("end_date"), ""
	if s.Has("workout_activities", "ROWID", "owner_id", "activity_type") {
		part := func(name string) string { return s.Column("a", "workout_activities", name) }
		join = ` LEFT JOIN "workout_activities" a ON ` + part("owner_id") + ` = ` + column("data_id")
		activity, duration = `COALESCE(`+part("activity_type")+`, `+activity+`)`, `COALESCE(`+part("duration")+`, `+duration+`)`
		start, end = `COALESCE(`+part("start_date")+`, `+start+`)`, `COALESCE(`+part("end_date")+`, `+end+`)`
		// The distance is that of all parts together.
		if s.Has("workout_activities", "is_primary_activity") {
			metres = `CASE WHEN COALESCE(` + part("is_primary_activity") + `, 1) THEN ` + metres + ` END`
		}
		if s.Has("workout_statistics", "workout_activity_id", "data_type", "quantity") {
			join += fmt.Sprintf(` LEFT JOIN (SELECT "workout_activity_id" id, sum("quantity") burned FROM "workout_statistics" WHERE "data_type" = %d GROUP BY 1) e ON e.id = %s`, ActiveEnergy, part("ROWID"))
			energy = `COALESCE(e.burned, ` + energy + `)`
		}
	}
	columns, origin := s.origin()
	var of int64
	var begun, ended, long, whole float64
	var w Workout
	return s.Scan(ctx, []any{&w.Activity, &begun, &ended, &long, &w.Kilometres, &w.Kilocalories, &whole, &of, &w.Device, &w.Zone}, func() error {
		w.Start, w.End, w.Duration, w.Source, w.whole = kind.Cocoa(begun), kind.Cocoa(ended), length(long), s.names[of], kind.Cocoa(whole)
		return visit(w)
	}, `SELECT `+activity+`, `+start+`, `+end+`, `+duration+`, `+metres+`, `+energy+`, `+s.sample("start_date")+`, `+columns+
		` FROM "workouts" w LEFT JOIN "samples" s ON `+s.sample("data_id")+` = `+column("data_id")+join+origin)
}

// length is a length of time; one that no training has is none.
func length(seconds float64) time.Duration {
	if !(seconds > 0) || seconds > 30*24*3600 {
		return 0
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second)
}

// Read visits all records, then all workouts.
func Read(ctx context.Context, b *source.Backup, records func(Record) error, workouts func(Workout) error) ([]kind.Note, error) {
	s, err := open(ctx, b)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.records(ctx, records); err != nil {
		return s.notes, err
	}
	return s.notes, s.workouts(ctx, workouts)
}

// count counts the records, without looking at each.
func count(ctx context.Context, b *source.Backup) (sum kind.Summary, err error) {
	s, err := open(ctx, b)
	if err != nil {
		return sum, err
	}
	defer s.Close()
	var n int64
	var from, to float64
	err = s.Scan(ctx, []any{&n, &from, &to}, func() error {
		sum.Here, sum.From, sum.To = int(n), kind.Cocoa(from), kind.Cocoa(to)
		return nil
	}, `SELECT count(*), min(`+s.sample("start_date")+`), max(`+s.sample("start_date")+`) FROM "samples" s`)
	sum.Notes = s.notes
	if sum.Here > 0 {
		sum.Notes = append(sum.Notes, kind.Note{Text: words.T("content.health.twice", nil)})
	}
	return sum, err
}

// day is what was recorded of one type on one day, UTC.
type day struct {
	form Type
	day  int64 // since 1970
}

// mostDays bounds how many are told apart: 200 types for 50 years.
const mostDays = 4_000_000

func (d day) date() time.Time { return time.Unix(d.day*24*3600, 0).UTC() }

func (d day) thing() kind.Thing {
	date := d.date()
	return kind.Thing{Ref: fmt.Sprintf("%d %s", d.form, date.Format(time.DateOnly)), Title: d.form.name(words.English()), Date: date}
}

func dayOf(form Type, start time.Time) day {
	return day{form, int64(math.Floor(float64(start.Unix()) / (24 * 3600)))}
}

var errEnough = errors.New("no more days are told apart")

// things visits the days of each type, which are few, where records are many.
func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	s, err := open(ctx, b)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	seen := map[day]bool{}
	var failed error // of visit
	var form int64
	var start float64
	err = s.Scan(ctx, []any{&form, &start}, func() error {
		d := dayOf(Type(form), kind.Cocoa(start))
		if seen[d] {
			return nil
		}
		if len(seen) >= mostDays {
			return errEnough
		}
		seen[d] = true
		failed = visit(d.thing())
		return failed
	}, `SELECT `+s.Columns("s", "samples", "data_type", "start_date")+` FROM "samples" s`)
	if errors.Is(err, errEnough) && failed == nil {
		s.notes, err = append(s.notes, kind.Note{Text: words.T("content.health.days", nil), Partial: true}), nil
	}
	return s.notes, err
}
