package cbc

import (
	"encoding/binary"
	"math/bits"

	"golang.org/x/sys/cpu"
)

// rounds of AES-256.
const rounds = 14

// schedule holds the round keys in the order in which the instructions for
// decryption want them ("equivalent inverse cipher" of FIPS 197, 5.3.5).
type schedule [rounds + 1][BlockSize]byte

// expand makes the round keys (FIPS 197, 5.2); nil on a processor without
// instructions for AES.
func expand(key []byte) *schedule {
	if !cpu.X86.HasAES || !cpu.X86.HasSSE41 {
		return nil
	}
	const words = keyLen / 4
	var w [4 * (rounds + 1)]uint32
	for i := range words {
		w[i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	rcon := uint32(1)
	for i := words; i < len(w); i++ {
		t := w[i-1]
		switch i % words {
		case 0:
			t = substitute(bits.RotateLeft32(t, -8)) ^ rcon
			rcon <<= 1
		case 4:
			t = substitute(t)
		}
		w[i] = w[i-words] ^ t
	}
	s := new(schedule)
	for round := range s {
		for i := range 4 {
			binary.LittleEndian.PutUint32(s[round][4*i:], w[4*(rounds-round)+i])
		}
		if round > 0 && round < rounds {
			inverseMix(&s[round])
		}
	}
	clear(w[:])
	return s
}

// decrypt decrypts n groups of blocks; dst and src have room for them.
func (s *schedule) decrypt(dst, src []byte, n int, iv *[BlockSize]byte) {
	_, _ = dst[n*group*BlockSize-1], src[n*group*BlockSize-1]
	decryptGroups(s, &dst[0], &src[0], n, iv)
}

// substitute is SubWord of FIPS 197.
//
//go:noescape
func substitute(w uint32) uint32

// inverseMix is InvMixColumns of FIPS 197.
//
//go:noescape
func inverseMix(key *[BlockSize]byte)

// decryptGroups decrypts n groups of 8 blocks, n being at least 1.
//
//go:noescape
func decryptGroups(s *schedule, dst, src *byte, n int, iv *[BlockSize]byte)
