package contenttest

import (
	"fmt"
	"testing"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Messages reads messages of a conversation, from the one at from on; a limit of -1 is none.
func Messages(t testing.TB, r chat.Reader, c chat.Conversation, from, limit int) (all []chat.Message) {
	t.Helper()
	if err := r.Messages(t.Context(), c, from, limit, func(m chat.Message) error {
		all = append(all, m)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// Check returns what compares a property of the thing that is called name, as it is printed.
func Check(t testing.TB, name string) func(what string, got, want any) {
	return func(what string, got, want any) {
		t.Helper()
		if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
			t.Errorf("%s: %s is %.300s, not %.300s", name, what, g, w)
		}
	}
}

// Counts checks that a kind counts what it visits, and nothing twice, and gives the count.
func Counts(t testing.TB, k kind.Kind, b *source.Backup) kind.Summary {
	t.Helper()
	counted, err := k.Look(t.Context(), b)
	if err != nil || counted.State != kind.Found {
		t.Fatal(counted, err)
	}
	slow := k
	slow.Count = nil
	visited, err := slow.Look(t.Context(), b)
	if err != nil || fmt.Sprintf("%+v", counted) != fmt.Sprintf("%+v", visited) {
		t.Errorf("counted %+v\nvisited %+v, %v", counted, visited, err)
	}
	seen := map[string]bool{}
	for _, one := range Things(t, k, b) {
		if seen[one.Ref] || one.Ref == "" {
			t.Errorf("%q is there twice", one.Ref)
		}
		seen[one.Ref] = true
	}
	return counted
}
