package verify

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
)

// TestEnds: the end of a content decides, wherever the pieces end in which it
// is read.
func TestEnds(t *testing.T) {
	key, err := aes.NewCipher(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	disk := afero.NewMemMapFs()
	b := &Backup{subject: Subject{Fs: disk, Dir: "/backup"}, workers: 1}
	r := reader{proof: newProof(b, Level{Depth: Full}, nil), digest: catalog.NewHash(), buffer: make([]byte, chunkLen)}
	read := func(stored []byte) (int64, Kind, error) {
		if err := afero.WriteFile(disk, r.pathOf(catalog.ID{}), stored, 0o600); err != nil {
			t.Fatal(err)
		}
		return r.content(context.Background(), job{size: int64(len(stored))}, key)
	}
	for _, size := range []int{1, 15, 16, 17, chunkLen - 17, chunkLen - 16, chunkLen - 1, chunkLen, chunkLen + 15, chunkLen + 16, 2*chunkLen - 1, 2 * chunkLen} {
		pad := aes.BlockSize - size%aes.BlockSize
		stored := append(bytes.Repeat([]byte{0xAB}, size), bytes.Repeat([]byte{byte(pad)}, pad)...)
		cipher.NewCBCEncrypter(key, make([]byte, aes.BlockSize)).CryptBlocks(stored, stored)
		if n, kind, err := read(stored); n != int64(len(stored)) || kind != "" || err != nil {
			t.Errorf("%d bytes: %d read, %q, %v", size, n, kind, err)
		}
		if len(stored) < 2*aes.BlockSize {
			continue
		}
		stored[len(stored)-aes.BlockSize-1] ^= 0x40 // the last plain byte
		if n, kind, err := read(stored); n != int64(len(stored)) || kind != BadPadding || err == nil {
			t.Errorf("%d bytes, spoiled: %d read, %q, %v", size, n, kind, err)
		}
	}
}
