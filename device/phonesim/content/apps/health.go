package apps

import (
	"fmt"
	"time"

	"lifeboat/device/phonesim/content"
)

// Health is what the app Health keeps. A phone leaves it out of a backup that
// is not encrypted.
type Health struct {
	Sources  []HealthSource
	Samples  []Sample
	Workouts []Workout
}

// HealthSource is a device or an app that measures.
type HealthSource struct {
	// Product is a model such as "Watch7,5".
	Name, Bundle, Product string
	// Zone is the time zone that it was in.
	Zone string
}

// The kinds of samples, as the column data_type has them.
const (
	HeartRate    = 5 // a second
	Steps        = 7
	Distance     = 8  // metres
	ActiveEnergy = 10 // kilocalories
	Floors       = 12
	Sleep        = 63 // one of the values below
	workoutType  = 79
)

// The values of a sample of the kind Sleep. The last three are of iOS 16 and
// later.
const (
	SleepInBed  = 0
	SleepAsleep = 1
	SleepAwake  = 2
	SleepCore   = 3
	SleepDeep   = 4
	SleepREM    = 5
)

// Sample is something measured.
type Sample struct {
	Type       int
	Start, End time.Time
	Value      float64
	// Source is the place of its source in the list.
	Source int
}

// Workout is one training.
type Workout struct {
	// Activity is a number such as 37 (running) or 52 (walking).
	Activity             int
	Start, End           time.Time
	Seconds              float64 // less than from start to end if it paused
	Metres, Kilocalories float64
	Source               int
}

const healthTables = `
objects
  data_id INTEGER PRIMARY KEY AUTOINCREMENT
  uuid BLOB UNIQUE
  provenance INTEGER NOT NULL
  type INTEGER
  creation_date REAL
samples
  data_id INTEGER PRIMARY KEY
  start_date REAL
  end_date REAL
  data_type INTEGER
quantity_samples
  data_id INTEGER PRIMARY KEY
  quantity REAL
  original_quantity REAL
  original_unit INTEGER
category_samples
  data_id INTEGER PRIMARY KEY
  value INTEGER
workouts
  data_id INTEGER PRIMARY KEY
  activity_type INTEGER | -15
  duration REAL | -15
  total_energy_burned REAL | -15
  total_basal_energy_burned REAL | -15
  total_distance REAL
  goal_type INTEGER
  goal REAL
workout_activities | 16-
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  uuid BLOB UNIQUE
  owner_id INTEGER
  is_primary_activity INTEGER
  activity_type INTEGER
  location_type INTEGER
  start_date REAL
  end_date REAL
  duration REAL
workout_statistics | 16-
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  workout_activity_id INTEGER
  data_type INTEGER
  quantity REAL
data_provenances
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  sync_provenance INTEGER
  origin_product_type TEXT
  origin_build TEXT
  local_product_type TEXT
  local_build TEXT
  source_id INTEGER
  device_id INTEGER
  contributor_id INTEGER | 16-
  source_version TEXT
  tz_name TEXT
metadata_keys
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  key TEXT
metadata_values
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  key_id INTEGER
  object_id INTEGER
  string_value TEXT
  numerical_value REAL
unit_strings
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  unit_string TEXT
index samples_type samples(data_type, start_date)
`

// The sources lie in a second database.
const healthSourcesTables = `
sources
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  uuid BLOB UNIQUE
  bundle_identifier TEXT
  name TEXT
  source_options INTEGER
  local_device INTEGER
  product_type TEXT
  deleted INTEGER
  mod_date REAL
source_devices
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  name TEXT
  manufacturer TEXT
  model TEXT
  hardware TEXT
`

const healthDomain = "HealthDomain"

// BuildHealth makes the two databases of Health: what was measured, and by
// what.
func BuildHealth(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	files, err := phone.build(shape, store{healthDomain, "Health/healthdb_secure.sqlite", healthTables, phone.Health.fill})
	if err != nil {
		return nil, err
	}
	more, err := phone.build(shape, store{healthDomain, "Health/healthdb.sqlite", healthSourcesTables, phone.Health.fillSources})
	return append(files, more...), err
}

func (h Health) fillSources(d *database) {
	for i, s := range h.Sources {
		d.insert("sources", row{"ROWID": i + 1, "uuid": noteID("source " + s.Name), "bundle_identifier": s.Bundle, "name": s.Name, "source_options": 0,
			"local_device": flag(i == 0), "product_type": optional(s.Product), "deleted": 0, "mod_date": 0})
		d.insert("source_devices", row{"ROWID": i + 1, "name": s.Name, "manufacturer": "Apple Inc.", "model": s.Product, "hardware": s.Product})
	}
}

func (h Health) fill(d *database) {
	for i, s := range h.Sources {
		d.insert("data_provenances", row{"ROWID": i + 1, "sync_provenance": 0, "origin_product_type": s.Product, "local_product_type": s.Product,
			"source_id": i + 1, "device_id": i + 1, "contributor_id": 1, "source_version": string(d.shape), "tz_name": optional(s.Zone)})
	}
	for i, unit := range []string{"count", "count/min", "m", "kcal"} {
		d.insert("unit_strings", row{"ROWID": i + 1, "unit_string": unit})
	}
	id := 0
	add := func(start, end time.Time, kind, source int) int {
		id++
		d.insert("objects", row{"data_id": id, "uuid": noteID(fmt.Sprintf("sample %d", id)), "provenance": source + 1, "type": 1, "creation_date": cocoa(end)})
		d.insert("samples", row{"data_id": id, "start_date": cocoa(start), "end_date": cocoa(end), "data_type": kind})
		return id
	}
	for i, w := range h.Workouts {
		key := add(w.Start, w.End, workoutType, w.Source)
		d.insert("workouts", row{"data_id": key, "activity_type": w.Activity, "duration": w.Seconds, "total_energy_burned": w.Kilocalories,
			"total_distance": w.Metres / 1000})
		d.insert("workout_activities", row{"ROWID": i + 1, "uuid": noteID(fmt.Sprintf("workout %d", i)), "owner_id": key, "is_primary_activity": 1,
			"activity_type": w.Activity, "location_type": 3, "start_date": cocoa(w.Start), "end_date": cocoa(w.End), "duration": w.Seconds})
		d.insert("workout_statistics", row{"workout_activity_id": i + 1, "data_type": ActiveEnergy, "quantity": w.Kilocalories})
	}
	for i, s := range h.Samples {
		if i == len(h.Samples)-1 {
			d.newest()
		}
		key := add(s.Start, s.End, s.Type, s.Source)
		if s.Type == Sleep {
			d.insert("category_samples", row{"data_id": key, "value": int(s.Value)})
			continue
		}
		d.insert("quantity_samples", row{"data_id": key, "quantity": s.Value})
	}
}

// narrowHealth takes out what was not there before iOS 16: the phases of
// sleep.
func narrowHealth(shape Shape, phone *Phone) {
	if shape.since(16) {
		return
	}
	var samples []Sample
	for _, s := range phone.Health.Samples {
		if s.Type == Sleep && s.Value > SleepAwake {
			s.Value = SleepAsleep
		}
		samples = append(samples, s)
	}
	phone.Health.Samples = samples
}
