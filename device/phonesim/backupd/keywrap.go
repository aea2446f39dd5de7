package backupd

import (
	"crypto/aes"
	"encoding/binary"
	"errors"
)

// wrapOverhead is what key wrapping adds to a key, in bytes.
const wrapOverhead = 8

// wrapInitial is the initial value of RFC 3394, section 2.2.3.1.
const wrapInitial = 0xA6A6A6A6A6A6A6A6

// errUnwrap is a wrapped key that does not fit the key it was wrapped with.
var errUnwrap = errors.New("backupd: a wrapped key does not fit")

// wrapKey wraps a key of a multiple of 8 bytes (RFC 3394, section 2.2.1).
func wrapKey(kek, key []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, err
	}
	if len(key) < 16 || len(key)%8 != 0 {
		return nil, errUnwrap
	}
	wrapped := make([]byte, wrapOverhead+len(key))
	copy(wrapped[8:], key)
	a := uint64(wrapInitial)
	var b [aes.BlockSize]byte
	step := uint64(0)
	for range 6 {
		for i := 8; i < len(wrapped); i += 8 {
			step++
			binary.BigEndian.PutUint64(b[:8], a)
			copy(b[8:], wrapped[i:i+8])
			block.Encrypt(b[:], b[:])
			a = binary.BigEndian.Uint64(b[:8]) ^ step
			copy(wrapped[i:i+8], b[8:])
		}
	}
	binary.BigEndian.PutUint64(wrapped[:8], a)
	return wrapped, nil
}

// unwrapKey undoes wrapKey (RFC 3394, section 2.2.2) and tells a wrong kek.
func unwrapKey(kek, wrapped []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, err
	}
	if len(wrapped) < 24 || len(wrapped)%8 != 0 {
		return nil, errUnwrap
	}
	key := append([]byte(nil), wrapped[8:]...)
	a := binary.BigEndian.Uint64(wrapped[:8])
	var b [aes.BlockSize]byte
	step := uint64(6 * len(key) / 8)
	for range 6 {
		for i := len(key) - 8; i >= 0; i -= 8 {
			binary.BigEndian.PutUint64(b[:8], a^step)
			copy(b[8:], key[i:i+8])
			block.Decrypt(b[:], b[:])
			a = binary.BigEndian.Uint64(b[:8])
			copy(key[i:i+8], b[8:])
			step--
		}
	}
	if a != wrapInitial {
		return nil, errUnwrap
	}
	return key, nil
}
