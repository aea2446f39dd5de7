package history

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/checks"
	"lifeboat/checks/devicelog"
)

func TestAnswers(t *testing.T) {
	s := opened(t)
	no(t, s.SaveAnswer(t.Context(), anna, "wifi-symbol", checks.Answer{Choice: "no", At: now}))
	no(t, s.SaveAnswer(t.Context(), anna, "wifi-symbol", checks.Answer{Choice: "yes", At: now.Add(time.Minute)}))
	no(t, s.SaveAnswer(t.Context(), anna, "error-text", checks.Answer{Text: "Backup failed.\nTry “again” 备份", At: now}))
	no(t, s.SaveAnswer(t.Context(), anna, "icloud-space", checks.Answer{Choice: "full", At: now}))
	no(t, s.SaveAnswer(t.Context(), ben, "icloud-plan", checks.Answer{Choice: "5gb", At: now}))
	no(t, s.SaveAnswer(t.Context(), anna, "icloud-space", checks.Answer{})) // taken back
	got, err := s.Answers(t.Context(), anna)
	no(t, err)
	want := checks.Answers{
		"wifi-symbol": {Choice: "yes", At: now.Add(time.Minute)},
		"error-text":  {Text: "Backup failed.\nTry “again” 备份", At: now},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	s := opened(t)
	for n := range maxAnswers + 5 {
		id := checks.QuestionID("q" + strings.Repeat("i", n%50) + string(rune('a'+n/50)))
		no(t, s.SaveAnswer(t.Context(), anna, id, checks.Answer{Text: strings.Repeat("é", 10_000), At: now.Add(time.Duration(n) * time.Second)}))
	}
	got, err := s.Answers(t.Context(), anna)
	no(t, err)
	if len(got) != maxAnswers {
		t.Errorf("%d answers", len(got))
	}
	for id, a := range got {
		if len([]rune(a.Text)) != maxAnswer {
			t.Errorf("%s: %d characters", id, len([]rune(a.Text)))
		}
		if a.At.Before(now.Add(5 * time.Second)) {
			t.Errorf("%s is one of the oldest", id)
		}
	}
}

func TestTried(t *testing.T) {
	s := opened(t)
	first := Tried{FixID: "wifi/router", At: now}
	no(t, s.SaveTried(t.Context(), anna, Tried{FixID: "power/port", At: now.Add(time.Hour)}))
	no(t, s.SaveTried(t.Context(), anna, first))
	no(t, s.SaveTried(t.Context(), anna, Tried{FixID: "clock/auto", At: now.Add(2 * time.Hour)}))
	no(t, s.SaveTried(t.Context(), ben, Tried{FixID: "clock/auto", At: now}))
	no(t, s.SaveTried(t.Context(), anna, first)) // the same
	no(t, s.ForgetTried(t.Context(), anna, "clock/auto"))
	got, err := s.Tried(t.Context(), anna)
	no(t, err)
	want := []Tried{{"wifi/router", now}, {"power/port", now.Add(time.Hour)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := s.Tried(t.Context(), ben); err != nil || len(got) != 1 {
		t.Errorf("of the other phone: %v, %v", got, err)
	}
}

func TestTriedIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	s := opened(t)
	for n := range maxTried + 3 {
		no(t, s.SaveTried(t.Context(), anna, Tried{FixID: "wifi/router", At: now.Add(time.Duration(n) * time.Minute)}))
	}
	got, err := s.Tried(t.Context(), anna)
	no(t, err)
	if len(got) != maxTried || !got[0].At.Equal(now.Add(3*time.Minute)) {
		t.Errorf("%d from %v on", len(got), got[0].At)
	}
}

func TestAttempts(t *testing.T) {
	s := opened(t)
	begun := devicelog.Attempt{Heard: true, Began: now, Phase: "scan", Phases: []devicelog.Phase{{Name: "scan", Took: time.Second}}}
	failed := begun
	failed.Ended, failed.Outcome, failed.Cause, failed.Proven = now.Add(time.Minute), devicelog.Failed, "icloud-storage", true
	failed.Codes = []devicelog.Code{{Domain: "MBErrorDomain", Number: 303}, {Domain: "CKErrorDomain", Number: 25}}
	no(t, s.SaveAttempt(t.Context(), anna, devicelog.Attempt{Heard: true})) // nothing to keep
	no(t, s.SaveAttempt(t.Context(), anna, begun))
	no(t, s.SaveAttempt(t.Context(), anna, failed))
	no(t, s.SaveAttempt(t.Context(), anna, devicelog.Attempt{Ended: now.Add(time.Hour), Outcome: devicelog.Succeeded}))
	no(t, s.SaveAttempt(t.Context(), anna, devicelog.Attempt{Ended: now.Add(2 * time.Hour), Outcome: "odd"}))
	got, err := s.Attempts(t.Context(), anna, 10)
	no(t, err)
	want := []devicelog.Attempt{
		{Heard: true, Ended: now.Add(2 * time.Hour)},
		{Heard: true, Ended: now.Add(time.Hour), Outcome: devicelog.Succeeded},
		{Heard: true, Began: now, Ended: now.Add(time.Minute), Outcome: devicelog.Failed, Cause: "icloud-storage", Proven: true, Codes: failed.Codes},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := s.Attempts(t.Context(), anna, 1); err != nil || len(got) != 1 {
		t.Errorf("the last one: %v, %v", got, err)
	}
	for n := range maxAttempts {
		failed.Began = now.Add(time.Duration(n+10) * time.Hour)
		failed.Codes = make([]devicelog.Code, 100)
		no(t, s.SaveAttempt(t.Context(), anna, failed))
	}
	got, err = s.Attempts(t.Context(), anna, 1000)
	no(t, err)
	if len(got) != maxAttempts || len(got[0].Codes) != maxCodes {
		t.Errorf("%d attempts with %d codes", len(got), len(got[0].Codes))
	}
}

// What is forgotten is not in the file any more, and nothing else is gone.
func TestForget(t *testing.T) {
	s := opened(t)
	const secret = "a text that only Anna has seen"
	for _, udid := range []string{anna, ben} {
		no(t, s.SaveRun(t.Context(), udid, run(0, "wifi", checks.Fail)))
		no(t, s.SaveTried(t.Context(), udid, Tried{FixID: "wifi/router", At: now}))
		no(t, s.SaveAttempt(t.Context(), udid, devicelog.Attempt{Began: now, Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 1}}}))
		no(t, s.SaveAnswer(t.Context(), udid, "wifi-symbol", checks.Answer{Choice: "yes", At: now}))
	}
	no(t, s.SaveAnswer(t.Context(), anna, "error-text", checks.Answer{Text: secret, At: now}))
	no(t, os.WriteFile(s.path+asideMark+"2026-01-01", []byte(secret), 0o600))
	if !bytes.Contains(read(t, s.path), []byte(secret)) {
		t.Fatal("the secret was never in the file")
	}
	no(t, s.Forget(t.Context(), anna))
	if bytes.Contains(read(t, s.path), []byte(secret)) {
		t.Error("the text is still in the file")
	}
	if exists(s.path + asideMark + "2026-01-01") {
		t.Error("the damaged file is still there")
	}
	for udid, want := range map[string]int{anna: 0, ben: 1} {
		runs, err := s.Runs(t.Context(), udid, 10)
		no(t, err)
		tried, err := s.Tried(t.Context(), udid)
		no(t, err)
		attempts, err := s.Attempts(t.Context(), udid, 10)
		no(t, err)
		answers, err := s.Answers(t.Context(), udid)
		no(t, err)
		if len(runs) != want || len(tried) != want || len(attempts) != want || len(answers) != want {
			t.Errorf("%s: %d runs, %d steps, %d attempts, %d answers, want %d each", udid, len(runs), len(tried), len(attempts), len(answers), want)
		}
	}
	var codes int
	no(t, s.db.QueryRow("SELECT count(*) FROM attempt_codes").Scan(&codes))
	if codes != 1 {
		t.Errorf("%d codes left", codes)
	}
}

// The file names no phone.
func TestFileNamesNoPhone(t *testing.T) {
	s := opened(t)
	no(t, s.SaveRun(t.Context(), anna, run(0, "wifi", checks.Fail)))
	other := opened(t)
	if bytes.Equal(s.phone(anna), other.phone(anna)) || bytes.Equal(s.phone(anna), s.phone(ben)) {
		t.Error("the key of a phone is not salted, or not its own")
	}
	if bytes.Contains(read(t, s.path), []byte(anna)) {
		t.Error("the file holds the UDID")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	no(t, err)
	return data
}
