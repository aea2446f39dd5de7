package transcript

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"howett.net/plist"
)

// buffer is a transcript in memory.
type buffer struct {
	bytes.Buffer
	closed bool
}

func (b *buffer) Close() error { b.closed = true; return nil }

// secretsOf are texts that nobody may find in a transcript.
var secretTexts = []string{
	"Zaphods iPhone", "+49 170 5550199", "zaphod@example.org", "/private/var/mobile/Zaphod/Tagebuch.sqlite", "correct-horse-zaphod",
	"Frau Zaphod's Ünïcode", "F17ZAPHODXYZ", "AppDomain-org.zaphod.dating", "00008120-0ZAPHOD0C0A002E",
}

// found names the form in which a secret is in text, "" for in none.
func found(text, secret string) string {
	forms := map[string]string{"plain": secret, "hex": hex.EncodeToString([]byte(secret))}
	var le, be []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		le = binary.LittleEndian.AppendUint16(le, unit)
		be = binary.BigEndian.AppendUint16(be, unit)
	}
	forms["UTF-16 LE"], forms["UTF-16 BE"] = string(le), string(be)
	// base64 has three forms, by where it begins; of each what lies within.
	for shift := range 3 {
		padded := append(make([]byte, shift), secret...)
		code := base64.StdEncoding.EncodeToString(padded)
		if len(code) > 12 {
			forms[fmt.Sprintf("base64 +%d", shift)] = code[4 : len(code)-8]
		}
	}
	lower := strings.ToLower(text)
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		if strings.Contains(text, forms[name]) || name != "base64" && strings.Contains(lower, strings.ToLower(forms[name])) {
			return name
		}
	}
	return ""
}

// frame is a plist frame.
func frame(t *testing.T, v any, format int) []byte {
	t.Helper()
	body, err := plist.Marshal(v, format)
	if err != nil {
		t.Fatal(err)
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

// talk lets a stream hear what a phone and a computer say.
func talk(r *Recorder, service string, phone, host []byte) {
	here, there := net.Pipe()
	conn := r.Open(service, true).Over(here)
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(io.Discard, there)
	}()
	for len(host) > 0 { // in pieces, as they come from a network
		n := min(len(host), 1+rand.IntN(4000))
		conn.Write(host[:n])
		host = host[n:]
	}
	go func() {
		there.Write(phone)
		there.Close()
	}()
	io.Copy(io.Discard, conn)
	conn.Close()
	<-done
}

// TestSecrets says every secret in every place of every message that there is
// a place for, and looks for it in the transcript.
func TestSecrets(t *testing.T) {
	keys := slices.Sorted(maps.Keys(vocabulary))
	for i, s := range secretTexts {
		if testing.Short() && i%6 != 0 {
			continue // make test runs all without the race detector
		}
		out := &buffer{}
		r := New(out, About{Program: "test", Command: "test"}, nil)
		everything := map[string]any{s: s, s + "/x": []any{s, map[string]any{s: []byte(s)}}}
		for _, key := range keys {
			everything[key] = s
		}
		inLists := map[string]any{}
		for _, key := range keys {
			inLists[key] = []any{s, []byte(s), map[string]any{key: s, "Value": s, "Key": key}}
		}
		for service, format := range map[string]int{
			Lockdown: plist.XMLFormat, "com.apple.springboardservices": plist.BinaryFormat, "com.apple.mobile.MCInstall": plist.XMLFormat,
			"com.apple.mobile.notification_proxy": plist.XMLFormat, "com.apple.mobile.installation_proxy": plist.XMLFormat,
		} {
			both := append(frame(t, everything, format), frame(t, inLists, format)...)
			for _, key := range keys {
				if service == Lockdown {
					both = append(both, frame(t, map[string]any{"Key": key, "Value": s, "Request": "GetValue"}, plist.BinaryFormat)...)
				}
			}
			talk(r, service, both, both)
		}
		link := func(list ...any) []byte { return frame(t, list, plist.BinaryFormat) }
		var phone []byte
		for _, key := range keys {
			if !strings.HasPrefix(key, "DL") || key == "DLMessageUploadFiles" || key == "DLMessageDownloadFiles" {
				continue
			}
			phone = append(phone, link(key, s, []any{s, "a/" + s}, everything, inLists, []byte(s))...)
		}
		phone = append(phone, link("DL"+s, s, 5)...)
		phone = append(phone, link("DLMessageUploadFiles", everything, s, s)...)
		unit := func(b []byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }
		for _, path := range []string{s, s + "/Snapshot/" + s, "a/Status.plist"} {
			status, err := plist.Marshal(map[string]any{"UUID": s, "SnapshotState": s, "Version": s, s: s}, plist.BinaryFormat)
			if err != nil {
				t.Fatal(err)
			}
			phone = append(phone, unit([]byte("/.ba/mobile/"+s))...)
			phone = append(phone, unit([]byte(path))...)
			phone = append(phone, unit(append([]byte{codeData}, status...))...)
			phone = append(phone, unit(append([]byte{6}, "Failed to open "+s+" (17) at \""+s+"\" ("+s+"/3)"...))...)
		}
		phone = append(phone, 0, 0, 0, 0)
		phone = append(phone, link("DLMessageProcessMessage", everything)...)
		talk(r, "com.apple.mobilebackup2", phone, link("DLMessageStatusResponse", -13, s, everything))
		packet := func(op uint64, data string) []byte {
			p := []byte(afcMagic)
			for _, n := range []uint64{uint64(afcHead + len(data)), afcHead, 1, op} {
				p = binary.LittleEndian.AppendUint64(p, n)
			}
			return append(p, data...)
		}
		var afcBytes []byte
		for op := range uint64(40) {
			afcBytes = append(afcBytes, packet(op, s)...)
			afcBytes = append(afcBytes, packet(op, "12345678"+s+"\x00")...)
		}
		talk(r, "com.apple.afc", afcBytes, afcBytes)
		talk(r, "com.apple.syslog_relay", []byte(s), []byte(s))
		talk(r, s, []byte(s), []byte(s))
		r.Usbmuxd(true, everything)
		r.Usbmuxd(false, inLists)
		r.Shape([]Count{{s, 1}})
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if form := found(out.String(), s); form != "" {
			at := strings.Index(out.String(), s)
			t.Errorf("%q stands in the transcript as %s: …%s", s, form, out.String()[max(at-80, 0):min(at+80, out.Len())])
		}
		if strings.Contains(out.String(), "Zaphod") || strings.Contains(out.String(), "zaphod") {
			t.Errorf("a part of %q stands in the transcript", s)
		}
		// The test would find nothing in a transcript that holds nothing.
		for _, must := range []string{"DLMessageUploadFiles", "file ", "afc 13", "secret", "error(", "text("} {
			if !strings.Contains(out.String(), must) {
				t.Errorf("no %q in the transcript", must)
			}
		}
	}
}
