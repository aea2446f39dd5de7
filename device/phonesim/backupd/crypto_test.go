package backupd

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"testing"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The vectors of RFC 3394, section 4, whose keys are of 16, 24 and 32 bytes.
func TestKeyWrapVectors(t *testing.T) {
	for _, v := range []struct{ name, kek, key, wrapped string }{
		{"4.1", "000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"},
		{"4.2", "000102030405060708090A0B0C0D0E0F1011121314151617", "00112233445566778899AABBCCDDEEFF", "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"},
		{"4.3", "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF", "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"},
		{"4.5", "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF0001020304050607", "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1"},
		{"4.6", "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F", "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"},
	} {
		t.Run(v.name, func(t *testing.T) {
			wrapped, err := wrapKey(unhex(t, v.kek), unhex(t, v.key))
			if err != nil || !bytes.Equal(wrapped, unhex(t, v.wrapped)) {
				t.Fatalf("wrapped to %X, %v", wrapped, err)
			}
			key, err := unwrapKey(unhex(t, v.kek), wrapped)
			if err != nil || !bytes.Equal(key, unhex(t, v.key)) {
				t.Fatalf("unwrapped to %X, %v", key, err)
			}
			wrapped[len(wrapped)-1] ^= 1
			if _, err := unwrapKey(unhex(t, v.kek), wrapped); err == nil {
				t.Fatal("a damaged key was unwrapped")
			}
		})
	}
}

// The vectors of RFC 6070 (SHA-1) and RFC 7914, section 11 (SHA-256).
func TestKeyDerivationVectors(t *testing.T) {
	for _, v := range []struct {
		hash           func() hash.Hash
		password, salt string
		rounds         int
		derived        string
	}{
		{sha1.New, "password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
		{sha1.New, "password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
		{sha1.New, "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"},
		{sha1.New, "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"},
		{sha256.New, "passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"},
		{sha256.New, "Password", "NaCl", 80000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"},
	} {
		got, err := pbkdf2.Key(v.hash, v.password, []byte(v.salt), v.rounds, len(v.derived)/2)
		if err != nil || hex.EncodeToString(got) != v.derived {
			t.Errorf("%s with %s and %d rounds: %x, %v", v.password, v.salt, v.rounds, got, err)
		}
	}
}

// The published vector of hashcat mode 14800 with few rounds, whose password is
// "hashcat": a wrapped class key, ITER, SALT, DPIC and DPSL of a backup of iOS
// 10.2 or later.
func TestKeybagDerivationOfPublishedBackup(t *testing.T) {
	for _, v := range []struct {
		name, wrapped, salt, doubleSalt string
		rounds                          Rounds
	}{
		{"14800 self-test", "17a3b858e79bc273be43a9f113b71efe7ec8e7e401396b350180b4592ef45db67ffef7b2d64329a5", "2721336781705041205314422175267631184867", "99fafc983e732998adb9fadc162a2e382143f115", Rounds{PBKDF2SHA256: 1000, PBKDF2SHA1: 10_000}},
	} {
		t.Run(v.name, func(t *testing.T) {
			kek, err := deriveKEK("hashcat", unhex(t, v.doubleSalt), unhex(t, v.salt), v.rounds)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := unwrapKey(kek, unhex(t, v.wrapped)); err != nil {
				t.Error("the right password does not open it")
			}
			kek[0] ^= 1
			if _, err := unwrapKey(kek, unhex(t, v.wrapped)); err == nil {
				t.Error("another key opens it")
			}
		})
	}
}
