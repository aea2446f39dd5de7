package lockdown

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"
)

// FuzzPublicKey: whatever a phone says that its key is, it is one or an error.
func FuzzPublicKey(f *testing.F) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)}))
	f.Add([]byte("-----BEGIN RSA PUBLIC KEY-----\nMAYCAQACAQA=\n-----END RSA PUBLIC KEY-----\n"))
	f.Add([]byte("-----BEGIN X-----\n\n-----END X-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if key, err := parsePublicKey(data); (key == nil) == (err == nil) || err == nil && (key.N.Sign() <= 0 || key.E <= 0) {
			t.Errorf("%v, %v", key, err)
		}
	})
}
