package state

import (
	"testing"

	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
)

// store is a [Store] in memory.
type store map[string]any

func read[T any](s store, key string, fallback T) T {
	if v, ok := s[key].(T); ok {
		return v
	}
	return fallback
}

func (s store) BoolWithFallback(key string, fallback bool) bool { return read(s, key, fallback) }
func (s store) SetBool(key string, value bool)                  { s[key] = value }
func (s store) IntWithFallback(key string, fallback int) int    { return read(s, key, fallback) }
func (s store) SetInt(key string, value int)                    { s[key] = value }
func (s store) StringWithFallback(key, fallback string) string  { return read(s, key, fallback) }
func (s store) SetString(key, value string)                     { s[key] = value }

// chosen are choices that differ from all that hold without one.
func chosen(s *Settings) {
	s.SetDestination("/media/anna/Drive")
	s.SetPhone(udidB)
	s.SetPolicy(vault.Policy{All: 3, Daily: 4, Weekly: 5, Monthly: 6, Limit: 500e9, Trash: 7})
	s.SetReadAll(true)
	s.SetAllowed(feeds.Allowed{})
	s.SetAppearance(Dark)
	s.SetBackground(true)
	s.SetStartOnPlug(true)
	s.SetWindowSize(1234.5, 777)
	s.SetReminders("what is remembered")
}

// choices are all that settings hold.
type choices struct {
	destination, phone string
	policy             vault.Policy
	level              verify.Level
	allowed            feeds.Allowed
	appearance         Appearance
	background, onPlug bool
	width, height      float32
	reminders          string
}

func held(s *Settings) choices {
	width, height := s.WindowSize()
	return choices{s.Destination(), s.Phone(), s.Policy(), s.Level(), s.Allowed(), s.Appearance(), s.Background(), s.StartOnPlug(), width, height, s.Reminders()}
}

// TestSettings are found again at the next start, each of them.
func TestSettings(t *testing.T) {
	kept := store{}
	s := NewSettings(kept, home, feeds.Everything)
	if got, want := held(s), held(NewSettings(nil, home, feeds.Everything)); got != want {
		t.Errorf("an empty store makes %+v, want %+v", got, want)
	}
	if s.Destination() != home || s.Policy() != vault.DefaultPolicy || s.Level() != (verify.Level{}) || s.Allowed() != feeds.Everything || s.StartOnPlug() || s.Background() || s.Appearance() != AsSystem {
		t.Errorf("without a choice there is %+v", held(s))
	}
	before := held(s)
	chosen(s)
	again := NewSettings(kept, home, feeds.Everything)
	if held(again) != held(s) {
		t.Errorf("found again is %+v, want %+v", held(again), held(s))
	}
	if got := held(s); got.destination == before.destination || got.phone == before.phone || got.policy == before.policy || got.level == before.level ||
		got.allowed == before.allowed || got.appearance == before.appearance || got.background == before.background || got.onPlug == before.onPlug ||
		got.width == before.width || got.height == before.height || got.reminders == before.reminders {
		t.Errorf("not all was chosen: %+v", got)
	}
	if w, h := again.WindowSize(); w != 1234 || h != 777 {
		t.Errorf("the window was %v by %v", w, h)
	}
	if again.Level().Depth != verify.Full || again.Policy().Limit != 500e9 || again.Allowed() != (feeds.Allowed{}) {
		t.Errorf("found again is %+v", held(again))
	}
	inMemory := NewSettings(nil, home, feeds.Everything)
	chosen(inMemory) // without a store all of it holds until the end
	if held(inMemory) != held(s) {
		t.Errorf("in memory there is %+v", held(inMemory))
	}
}

// TestOverride is for this time only.
func TestOverride(t *testing.T) {
	kept := store{}
	s := NewSettings(kept, home, feeds.Everything)
	s.Override("/tmp/once")
	if s.Destination() != "/tmp/once" || NewSettings(kept, home, feeds.Everything).Destination() != home {
		t.Error("a folder for one time is remembered, or not used")
	}
}

// TestDamagedPreferences never make a policy of fewer than none, or a form of the
// colours that there is not.
func TestDamagedPreferences(t *testing.T) {
	s := NewSettings(store{"keep.all": -3, "keep.gigabytes": -1, "keep.trash": "many", "keep.weekly": 1.5, "appearance": "mauve", "prove.all": "yes",
		"network." + string(feeds.Sources()[0].ID): 1, "destination": 7}, home, feeds.Everything)
	want := vault.DefaultPolicy
	want.All = 0
	if got := s.Policy(); got != want {
		t.Errorf("the policy is %+v, want %+v", got, want)
	}
	if s.Appearance() != AsSystem || s.Level() != (verify.Level{}) || s.Allowed() != feeds.Everything || s.Destination() != home {
		t.Errorf("there is %+v", held(s))
	}
}
