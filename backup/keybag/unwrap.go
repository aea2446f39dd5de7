package keybag

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// errIntegrity: the integrity value of a wrapped key came out wrong, so the
// key it was unwrapped with is another one.
var errIntegrity = errors.New("wrapped key: integrity value does not match")

// integrity is the initial value of RFC 3394, section 2.2.3.1.
const integrity = 0xa6a6a6a6a6a6a6a6

// unwrap is AES key unwrap by RFC 3394, section 2.2.2.
func unwrap(kek cipher.Block, wrapped []byte) ([]byte, error) {
	if len(wrapped)%8 != 0 || len(wrapped) < 24 {
		return nil, errIntegrity
	}
	n := len(wrapped)/8 - 1
	key := append([]byte(nil), wrapped[8:]...)
	var block [16]byte
	copy(block[:8], wrapped)
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			r := key[(i-1)*8 : i*8]
			a := binary.BigEndian.Uint64(block[:8]) ^ uint64(n*j+i)
			binary.BigEndian.PutUint64(block[:8], a)
			copy(block[8:], r)
			kek.Decrypt(block[:], block[:])
			copy(r, block[8:])
		}
	}
	want := binary.BigEndian.AppendUint64(nil, integrity)
	if subtle.ConstantTimeCompare(block[:8], want) != 1 {
		clear(key)
		return nil, errIntegrity
	}
	return key, nil
}
