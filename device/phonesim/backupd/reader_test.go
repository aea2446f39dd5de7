package backupd

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"howett.net/plist"
)

// A reader of backups for tests. It shares no code with the agent.

// storedBackup is a backup on disk that was opened.
type storedBackup struct {
	dir      string
	manifest map[string]any
	status   map[string]any
	keys     map[uint32][]byte
	rows     []storedRow
}

// storedRow is a row of Files with its MBFile.
type storedRow struct {
	id, domain, path string
	flags            int
	blob             []byte
	file             map[string]any
	objects          []any
}

// openBackup reads a backup; password "" is for one that is not encrypted.
func openBackup(t testing.TB, dir, password string) *storedBackup {
	t.Helper()
	b := &storedBackup{dir: dir, manifest: map[string]any{}, status: map[string]any{}}
	for name, into := range map[string]*map[string]any{"Manifest.plist": &b.manifest, "Status.plist": &b.status} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if format, err := plist.Unmarshal(data, into); err != nil || format != plist.BinaryFormat {
			t.Fatalf("%s: format %d, %v", name, format, err)
		}
	}
	database, err := os.ReadFile(filepath.Join(dir, "Manifest.db"))
	if err != nil {
		t.Fatal(err)
	}
	if password != "" {
		b.keys = openKeybag(t, b.manifest["BackupKeyBag"].([]byte), password)
		database = b.decrypt(t, b.manifest["ManifestKey"].([]byte), database)
	}
	b.rows = readRows(t, database)
	return b
}

// openKeybag derives the key of a keybag and unwraps its class keys.
func openKeybag(t testing.TB, bag []byte, password string) map[uint32][]byte {
	t.Helper()
	header := map[string][]byte{}
	var classes []map[string][]byte
	for len(bag) > 0 {
		size := binary.BigEndian.Uint32(bag[4:8])
		tag, value := string(bag[:4]), bag[8:8+size]
		bag = bag[8+size:]
		if tag == "UUID" && header["UUID"] != nil {
			classes = append(classes, map[string][]byte{})
		}
		if len(classes) == 0 {
			header[tag] = value
		} else {
			classes[len(classes)-1][tag] = value
		}
	}
	number := func(value []byte) int { return int(binary.BigEndian.Uint32(value)) }
	if number(header["TYPE"]) != 1 || len(header["SALT"]) != 20 || len(header["DPSL"]) != 20 || len(header["HMCK"]) != 40 {
		t.Fatalf("the keybag has the header %v", header)
	}
	first, err := pbkdf2.Key(sha256.New, password, header["DPSL"], number(header["DPIC"]), 32)
	if err != nil {
		t.Fatal(err)
	}
	kek, err := pbkdf2.Key(sha1.New, string(first), header["SALT"], number(header["ITER"]), 32)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[uint32][]byte{}
	for _, class := range classes {
		if len(class) != 5 || len(class["WPKY"]) != 40 {
			t.Fatalf("a class of the keybag is %v", class)
		}
		key, err := rfc3394(kek, class["WPKY"])
		if err != nil {
			t.Fatalf("class %d: %v", number(class["CLAS"]), err)
		}
		keys[uint32(number(class["CLAS"]))] = key
	}
	if len(keys) != 11 {
		t.Fatalf("the keybag has %d classes", len(keys))
	}
	return keys
}

// rfc3394 unwraps by the index-based description of RFC 3394, section 2.2.2.
func rfc3394(kek, c []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, err
	}
	n := len(c)/8 - 1
	r := make([][]byte, n+1)
	for i := range r {
		r[i] = bytes.Clone(c[8*i : 8*i+8])
	}
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			t := make([]byte, 8)
			binary.BigEndian.PutUint64(t, uint64(n*j+i))
			for k := range t {
				t[k] ^= r[0][k]
			}
			b := append(t, r[i]...)
			block.Decrypt(b, b)
			r[0], r[i] = b[:8], b[8:]
		}
	}
	if !bytes.Equal(r[0], bytes.Repeat([]byte{0xA6}, 8)) {
		return nil, fmt.Errorf("integrity check failed")
	}
	return bytes.Join(r[1:], nil), nil
}

// decrypt undoes AES-CBC and checks every byte of the padding.
func (b *storedBackup) decrypt(t testing.TB, wrapped, data []byte) []byte {
	t.Helper()
	if len(wrapped) != 44 {
		t.Fatalf("a wrapped key of %d bytes", len(wrapped))
	}
	key, err := rfc3394(b.keys[binary.LittleEndian.Uint32(wrapped)], wrapped[4:])
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) == 0 || len(data)%16 != 0 {
		t.Fatalf("%d encrypted bytes", len(data))
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(plain, data)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > 16 || !bytes.Equal(plain[len(plain)-padding:], bytes.Repeat([]byte{byte(padding)}, padding)) {
		t.Fatalf("the padding is wrong: % x", plain[len(plain)-16:])
	}
	return plain[:len(plain)-padding]
}

// readRows reads Manifest.db with the rows in the order they went in.
func readRows(t testing.TB, database []byte) []storedRow {
	t.Helper()
	name := filepath.Join(t.TempDir(), "Manifest.db")
	if database[18] != 2 || database[19] != 2 || binary.BigEndian.Uint32(database[36:]) == 0 {
		t.Errorf("the header lacks the write-ahead log, %d, %d, or free pages", database[18], database[19])
	}
	if err := os.WriteFile(name, database, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+name+"?immutable=1")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity: %q, %v", verdict, err)
	}
	found, err := db.Query("SELECT fileID, domain, relativePath, flags, file FROM Files ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var rows []storedRow
	for found.Next() {
		var r storedRow
		if err := found.Scan(&r.id, &r.domain, &r.path, &r.flags, &r.blob); err != nil {
			t.Fatal(err)
		}
		r.parse(t)
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// parse reads the archived MBFile.
func (r *storedRow) parse(t testing.TB) {
	t.Helper()
	var archive struct {
		Archiver string         `plist:"$archiver"`
		Version  int            `plist:"$version"`
		Top      map[string]any `plist:"$top"`
		Objects  []any          `plist:"$objects"`
	}
	if _, err := plist.Unmarshal(r.blob, &archive); err != nil {
		t.Fatalf("%s: %v", r.path, err)
	}
	if archive.Archiver != "NSKeyedArchiver" || archive.Version != 100000 || archive.Top["root"] != plist.UID(1) {
		t.Fatalf("%s: archive %+v", r.path, archive)
	}
	r.objects = archive.Objects
	r.file = archive.Objects[1].(map[string]any)
	class := r.at("$class").(map[string]any)
	if class["$classname"] != "MBFile" || r.at("RelativePath") != r.path {
		t.Fatalf("%s: MBFile %v", r.path, r.file)
	}
	sum := sha1.Sum([]byte(r.domain + "-" + r.path))
	if r.id != hex.EncodeToString(sum[:]) {
		t.Fatalf("%s of %s has the identifier %s", r.path, r.domain, r.id)
	}
}

// at follows a reference of the MBFile; nil where there is none.
func (r *storedRow) at(key string) any {
	reference, ok := r.file[key].(plist.UID)
	if !ok {
		return nil
	}
	return r.objects[reference]
}

// number is a whole number of the MBFile.
func (r *storedRow) number(key string) int64 {
	n, _ := r.file[key].(uint64)
	return int64(n)
}

// encryptionKey is the wrapped key of the file, nil without one.
func (r *storedRow) encryptionKey() []byte {
	object, ok := r.at("EncryptionKey").(map[string]any)
	if !ok {
		return nil
	}
	return object["NS.data"].([]byte)
}

// content reads and decrypts what is stored of a file.
func (b *storedBackup) content(t testing.TB, r *storedRow) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, r.id[:2], r.id))
	if err != nil {
		t.Fatal(err)
	}
	if sum, ok := r.at("Digest").([]byte); ok {
		if want := sha1.Sum(data); !bytes.Equal(sum, want[:]) {
			t.Errorf("%s: the digest is not that of what is stored", r.path)
		}
	}
	if wrapped := r.encryptionKey(); wrapped != nil && len(data) > 0 {
		data = b.decrypt(t, wrapped, data)
	}
	return data
}
