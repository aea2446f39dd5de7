package history

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/checks"
	"lifeboat/checks/devicelog"
)

func TestOnlyItsUserMayReadIt(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // its permissions are those of the user's folder
	}
	s := opened(t)
	no(t, s.SaveRun(t.Context(), anna, run(0, "wifi", checks.Fail)))
	for path, want := range map[string]fs.FileMode{filepath.Dir(s.path): fs.ModeDir | 0o700, s.path: 0o600, s.path + ".lock": 0o600} {
		info, err := os.Stat(path)
		no(t, err)
		if info.Mode() != want {
			t.Errorf("%s has %v", path, info.Mode())
		}
	}
	no(t, os.Chmod(s.path, 0o644)) // as another program may have left it
	openedAt(t, s.path)
	if info, err := os.Stat(s.path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Whatever a folder is called, it is not taken for an option of SQLite.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"a b", "50%25", "what?mode=memory", "#1", "ü & ö", "file:x", "a'b\"c;d"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, `?:"`) {
			continue
		}
		path := filepath.Join(t.TempDir(), name, name+".db")
		s := openedAt(t, path)
		no(t, s.SaveRun(t.Context(), anna, run(0, "wifi", checks.Fail)))
		no(t, s.Close())
		if _, found, err := openedAt(t, path).Last(t.Context(), anna); !found || err != nil {
			t.Errorf("%q: %v, %v", name, found, err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Every version that was ever released is stored as SQL, and opens with
// what was in it.
func TestMigration(t *testing.T) {
	for version := 1; version <= len(migrations); version++ {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			path := stored(t, version)
			s := openedAt(t, path)
			if s.Damage() != nil {
				t.Fatal(s.Damage())
			}
			last, found, err := s.Last(t.Context(), anna)
			no(t, err)
			want := Run{At: now, Until: now.Add(sameRun / 2), Version: "27.0.1", LastCloudBackup: now.AddDate(0, 0, -23), Blocker: "wifi",
				Results: []Result{{"phone-ready", checks.Pass, false}, {"wifi", checks.Fail, true}}}
			if diff := cmp.Diff(want, last); !found || diff != "" {
				t.Errorf("run: %v, %s", found, diff)
			}
			answers, err := s.Answers(t.Context(), anna)
			no(t, err)
			if diff := cmp.Diff(checks.Answers{"error-text": {Text: "Backup failed.", At: now}}, answers); diff != "" {
				t.Error(diff)
			}
			tried, err := s.Tried(t.Context(), anna)
			no(t, err)
			if !cmp.Equal(tried, []Tried{{"wifi/router", now}}) {
				t.Errorf("%v", tried)
			}
			attempts, err := s.Attempts(t.Context(), anna, 9)
			no(t, err)
			if diff := cmp.Diff([]devicelog.Attempt{{Heard: true, Began: now, Ended: now.Add(sameRun), Outcome: devicelog.Failed, Cause: "wifi",
				Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 308}, {Domain: "CKErrorDomain", Number: 4}}}}, attempts); diff != "" {
				t.Error(diff)
			}
			no(t, s.SaveRun(t.Context(), anna, run(sameRun*3, "wifi", checks.Pass)))
		})
	}
}

// stored is a file of an older version, made of its SQL in testdata.
func stored(t *testing.T, version int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "history.db")
	execute(t, path, string(read(t, filepath.Join("testdata", fmt.Sprintf("version-%d.sql", version)))))
	return path
}

// execute runs SQL over a file, as somebody else would.
func execute(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	no(t, err)
	defer db.Close()
	_, err = db.Exec(statements)
	no(t, err)
}

// A step is done completely, or not at all, and only once.
func TestSteps(t *testing.T) {
	next := "CREATE TABLE more (a TEXT) STRICT; PRAGMA user_version = 2;"
	try := func(path string, steps ...string) error {
		s, err := open(t.Context(), path, append(migrations[:1:1], steps...))
		if err == nil {
			no(t, s.Close())
		}
		return err
	}
	path := stored(t, 1)
	if err := try(path, "CREATE TABLE more (a TEXT) STRICT; DROP TABLE nothing; PRAGMA user_version = 2;"); err == nil {
		t.Error("a step that failed was taken")
	}
	if err := try(path, "CREATE TABLE more (a TEXT) STRICT;"); err == nil {
		t.Error("a step that does not say its version was taken")
	}
	for range 2 { // the second time there is nothing to do
		if err := try(path, next); err != nil {
			t.Errorf("the step: %v", err)
		}
	}
	if err := try(path); !errors.As(err, new(*TooNewError)) {
		t.Errorf("the step taken back: %v", err)
	}
}

func TestNewerFileIsNotTouched(t *testing.T) {
	path := stored(t, 1)
	execute(t, path, "CREATE TABLE future (a); INSERT INTO future VALUES ('x'); PRAGMA user_version = 99")
	before := read(t, path)
	s, err := Open(path, clock)
	var tooNew *TooNewError
	if s != nil || !errors.As(err, &tooNew) || tooNew.Version != 99 || tooNew.Known != len(migrations) {
		t.Fatalf("%v, %v", s, err)
	}
	if string(read(t, path)) != string(before) {
		t.Error("the file was changed")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 2 { // it and its lock
		t.Errorf("%v", entries)
	}
}

// A damaged file is kept, and a new one begun.
func TestDamagedFile(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, path string){
		"text": func(t *testing.T, path string) {
			no(t, os.WriteFile(path, []byte(strings.Repeat("no database ", 99)), 0o600))
		},
		"cut": func(t *testing.T, path string) { no(t, os.Truncate(path, 5000)) },
		"overwritten": func(t *testing.T, path string) {
			data := read(t, path)
			copy(data[200:], strings.Repeat("\xff", len(data)-200))
			no(t, os.WriteFile(path, data, 0o600))
		},
		"read only by its header": func(t *testing.T, path string) {
			data := read(t, path)
			data[18] = 9
			no(t, os.WriteFile(path, data, 0o600))
		},
		"too large":       func(t *testing.T, path string) { no(t, os.Truncate(path, maxFile+1)) },
		"a table missing": func(t *testing.T, path string) { execute(t, path, "DROP TABLE answers") },
		"a trigger more": func(t *testing.T, path string) {
			execute(t, path, "CREATE TRIGGER evil AFTER INSERT ON runs BEGIN DELETE FROM runs; END")
		},
		"a view in place":   func(t *testing.T, path string) { execute(t, path, "DROP TABLE tried; CREATE VIEW tried AS SELECT 1") },
		"no salt":           func(t *testing.T, path string) { execute(t, path, "DELETE FROM meta") },
		"somebody else's":   func(t *testing.T, path string) { execute(t, path, "PRAGMA user_version = 0") },
		"a negative number": func(t *testing.T, path string) { execute(t, path, "PRAGMA user_version = -1") },
	} {
		t.Run(name, func(t *testing.T) {
			path := stored(t, 1)
			spoil(t, path)
			no(t, os.WriteFile(path+"-journal", nil, 0o600))
			before, err := os.Stat(path)
			no(t, err)
			s := openedAt(t, path)
			var damage *DamagedError
			if !errors.As(s.Damage(), &damage) {
				t.Fatalf("damage = %v", s.Damage())
			}
			if want := path + ".damaged-2026-11-23"; damage.Aside != want {
				t.Errorf("aside as %s", damage.Aside)
			}
			if after, err := os.Stat(damage.Aside); err != nil || after.Size() != before.Size() {
				t.Errorf("the damaged file is not kept as it was: %v", err)
			}
			no(t, s.SaveRun(t.Context(), anna, run(0, "wifi", checks.Fail)))
			no(t, s.Close())
			if again := openedAt(t, path); again.Damage() != nil {
				t.Errorf("the new file: %v", again.Damage())
			}
		})
	}
}

func TestDamagedTwiceADay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	for _, want := range []string{".damaged-2026-11-23", ".damaged-2026-11-23-2", ".damaged-2026-11-23-3"} {
		no(t, os.WriteFile(path, []byte(want+strings.Repeat(".", 5000)), 0o600))
		no(t, openedAt(t, path).Close())
		if !strings.HasPrefix(string(read(t, path+want)), want) {
			t.Errorf("%s holds another file", want)
		}
	}
}

// What cannot be opened for other reasons is not called damaged.
func TestNotDamagedButNotThere(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	no(t, os.WriteFile(file, []byte("x"), 0o600))
	for _, path := range []string{dir, filepath.Join(file, "history.db")} {
		if s, err := Open(path, clock); err == nil {
			t.Errorf("%s opened: %v", path, s.Damage())
		}
	}
	if string(read(t, file)) != "x" {
		t.Error("the file was changed")
	}
}

// What was said to be kept is kept, even if the program is killed at any moment.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	kept := 0
	for round := range 5 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), writer+"="+path+" "+anna+strconv.Itoa(round)+" 0")
		out, err := child.StdoutPipe()
		no(t, err)
		no(t, child.Start())
		lines := bufio.NewScanner(out)
		last := -1
		for lines.Scan() {
			if last, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatal(err)
			}
			if last == 5+round {
				no(t, child.Process.Kill()) // in the middle of the next
			}
		}
		child.Wait()
		s := openedAt(t, path)
		if s.Damage() != nil {
			t.Fatal(s.Damage())
		}
		runs, err := s.Runs(t.Context(), anna+strconv.Itoa(round), 9999)
		no(t, err)
		if last < 5 || len(runs) < last+1 {
			t.Errorf("%d of %d runs are left", len(runs), last+1)
		}
		kept += len(runs)
		no(t, s.Close())
	}
	if kept < 5*6 {
		t.Errorf("only %d runs kept", kept)
	}
}

// Two programs at the same file, from its first moment on, lose nothing.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	const each = 20
	var done sync.WaitGroup
	for n := range 3 {
		done.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0])
			child.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s%d %d", writer, path, anna, n, each))
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	done.Wait()
	s := openedAt(t, path)
	var runs int
	no(t, s.db.QueryRow("SELECT count(*) FROM runs").Scan(&runs))
	if runs != 3*each || s.Damage() != nil {
		t.Errorf("%d runs, %v", runs, s.Damage())
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	no(t, err)
	if len(entries) != 2 {
		t.Errorf("more than the file and its lock: %v", entries)
	}
}

func TestCancelled(t *testing.T) {
	s := opened(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.SaveRun(ctx, anna, run(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := s.Runs(ctx, anna, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestDefaultPath(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("AppData", home)
	for _, xdg := range []string{"", "not/absolute", filepath.Join(home, "data")} {
		t.Setenv("XDG_DATA_HOME", xdg)
		path, err := DefaultPath()
		no(t, err)
		want := map[string]string{"windows": filepath.Join(home, "Lifeboat"), "darwin": filepath.Join(home, "Library", "Application Support", "Lifeboat")}[runtime.GOOS]
		if want == "" {
			want = filepath.Join(home, ".local", "share", "Lifeboat")
			if filepath.IsAbs(xdg) {
				want = filepath.Join(xdg, "Lifeboat")
			}
		}
		if path != filepath.Join(want, "history.db") {
			t.Errorf("XDG_DATA_HOME=%q: %s", xdg, path)
		}
	}
}
