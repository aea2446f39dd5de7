package keybag

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"strconv"
	"strings"
	"testing"

	"lifeboat/device/fault"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestUnwrapRFC3394 runs the vectors of RFC 3394, section 4, whose key
// encryption keys AES takes.
func TestUnwrapRFC3394(t *testing.T) {
	const kek128 = "000102030405060708090A0B0C0D0E0F"
	const kek192 = kek128 + "1011121314151617"
	const kek256 = kek192 + "18191A1B1C1D1E1F"
	const key128 = "00112233445566778899AABBCCDDEEFF"
	for _, v := range []struct{ name, kek, key, wrapped string }{
		{"4.1", kek128, key128, "1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5"},
		{"4.2", kek192, key128, "96778B25AE6CA435 F92B5B97C050AED2 468AB8A17AD84E5D"},
		{"4.3", kek256, key128, "64E8C3F9CE0F5BA2 63E9777905818A2A 93C8191E7D6E8AE7"},
		{"4.4", kek192, key128 + "0001020304050607", "031D33264E15D332 68F24EC260743EDC E1C6C7DDEE725A93 6BA814915C6762D2"},
		{"4.5", kek256, key128 + "0001020304050607", "A8F9BC1612C68B3F F6E6F4FBE30E71E4 769C8B80A32CB895 8CD5D17D6B254DA1"},
		{"4.6", kek256, key128 + "000102030405060708090A0B0C0D0E0F", "28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21"},
	} {
		block, err := aes.NewCipher(unhex(t, v.kek))
		if err != nil {
			t.Fatal(err)
		}
		wrapped := unhex(t, v.wrapped)
		got, err := unwrap(block, wrapped)
		if err != nil || !bytes.Equal(got, unhex(t, v.key)) {
			t.Errorf("section %s: %x, %v", v.name, got, err)
		}
		for i := range wrapped {
			wrapped[i] ^= 1
			if _, err := unwrap(block, wrapped); !errors.Is(err, errIntegrity) {
				t.Errorf("section %s: byte %d flipped: %v", v.name, i, err)
			}
			wrapped[i] ^= 1
		}
	}
}

// TestPBKDF2 runs the vectors of RFC 6070 (SHA-1) and of RFC 7914, section 11
// (SHA-256). RFC 6070's vector of 16,777,216 rounds is left out.
func TestPBKDF2(t *testing.T) {
	for _, v := range []struct {
		name           string
		h              func() hash.Hash
		password, salt string
		rounds         int
		want           string
	}{
		{"RFC 6070 1", sha1.New, "password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
		{"RFC 6070 2", sha1.New, "password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
		{"RFC 6070 3", sha1.New, "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"},
		{"RFC 6070 5", sha1.New, "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"},
		{"RFC 6070 6", sha1.New, "pass\x00word", "sa\x00lt", 4096, "56fa6aa75548099dcc37d7f03425e0c3"},
		{"RFC 7914 1", sha256.New, "passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
		{"RFC 7914 2", sha256.New, "Password", "NaCl", 80000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"},
	} {
		want := unhex(t, v.want)
		got, err := pbkdf2(context.Background(), v.h, []byte(v.password), []byte(v.salt), v.rounds, len(want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v", v.name, got, err)
		}
	}
}

// published are backup keybags that hashcat publishes for its modes 14700
// and 14800 (MIT licence): the self-test hash of each module and the example
// of the mode list. The password of all is "hashcat".
var published = []string{
	"$itunes_backup$*9*ebd7f9b33293b2511f0a4139d5b213feff51476968863cef60ec38d720497b6ff39a0bb63fa9f84e*10000*2202015774208421818002001652122401871832**",
	"$itunes_backup$*9*b8e3f3a970239b22ac199b622293fe4237b9d16e74bad2c3c3568cd1bd3c471615a6c4f867265642*10000*4542263740587424862267232255853830404566**",
	"$itunes_backup$*10*17a3b858e79bc273be43a9f113b71efe7ec8e7e401396b350180b4592ef45db67ffef7b2d64329a5*10000*2721336781705041205314422175267631184867*1000*99fafc983e732998adb9fadc162a2e382143f115",
	"$itunes_backup$*10*8b715f516ff8e64442c478c2d9abb046fc6979ab079007d3dbcef3ddd84217f4c3db01362d88fa68*10000*2353363784073608264337337723324886300850*10000000*425b4bb4e200b5fd4c66979c9caca31716052063",
}

// bagOf assembles the keybag that a hash line describes.
func bagOf(t testing.TB, line string) []byte {
	t.Helper()
	f := strings.Split(line, "*")
	number := func(s string) []byte {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		return u32(uint32(n))
	}
	bag := tags("VERS", u32(3), "TYPE", u32(1), "UUID", make([]byte, 16), "HMCK", make([]byte, 40), "WRAP", u32(0),
		"SALT", unhex(t, f[4]), "ITER", number(f[3]))
	if f[5] != "" {
		bag = append(bag, tags("DPWT", u32(1), "DPIC", number(f[5]), "DPSL", unhex(t, f[6]))...)
	}
	return append(bag, tags("UUID", make([]byte, 16), "CLAS", u32(11), "WRAP", u32(3), "KTYP", u32(0), "WPKY", unhex(t, f[2]))...)
}

func TestUnlockPublishedKeybags(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, line := range published {
		bag, err := Parse(bagOf(t, line))
		if err != nil {
			t.Fatal(err)
		}
		keys, err := bag.Unlock(context.Background(), NewPassword("hashcat"))
		if err != nil || len(keys.classes) != 1 {
			t.Errorf("%.24s…: %v", line, err)
		}
		if bag.slowRounds > 1e6 {
			continue // the wrong password would cost seconds and prove nothing new
		}
		if _, err := bag.Unlock(context.Background(), NewPassword("Hashcat")); fault.Of(err) != fault.PasswordWrong {
			t.Errorf("%.24s…: a wrong password: %v", line, err)
		}
	}
}
