package health

import (
	"context"
	"errors"
	"strconv"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// mostTables bounds how many tables are open at a time; further types come to one
// table together.
const mostTables = 200

// other stands for the types that have no table of their own.
const other Type = -1 << 62

// exporter is an export under way.
type exporter struct {
	to     *export.Folder
	o      kind.Options
	say    *words.Catalogue
	tables map[Type]*export.Table
}

// write exports a table for each type, as the records come: they need not be in order,
// and none is kept.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	e := &exporter{to: to, o: o, say: o.Say(), tables: map[Type]*export.Table{}}
	defer e.abort()
	_, err := Read(ctx, b, e.record, e.workout)
	if err != nil && (!errors.Is(err, source.ErrDamaged) || ctx.Err() != nil || len(e.tables) == 0) {
		return err
	}
	for form, t := range e.tables {
		delete(e.tables, form)
		if err := t.Commit(); err != nil {
			return err
		}
	}
	if err != nil { // what came before it stays
		to.Leave(e.word("content.kind.health"), words.T("content.health.partial", nil))
	}
	return nil
}

func (e *exporter) abort() {
	for _, t := range e.tables {
		t.Abort()
	}
}

func (e *exporter) word(key string) string { return e.say.Say(key, nil) }

// table is the table of a type, begun if need be.
func (e *exporter) table(form Type, header ...string) (*export.Table, error) {
	if t := e.tables[form]; t != nil {
		return t, nil
	}
	name := form.name(e.say)
	if len(e.tables) >= mostTables {
		if form = other; e.tables[form] != nil {
			return e.tables[form], nil
		}
		name = e.word("content.health.others")
	}
	t, err := e.to.Table(name, e.o.Header(header...)...)
	if err == nil {
		e.tables[form] = t
	}
	return t, err
}

// sleep are the values of Sleep.
var sleep = map[float64]string{0: "in-bed", 1: "asleep", 2: "awake", 3: "core", 4: "deep", 5: "rem"}

// value is a number, or what it stands for.
func (e *exporter) value(r Record) string {
	switch word := sleep[r.Value]; {
	case !r.HasValue:
		return ""
	case r.Type == Sleep && word != "":
		return e.word("content.health.sleep." + word)
	case r.Type == HeartRate:
		return number(r.Value * 60)
	}
	return number(r.Value)
}

// number writes all digits that a number has, and none that it has not.
func number(f float64) string { return strconv.FormatFloat(f, 'g', 15, 64) }

func (e *exporter) record(r Record) error {
	if !e.o.Takes(dayOf(r.Type, r.Start).thing()) {
		return nil
	}
	t, err := e.table(r.Type, "content.health.start", "content.health.end", "content.health.value", "content.health.unit", "content.health.source", "content.health.device", "content.health.zone", "content.health.number")
	if err != nil {
		return err
	}
	unit := ""
	if name := kinds[r.Type].unit; name != "" {
		unit = e.word("content.health.unit-of." + name)
	}
	return t.Row(e.o.Stamp(r.Start), e.o.Stamp(r.End), e.value(r), unit, r.Source, r.Device, r.Zone, strconv.FormatInt(int64(r.Type), 10))
}

// activities are the numbers of trainings that are known.
var activities = map[int64]string{13: "cycling", 37: "running", 46: "swimming", 52: "walking"}

func (e *exporter) workout(w Workout) error {
	if !e.o.Takes(dayOf(workoutType, w.whole).thing()) {
		return nil
	}
	t, err := e.table(workoutType, "content.health.start", "content.health.end", "content.health.activity", "content.health.seconds", "content.health.kilometres", "content.health.kilocalories",
		"content.health.source", "content.health.device", "content.health.zone")
	if err != nil {
		return err
	}
	name := strconv.FormatInt(w.Activity, 10)
	if word := activities[w.Activity]; word != "" {
		name = e.word("content.health.activity-of." + word)
	}
	return t.Row(e.o.Stamp(w.Start), e.o.Stamp(w.End), name, strconv.Itoa(int(w.Duration/time.Second)), number(w.Kilometres), number(w.Kilocalories), w.Source, w.Device, w.Zone)
}
