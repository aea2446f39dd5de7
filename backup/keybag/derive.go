package keybag

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// keyLen is the length of every key of a backup, in bytes (AES-256).
const keyLen = 32

// derive makes the key that wraps the class keys (device/PROTOCOL.md#password).
func (b *Bag) derive(ctx context.Context, p Password) ([]byte, error) {
	secret := p.secret
	if b.slowRounds > 0 {
		slow, err := pbkdf2(ctx, sha256.New, secret, b.slowSalt, int(b.slowRounds), keyLen)
		if err != nil {
			return nil, err
		}
		defer clear(slow)
		secret = slow
	}
	return pbkdf2(ctx, sha1.New, secret, b.salt, int(b.rounds), keyLen)
}

// pbkdf2 is PBKDF2 of RFC 8018 with an HMAC. The standard library has it too,
// but ten million rounds take seconds there and nothing can stop them; this
// one looks at ctx as it goes.
func pbkdf2(ctx context.Context, h func() hash.Hash, secret, salt []byte, rounds, length int) ([]byte, error) {
	const look = 1 << 14 // rounds between two looks at ctx: a few milliseconds
	mac := hmac.New(h, secret)
	var out, u []byte
	for block := uint32(1); len(out) < length; block++ {
		mac.Reset()
		mac.Write(salt)
		mac.Write(binary.BigEndian.AppendUint32(nil, block))
		u = mac.Sum(u[:0])
		at := len(out)
		out = append(out, u...)
		t := out[at:]
		for round := 1; round < rounds; round++ {
			if round%look == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			mac.Reset()
			mac.Write(u)
			u = mac.Sum(u[:0])
			for i, c := range u {
				t[i] ^= c
			}
		}
	}
	return out[:length], ctx.Err()
}
