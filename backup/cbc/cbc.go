// Package cbc decrypts the contents of backups: AES-256 in CBC mode, as fast
// as the processor goes.
//
// CBC can only be encrypted one block after another, but each block can be
// decrypted by itself. The standard library makes nothing of that; here,
// eight blocks are in the processor's pipeline at a time where it has
// instructions for AES. Elsewhere the standard library does the work.
package cbc

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// BlockSize is that of AES, in bytes.
const BlockSize = aes.BlockSize

// keyLen is the length of the keys of backups.
const keyLen = 32

// group is how many blocks are decrypted at a time.
const group = 8

// Key is a key that decrypts. It may be used by several goroutines at once.
type Key struct {
	block cipher.Block
	fast  *schedule // nil where only block can
}

// NewKey makes a Key of 32 bytes, which it does not keep.
func NewKey(key []byte) (*Key, error) {
	if len(key) != keyLen {
		return nil, fmt.Errorf("a key has %d bytes, not %d", keyLen, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &Key{block, expand(key)}, nil
}

// Decrypt decrypts whole blocks of src into dst, which may be src itself but
// may not overlap it otherwise. iv is the block before; it becomes the last
// one of src, so that a content can be decrypted piece by piece.
func (k *Key) Decrypt(dst, src []byte, iv *[BlockSize]byte) {
	if len(src)%BlockSize != 0 || len(dst) < len(src) {
		panic("cbc: no whole blocks, or no room for them")
	}
	if k.fast != nil {
		if n := len(src) / (group * BlockSize); n > 0 {
			k.fast.decrypt(dst, src, n, iv)
			n *= group * BlockSize
			dst, src = dst[n:], src[n:]
		}
	}
	if len(src) == 0 {
		return
	}
	next := [BlockSize]byte(src[len(src)-BlockSize:])
	cipher.NewCBCDecrypter(k.block, iv[:]).CryptBlocks(dst[:len(src)], src)
	*iv = next
}
