package checks

import (
	"testing"
	"time"

	"lifeboat/device/facts"
)

// A typed error text that names what a signal shows already changes nothing:
// it is the signal that decided.
func TestTextBesideASignal(t *testing.T) {
	in := healthy()
	in.Phone.DataAvailable = facts.Of[int64](500_000_000)
	in.Phone.LastCloudBackup = facts.Of(now.Add(-20 * 24 * time.Hour))
	alone := resultOf(t, in, phoneStorage)
	in.Answers = Answers{errorText: {Text: "MBErrorDomain Code=106", At: now}}
	both := resultOf(t, in, phoneStorage)
	if alone.Status != Fail || both.Status != Fail || both.Answered || both.Finding.Key != alone.Finding.Key {
		t.Errorf("alone %s %s, with the text %s %s (answered %v)", alone.Status, alone.Finding.Key, both.Status, both.Finding.Key, both.Answered)
	}
	if len(both.Evidence) <= len(alone.Evidence) {
		t.Error("the text is no evidence")
	}
	in.Phone.DataAvailable = facts.Datum[int64]{}
	if r := resultOf(t, in, phoneStorage); r.Status != Fail || !r.Answered {
		t.Errorf("by the text alone: %s, answered %v", r.Status, r.Answered)
	}
}
