package main

import (
	"bytes"
	"context"
	"testing"

	"lifeboat/assets"
)

func TestVersion(t *testing.T) {
	for _, flag := range []string{"--version", "-version", "version"} {
		var out, errs bytes.Buffer
		if code := Run(context.Background(), []string{flag}, nil, &out, &errs); code != exitOK || out.String() != "lifeboatctl "+assets.Version+"\n" || errs.Len() > 0 {
			t.Errorf("%s: exit %d, said %q and %q", flag, code, out.String(), errs.String())
		}
	}
}
