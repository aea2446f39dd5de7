package cbc

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

// TestVector is the first example of NIST SP 800-38A, F.2.6.
func TestVector(t *testing.T) {
	from := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	k, err := NewKey(from("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := from("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d" +
		"39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b")
	want := from("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	iv := [16]byte(from("000102030405060708090a0b0c0d0e0f"))
	k.Decrypt(sealed, sealed, &iv)
	if !bytes.Equal(sealed, want) {
		t.Errorf("%x", sealed)
	}
}

// TestAgrees compares with the standard library over many keys and lengths,
// in one piece and in several, in place and not.
func TestAgrees(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for blocks := range 70 {
		var key [32]byte
		var iv [16]byte
		sealed := make([]byte, 16*blocks)
		for _, b := range [][]byte{key[:], iv[:], sealed} {
			random.Read(b)
		}
		block, err := aes.NewCipher(key[:])
		if err != nil {
			t.Fatal(err)
		}
		want := make([]byte, len(sealed))
		cipher.NewCBCDecrypter(block, iv[:]).CryptBlocks(want, sealed)
		k, err := NewKey(key[:])
		if err != nil {
			t.Fatal(err)
		}
		for _, split := range []int{0, blocks / 3, blocks} {
			for _, inPlace := range []bool{false, true} {
				src, chain := bytes.Clone(sealed), iv
				dst := src
				if !inPlace {
					dst = make([]byte, len(src))
				}
				k.Decrypt(dst, src[:16*split], &chain)
				k.Decrypt(dst[16*split:], src[16*split:], &chain)
				if !bytes.Equal(dst, want) {
					t.Fatalf("%d blocks, split at %d, in place %v", blocks, split, inPlace)
				}
				if !inPlace && !bytes.Equal(src, sealed) {
					t.Fatal("what was sealed is changed")
				}
				if blocks > 0 && !bytes.Equal(chain[:], sealed[len(sealed)-16:]) {
					t.Fatalf("%d blocks: the block before the next is %x", blocks, chain)
				}
			}
		}
	}
}

func TestNewKey(t *testing.T) {
	for _, n := range []int{0, 16, 24, 31, 33} {
		if _, err := NewKey(make([]byte, n)); err == nil {
			t.Errorf("%d bytes are a key", n)
		}
	}
}

func BenchmarkDecrypt(b *testing.B) {
	k, err := NewKey(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 128<<10)
	var iv [16]byte
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		k.Decrypt(buf, buf, &iv)
	}
}

func BenchmarkNewKey(b *testing.B) {
	key := make([]byte, 32)
	for b.Loop() {
		NewKey(key)
	}
}
