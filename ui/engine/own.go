package engine

import (
	"log/slog"
	"path/filepath"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/keyring"
	"lifeboat/backup/library"
	"lifeboat/backup/places"
	"lifeboat/checks/feeds"
	"lifeboat/checks/history"
)

// Own is an engine with what belongs to this computer's user: Lifeboat's own
// folder in their home, the drives that are remembered, the system's keyring and
// the cache. It has no Mux yet and remembers nothing until [Engine.OpenHistory].
// With an error, which says that there is no home, the folder lies where the
// program stands.
func Own(program string, say *words.Catalogue, log *slog.Logger) (*Engine, error) {
	own, err := library.OwnFolder()
	return &Engine{
		Library: library.Library{Own: own, Places: &places.Registry{}, Log: log},
		Keyring: keyring.System{}, Cache: feeds.CacheDir(), Home: filepath.Dir(own), Program: program, Words: say,
	}, err
}

// OpenHistory opens what is remembered of phones, which [Engine.Close] closes. It
// is a help and never a need: with an error the engine remembers nothing.
func (e *Engine) OpenHistory() error {
	path, err := history.DefaultPath()
	if err != nil {
		return err
	}
	e.History, err = history.Open(path, time.Now)
	return err
}

// Close ends what is remembered. Diagnoses have ended by then; see [Engine.Wait].
func (e *Engine) Close() error {
	if e.History == nil {
		return nil
	}
	return e.History.Close()
}
