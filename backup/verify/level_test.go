package verify

import "testing"

func TestParseLevel(t *testing.T) {
	for in, want := range map[string]Level{
		"quick": {Depth: Quick}, "full": {Depth: Full},
		"sample=5%": {Sample, 5}, "sample=0.25%": {Sample, 0.25}, "sample=100%": {Sample, 100},
	} {
		got, err := ParseLevel(in)
		if err != nil || got != want || got.String() != in {
			t.Errorf("%q: %+v (%s), %v", in, got, got, err)
		}
	}
	for _, in := range []string{"", "deep", "sample", "sample=", "sample=%", "sample=5", "sample=0%", "sample=-1%", "sample=101%", "sample=NaN%", "sample=Inf%", "quick=5%", "full "} {
		if got, err := ParseLevel(in); err == nil {
			t.Errorf("%q: %+v", in, got)
		}
	}
}

func FuzzParseLevel(f *testing.F) {
	for _, s := range []string{"quick", "full", "sample=5%", "sample=1e-9%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLevel(s)
		if err != nil {
			return
		}
		if again, err := ParseLevel(l.String()); err != nil || again != l || !l.valid() {
			t.Fatalf("%q: %+v, %+v, %v", s, l, again, err)
		}
	})
}
