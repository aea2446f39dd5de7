package keybag

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/sha1"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/phonesim/wait"
)

func u32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// tags joins names and values to a keybag.
func tags(list ...any) (out []byte) {
	for i := 0; i < len(list); i += 2 {
		value := list[i+1].([]byte)
		out = append(out, list[i].(string)...)
		out = append(append(out, u32(uint32(len(value)))...), value...)
	}
	return out
}

func TestPasswordNeverPrints(t *testing.T) {
	const secret = "correct horse"
	p := NewPassword(secret)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "p", p, "pp", &p, "in", struct{ P Password }{p})
	out, err := json.Marshal(map[string]any{"p": p, "pp": &p})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(p, &p) + fmt.Sprintf("%v %+v %#v %s %q %x %d %v", p, p, p, p, p, p, p, struct{ P Password }{p}) +
		fmt.Errorf("no: %v", p).Error() + log.String() + string(out)
	if strings.Contains(all, "correct") || strings.Contains(all, fmt.Sprintf("%x", secret)) || strings.Contains(all, fmt.Sprint([]byte(secret))) {
		t.Errorf("it shows: %s", all)
	}
	if strings.Count(all, hidden) < 12 {
		t.Errorf("not hidden everywhere: %s", all)
	}
	q := p
	if !q.Equal(NewPassword(secret)) || p.Reveal() != secret || p.Empty() || !(Password{}).Empty() {
		t.Error("the password is not kept")
	}
	if q.Wipe(); strings.Contains(p.Reveal(), "c") {
		t.Error("a copy outlived Wipe")
	}
}

func TestParseRefuses(t *testing.T) {
	head := func(more ...any) []byte {
		return tags(append([]any{"TYPE", u32(1), "UUID", make([]byte, 16), "SALT", make([]byte, 20), "ITER", u32(10)}, more...)...)
	}
	class := []any{"UUID", make([]byte, 16), "CLAS", u32(1), "WRAP", u32(2), "WPKY", make([]byte, 40)}
	many := head()
	for range maxClasses + 1 {
		many = append(many, tags(class...)...)
	}
	for name, in := range map[string][]byte{
		"nothing":            nil,
		"half a tag":         []byte("TYPE\x00"),
		"length over end":    []byte("TYPE\xff\xff\xff\xff1234"),
		"too long":           make([]byte, maxBag+1),
		"system keybag":      append(tags("TYPE", u32(0)), head(class...)[12:]...),
		"no salt":            tags(append([]any{"TYPE", u32(1), "UUID", make([]byte, 16), "ITER", u32(1)}, class...)...),
		"no class":           head(),
		"device class only":  head("UUID", []byte{}, "CLAS", u32(1), "WRAP", u32(1), "WPKY", make([]byte, 40)),
		"rounds without end": head(append([]any{"DPIC", u32(1<<32 - 1), "DPSL", make([]byte, 20)}, class...)...),
		"DPIC without DPSL":  head(append([]any{"DPIC", u32(7)}, class...)...),
		"short number":       head(append([]any{"DPIC", []byte{1}}, class...)...),
		"short key":          head("UUID", []byte{}, "CLAS", u32(1), "WRAP", u32(2), "WPKY", make([]byte, 39)),
		"too many classes":   many,
	} {
		if _, err := Parse(in); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse(head(class...)); err != nil {
		t.Errorf("the smallest whole keybag: %v", err)
	}
}

// TestOrderOfClasses opens a keybag of the one published form that differs
// from the others: no second derivation, a header of zeros, the classes in
// ascending order, and 5 to 11 wrapped for the device too.
func TestOrderOfClasses(t *testing.T) {
	salt := bytes.Repeat([]byte{5}, 20)
	kek, err := pbkdf2(context.Background(), sha1.New, []byte("pw"), salt, 10_000, keyLen)
	if err != nil {
		t.Fatal(err)
	}
	tlv := tags("VERS", u32(5), "TYPE", u32(1), "UUID", make([]byte, 16), "HMCK", make([]byte, 40), "WRAP", u32(0), "SALT", salt, "ITER", u32(10_000))
	for id := uint32(1); id <= 11; id++ {
		wrap := uint32(3)
		if id <= 4 {
			wrap = 2
		}
		key := bytes.Repeat([]byte{byte(id)}, keyLen)
		tlv = append(tlv, tags("UUID", make([]byte, 16), "CLAS", u32(id), "WRAP", u32(wrap), "KTYP", u32(0), "WPKY", wrapped(t, kek, key))...)
	}
	bag, err := Parse(tlv)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bag.Unlock(context.Background(), NewPassword("pw"))
	if err != nil {
		t.Fatal(err)
	}
	fileKey := bytes.Repeat([]byte{7}, keyLen)
	for id := byte(1); id <= 11; id++ {
		prefixed := append([]byte{id, 0, 0, 0}, wrapped(t, bytes.Repeat([]byte{id}, keyLen), fileKey)...)
		if got, err := keys.UnwrapPrefixed(prefixed); err != nil || !bytes.Equal(got, fileKey) {
			t.Errorf("class %d: %x, %v", id, got, err)
		}
	}
}

// wrapped is a key wrapped by RFC 3394, section 2.2.1.
func wrapped(t *testing.T, kek, key []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(kek)
	if err != nil {
		t.Fatal(err)
	}
	n := uint64(len(key) / 8)
	out := append(bytes.Repeat([]byte{0xa6}, 8), key...)
	for j := range uint64(6) {
		for i := uint64(1); i <= n; i++ {
			b := append(bytes.Clone(out[:8]), out[8*i:8*i+8]...)
			block.Encrypt(b, b)
			binary.BigEndian.PutUint64(out, binary.BigEndian.Uint64(b)^(n*j+i))
			copy(out[8*i:], b[8:])
		}
	}
	return out
}

func TestUnlockEndsWithContext(t *testing.T) {
	bag, err := Parse(bagOf(t, published[3]))
	if err != nil {
		t.Fatal(err)
	}
	bag.slowRounds = maxRounds
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := bag.Unlock(ctx, NewPassword("hashcat")); fault.Of(err) != fault.Cancelled {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > wait.Promised(time.Second) {
		t.Errorf("took %v to end", took)
	}
	if _, err := bag.Unlock(ctx, Password{}); fault.Of(err) != fault.PasswordNeeded {
		t.Errorf("empty password: %v", err)
	}
}

func TestUnwrapPrefixed(t *testing.T) {
	bag, err := Parse(bagOf(t, published[0]))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bag.Unlock(context.Background(), NewPassword("hashcat"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.UnwrapPrefixed(make([]byte, 43)); !errors.Is(err, ErrKeyLength) {
		t.Errorf("short: %v", err)
	}
	if _, err := keys.UnwrapPrefixed(append([]byte{11, 0, 0, 0}, make([]byte, 40)...)); !errors.Is(err, errIntegrity) {
		t.Errorf("zeros: %v", err)
	}
	if _, err := keys.UnwrapPrefixed(make([]byte, 44)); err == nil {
		t.Error("class 0 has no key")
	}
}

func FuzzParse(f *testing.F) {
	for _, line := range published {
		f.Add(bagOf(f, line))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		bag, err := Parse(in)
		if (bag == nil) == (err == nil) {
			t.Fatalf("%v with error %v", bag, err)
		}
		if err == nil && (bag.rounds > maxRounds || len(bag.classes) == 0) {
			t.Fatalf("unbounded: %+v", bag)
		}
	})
}

func BenchmarkUnlockRealRounds(b *testing.B) {
	bag, err := Parse(bagOf(b, published[3]))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := bag.Unlock(context.Background(), NewPassword("hashcat")); err != nil {
			b.Fatal(err)
		}
	}
}
