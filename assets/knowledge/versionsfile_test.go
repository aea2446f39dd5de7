package knowledge

import "testing"

// The embedded file comes out as it went in, so that a refresh changes only
// what has changed.
func TestVersionsFile(t *testing.T) {
	v, err := ReadVersions(versionsJSON)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(versionsJSON) {
		t.Errorf("encoded as\n%s", got)
	}
	if _, err := ReadVersions([]byte(`{}`)); err == nil {
		t.Error("an empty table was read")
	}
}
