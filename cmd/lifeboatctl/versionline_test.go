package main

import (
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
)

// TestVersionLine words a version in every state, whatever of it is known.
func TestVersionLine(t *testing.T) {
	c := &call{terminal: &terminal{words: words.English()}}
	yes := []bool{false, true}
	own := int64(1000)
	for _, bytes := range []*int64{nil, &own} {
		for _, proof := range []vault.Proof{{}, {Level: "quick"}, {Level: "sample"}, {Level: "full"}, {Level: "full", Problems: 2}} {
			for _, trashed := range []time.Time{{}, time.Now()} {
				for set := range 1 << 5 {
					v := versionJSON{
						ID: "3", Date: time.Now(), Bytes: 5000, Files: 4, OwnBytes: bytes, Proof: proof, Trashed: trashed,
						Current: yes[set&1], Finished: yes[set>>1&1], Counted: yes[set>>2&1], Unread: yes[set>>3&1], Touched: yes[set>>4&1], Doubtful: proof.Problems,
					}
					line := c.versionLine(v)
					if !strings.HasPrefix(line, "3  ") || strings.ContainsAny(line, "[]") || strings.Contains(line, "<no value>") {
						t.Errorf("%+v: %q", v, line)
					}
					if known := strings.Contains(line, "only here"); known && bytes == nil {
						t.Errorf("%+v: %q", v, line)
					}
				}
			}
		}
	}
}
