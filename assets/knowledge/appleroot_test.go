package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"
)

// The fingerprint is the one that Apple publishes beside the certificate.
func TestAppleRoot(t *testing.T) {
	root := AppleRoot()
	sum := sha256.Sum256(root.Raw)
	if got, want := hex.EncodeToString(sum[:]), "b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024"; got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
	if !root.IsCA || root.Subject.String() != root.Issuer.String() {
		t.Errorf("%s, signed by %s, is no root", root.Subject, root.Issuer)
	}
	if got := root.NotAfter.Format(time.DateOnly); got != "2035-02-09" {
		t.Errorf("ends on %s", got)
	}
}

func TestBrokenRoot(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty": nil, "two": append(append([]byte{}, appleRootPEM...), appleRootPEM...), "half": appleRootPEM[:200],
		"no certificate": []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
	} {
		if _, err := parseRoot(data); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
