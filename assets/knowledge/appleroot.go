package knowledge

import (
	"crypto/x509"
	_ "embed"
	"encoding/pem"
	"errors"
	"sync"
)

//go:embed apple-root-ca.pem
var appleRootPEM []byte

// AppleRoot is "Apple Root CA", as Apple publishes it at
// apple.com/certificateauthority. It is no public authority: whoever trusts
// it must do so for Apple's own host alone.
var AppleRoot = sync.OnceValue(func() *x509.Certificate { return must(parseRoot(appleRootPEM)) })

func parseRoot(data []byte) (*x509.Certificate, error) {
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		return nil, errors.New("Apple's root: not one certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}
