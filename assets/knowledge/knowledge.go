// Package knowledge holds what is true about iPhones and iOS only for a
// while: models, versions, menu paths. It is plain data with the date on
// which it was true, so that whoever relies on it can say how old it is.
package knowledge

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

var (
	//go:embed models.csv
	modelsCSV []byte
	//go:embed ios-versions.json
	versionsJSON []byte
	//go:embed menus.json
	menusJSON []byte
)

// Unlock is how a model is opened, which names its passcode menu.
type Unlock string

// The ways to unlock; UnlockUnknown is that of a model that is not in the table.
const (
	FaceID        Unlock = "face-id"
	TouchID       Unlock = "touch-id"
	PasscodeOnly  Unlock = "passcode"
	UnlockUnknown Unlock = "unknown"
)

// Restart is the family of button presses that force a model to restart.
type Restart string

// The families; RestartUnknown is that of a model that is not in the table.
const (
	RestartHome    Restart = "home-top"           // Home and the top or side button
	RestartVolDown Restart = "voldown-side"       // Volume Down and the side button
	RestartThree   Restart = "volup-voldown-side" // Volume Up, Volume Down, then hold the side button
	RestartUnknown Restart = "unknown"
)

// Model is one kind of iPhone.
type Model struct {
	ProductType string // as lockdownd says it: "iPhone13,2"
	Name        string // as it is sold: "iPhone 12"
	LastMajor   int    // the newest iOS line that runs on it
	// LastVersion is the newest version that runs on it, where that is not
	// the latest of its line; else "".
	LastVersion string
	Restart     Restart
	Unlock      Unlock
}

// Line is one major version of iOS for iPhones. Lines are not numbered without
// gaps: 26 follows 18.
type Line struct {
	Major   int    `json:"major"`
	Latest  string `json:"latest"`
	Patched bool   `json:"patched"` // Apple still fixes it
}

// Versions is the table of iOS lines, oldest first.
type Versions struct {
	AsOf  Day    `json:"as_of"`
	Lines []Line `json:"lines"`
}

// Newest is the newest line of all.
func (v Versions) Newest() Line { return v.Lines[len(v.Lines)-1] }

// Index gives the place of a major version in Lines, or -1 when the table
// does not know it.
func (v Versions) Index(major int) int {
	return slices.IndexFunc(v.Lines, func(l Line) bool { return l.Major == major })
}

// Menus says from which major version of iOS on a menu has a new path. The
// paths themselves are words ("menu.<name>.<major>"), so that they can be
// written in the phone's language.
type Menus struct {
	AsOf  Day              `json:"as_of"`
	Since map[string][]int `json:"menus"` // ascending
}

// ModelTable is the table of iPhones, oldest first.
type ModelTable struct {
	AsOf   Day
	Models []Model
}

// Models is the embedded table of iPhones: product types from AppleDB and
// from the lists that open-source tools keep.
var Models = sync.OnceValue(func() ModelTable { return must(parseModels(modelsCSV)) })

// IOS is the embedded table of iOS versions, from endoflife.date's list.
var IOS = sync.OnceValue(func() Versions { return must(ReadVersions(versionsJSON)) })

// MenuTable is the embedded table of menu paths.
var MenuTable = sync.OnceValue(func() Menus { return must(parseMenus(menusJSON)) })

// must is for embedded data only, which the tests of this package prove.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ModelOf finds a model by lockdownd's ProductType.
func ModelOf(productType string) (Model, bool) {
	return find(Models().Models, func(m Model) bool { return m.ProductType == productType })
}

// find is the first row of a table that is meant.
func find[T any](rows []T, meant func(T) bool) (row T, known bool) {
	if i := slices.IndexFunc(rows, meant); i >= 0 {
		return rows[i], true
	}
	return row, false
}

// MenuKey is the key of the words for a menu's path on a major version of
// iOS. A version that is not known (0) or newer than the table gets the newest path;
// one older than the table gets the oldest.
func MenuKey(menu string, major int) string {
	since := MenuTable().Since[menu]
	if len(since) == 0 {
		return ""
	}
	from := since[0]
	for _, m := range since {
		if major == 0 || m <= major {
			from = m
		}
	}
	return "menu." + menu + "." + strconv.Itoa(from)
}

const modelColumns = 6

// parseModels reads a row with the date, a row with the names of the columns,
// and a row a model.
func parseModels(data []byte) (ModelTable, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = modelColumns
	rows, err := r.ReadAll()
	if err != nil {
		return ModelTable{}, fmt.Errorf("models: %w", err)
	}
	if len(rows) < 3 || rows[0][0] != "as_of" {
		return ModelTable{}, errors.New("models: no date or no model")
	}
	at, err := time.Parse(time.DateOnly, rows[0][1])
	if err != nil {
		return ModelTable{}, fmt.Errorf("models: %w", err)
	}
	table := ModelTable{AsOf: Day{at}}
	for _, row := range rows[2:] {
		major, err := strconv.Atoi(row[2])
		if err != nil {
			return ModelTable{}, fmt.Errorf("models: %s: %w", row[0], err)
		}
		table.Models = append(table.Models, Model{row[0], row[1], major, row[3], Restart(row[4]), Unlock(row[5])})
	}
	return table, nil
}

// ReadVersions reads a file like the embedded ios-versions.json.
func ReadVersions(data []byte) (Versions, error) {
	return decode("iOS versions", data, func(v Versions) bool { return !v.AsOf.IsZero() && len(v.Lines) > 0 })
}

func parseMenus(data []byte) (Menus, error) {
	return decode("menus", data, func(m Menus) bool { return !m.AsOf.IsZero() })
}

// Day is the date on which a table was true, written as "2026-11-23".
type Day struct{ time.Time }

// UnmarshalJSON refuses what is no date.
func (d *Day) UnmarshalJSON(data []byte) (err error) {
	d.Time, err = time.Parse(`"`+time.DateOnly+`"`, string(data))
	return err
}

// decode reads a table, and refuses one that is not complete. It refuses names
// that the code does not know too, since a mistyped one would else be knowledge
// lost in silence.
func decode[T any](name string, data []byte, complete func(T) bool) (table T, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err = d.Decode(&table); err == nil && !complete(table) {
		err = errors.New("something is missing")
	}
	if err != nil {
		var none T
		return none, fmt.Errorf("%s: %w", name, err)
	}
	return table, nil
}
