package backupd

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// sealer encrypts the content of one file as it is sent: AES-256 in CBC mode
// from an initial vector of zeros, with the padding of PKCS#7.
type sealer struct{ mode cipher.BlockMode }

// newSealer is nil for a nil key: content that stays as it is.
func newSealer(key []byte) (*sealer, error) {
	if key == nil {
		return nil, nil
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("backupd: file key: %w", err)
	}
	var zero [aes.BlockSize]byte
	return &sealer{mode: cipher.NewCBCEncrypter(block, zero[:])}, nil
}

// blocks encrypts whole blocks in place.
func (s *sealer) blocks(p []byte) {
	if s != nil {
		s.mode.CryptBlocks(p, p)
	}
}

// last pads and encrypts the end of a file: n bytes of p, which has room for
// one more block. It returns how many bytes that made.
func (s *sealer) last(p []byte, n int) int {
	if s == nil {
		return n
	}
	padding := aes.BlockSize - n%aes.BlockSize
	for i := range padding {
		p[n+i] = byte(padding)
	}
	n += padding
	s.mode.CryptBlocks(p[:n], p[:n])
	return n
}

// sealedSize is how long a file of this many bytes gets.
func sealedSize(plain int64, sealed bool) int64 {
	if !sealed || plain == 0 {
		return plain
	}
	return (plain/aes.BlockSize + 1) * aes.BlockSize
}
