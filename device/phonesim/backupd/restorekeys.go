package backupd

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
)

// maxRounds bounds what a keybag of a host may cost: ten times what iPhones take.
const maxRounds = 100_000_000

// errBag is a keybag that is none.
var errBag = errors.New("the keybag cannot be read")

// unlockKeybag opens the class keys of a backup's keybag. Unlike the phone's
// own it comes from a host.
func unlockKeybag(ctx context.Context, tlv []byte, password string) (map[uint32][]byte, error) {
	header, classes, err := parseKeybag(tlv)
	if err != nil {
		return nil, corrupt("Manifest.plist", err.Error())
	}
	if password == "" {
		return nil, &refusal{code: mbPassword, text: "No password was given"}
	}
	kek, err := keyOfBag(ctx, header, password)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, corrupt("Manifest.plist", err.Error())
	}
	keys := map[uint32][]byte{}
	for _, class := range classes {
		wrap, number := class["WRAP"], class["CLAS"]
		if len(wrap) != 4 || len(number) != 4 || wrap[3]&2 == 0 {
			continue
		}
		key, err := unwrapKey(kek, class["WPKY"])
		if err != nil {
			return nil, &refusal{code: mbPassword, text: "Invalid password"}
		}
		keys[binary.BigEndian.Uint32(number)] = key
	}
	return keys, nil
}

// parseKeybag takes a keybag apart: entries of four letters, a big-endian
// length and a value. Each class begins with a UUID of its own.
func parseKeybag(tlv []byte) (header map[string][]byte, classes []map[string][]byte, err error) {
	header = map[string][]byte{}
	into := header
	for len(tlv) > 0 {
		if len(tlv) < 8 {
			return nil, nil, errBag
		}
		tag, size := string(tlv[:4]), int64(binary.BigEndian.Uint32(tlv[4:8]))
		if tlv = tlv[8:]; size > int64(len(tlv)) {
			return nil, nil, errBag
		}
		if tag == "UUID" && header["UUID"] != nil {
			into = map[string][]byte{}
			classes = append(classes, into)
		}
		into[tag], tlv = tlv[:size], tlv[size:]
	}
	if len(classes) == 0 {
		return nil, nil, errBag
	}
	return header, classes, nil
}

// keyOfBag makes the key that wraps the class keys. Backups of before iOS 10.2
// know only the second derivation.
func keyOfBag(ctx context.Context, header map[string][]byte, password string) ([]byte, error) {
	rounds := func(tag string) (int, error) {
		if len(header[tag]) != 4 {
			return 0, errBag
		}
		n := binary.BigEndian.Uint32(header[tag])
		if n == 0 || n > maxRounds {
			return 0, errBag
		}
		return int(n), nil
	}
	second, err := rounds("ITER")
	if err != nil {
		return nil, err
	}
	if header["DPIC"] == nil {
		return derive(ctx, sha1.New, []byte(password), header["SALT"], second)
	}
	first, err := rounds("DPIC")
	if err != nil {
		return nil, err
	}
	key, err := derive(ctx, sha256.New, []byte(password), header["DPSL"], first)
	if err != nil {
		return nil, err
	}
	return derive(ctx, sha1.New, key, header["SALT"], second)
}

// derive is PBKDF2 for a key of keySize bytes that ends early with ctx: what a
// host demands may take seconds.
func derive(ctx context.Context, algorithm func() hash.Hash, secret, salt []byte, rounds int) ([]byte, error) {
	mac := hmac.New(algorithm, secret)
	var key []byte
	for number := uint32(1); len(key) < keySize; number++ {
		mac.Reset()
		_, _ = mac.Write(salt)
		_, _ = mac.Write(binary.BigEndian.AppendUint32(nil, number))
		turn := mac.Sum(nil)
		sum := bytes.Clone(turn)
		for n := 1; n < rounds; n++ {
			if n%8192 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			mac.Reset()
			_, _ = mac.Write(turn)
			turn = mac.Sum(turn[:0])
			subtle.XORBytes(sum, sum, turn)
		}
		key = append(key, sum...)
	}
	return key[:keySize], nil
}

// opener undoes what a sealer did to a file, and sums up what it was sent and
// what comes out of it.
type opener struct {
	mode    cipher.BlockMode // nil: content as it stands
	noKey   bool             // encrypted backups keep only empty files without a key
	held    []byte           // the last block, which holds the padding, and what is no block yet
	plain   hash.Hash        // SHA-256 of the file
	size    int64            // of the file, in bytes
	stored  hash.Hash        // SHA-1 of what is stored
	bytes   int64            // of what is stored
	useless bool             // what comes is not looked at
}

// newOpener makes one for a file whose key is the given one, wrapped for a
// class. Without class keys the backup is not encrypted.
func newOpener(keys map[uint32][]byte, wrapped []byte) (*opener, error) {
	o := &opener{plain: sha256.New(), stored: sha1.New(), noKey: keys != nil && wrapped == nil}
	if keys == nil || wrapped == nil {
		return o, nil
	}
	key, err := fileKeyOf(keys, wrapped)
	if err != nil {
		return nil, err
	}
	return o, o.unlock(key)
}

// fileKeyOf unwraps a key that has its class before it, as files and Manifest.db
// have.
func fileKeyOf(keys map[uint32][]byte, wrapped []byte) ([]byte, error) {
	if len(wrapped) != 4+wrappedSize {
		return nil, fmt.Errorf("a wrapped key of %d bytes", len(wrapped))
	}
	class := binary.LittleEndian.Uint32(wrapped)
	if keys[class] == nil {
		return nil, fmt.Errorf("no key of class %d", class)
	}
	return unwrapKey(keys[class], wrapped[4:])
}

// unlock has the opener decrypt what comes.
func (o *opener) unlock(key []byte) error {
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	var zero [aes.BlockSize]byte
	o.mode = cipher.NewCBCDecrypter(block, zero[:])
	return nil
}

// Write implements io.Writer.
func (o *opener) Write(p []byte) (int, error) {
	o.bytes += int64(len(p))
	_, _ = o.stored.Write(p) // a hash takes everything
	if o.mode == nil {
		o.emit(p)
		return len(p), nil
	}
	o.held = append(o.held, p...)
	if ready := (len(o.held) - 1) / aes.BlockSize * aes.BlockSize; ready > 0 {
		o.mode.CryptBlocks(o.held[:ready], o.held[:ready])
		o.emit(o.held[:ready])
		o.held = append(o.held[:0], o.held[ready:]...)
	}
	return len(p), nil
}

func (o *opener) emit(p []byte) {
	o.size += int64(len(p))
	_, _ = o.plain.Write(p)
}

// close takes the end of the file. An error says why the file cannot be right.
func (o *opener) close() error {
	switch {
	case o.bytes == 0:
		return nil
	case o.noKey:
		return errors.New("content without a key")
	case o.mode == nil:
		return nil
	case len(o.held) != aes.BlockSize:
		return fmt.Errorf("%d bytes are no number of blocks", o.bytes)
	}
	o.mode.CryptBlocks(o.held, o.held)
	n := int(o.held[len(o.held)-1])
	right := n >= 1 && n <= aes.BlockSize
	for i := len(o.held) - n; right && i < len(o.held); i++ {
		right = int(o.held[i]) == n
	}
	if !right {
		return errors.New("the padding is wrong")
	}
	o.emit(o.held[:len(o.held)-n])
	return nil
}
