package format

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/afero"
	"howett.net/plist"
)

func TestFileID(t *testing.T) {
	// The id that every iPhone gives its Messages database.
	if id := FileID("HomeDomain", "Library/SMS/sms.db"); id != "3d0d7e5fb2ce288813306e4d4636395e047a3d28" || !ValidFileID(id) {
		t.Error(id)
	}
	for _, bad := range []string{"", "3d", "3D0D7E5FB2CE288813306E4D4636395E047A3D28", "../../../../../../../../../../etc/passwdxx", "3d0d7e5fb2ce288813306e4d4636395e047a3d2g"} {
		if ValidFileID(bad) {
			t.Errorf("%q passed", bad)
		}
	}
	if got := BlobPath("3d0d"); got != "3d/3d0d" {
		t.Error(got)
	}
}

func write(t *testing.T, fsys afero.Fs, name string, v any) {
	t.Helper()
	data, err := plist.Marshal(v, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	if err := afero.WriteFile(fsys, name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadStatusAndManifest(t *testing.T) {
	fsys := afero.NewMemMapFs()
	when := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	write(t, fsys, "/b/Status.plist", map[string]any{
		"Version": "3.3", "Date": when, "SnapshotState": "finished",
	})
	status, err := ReadStatus(fsys, "/b")
	if d := cmp.Diff(Status{"3.3", when, "finished"}, status); d != "" || err != nil || !status.Finished() {
		t.Error(err, d)
	}
	write(t, fsys, "/b/Manifest.plist", map[string]any{
		"IsEncrypted": true, "BackupKeyBag": []byte{1}, "ManifestKey": []byte{2}, "RequiredProductVersion": "17.4",
		"Lockdown": map[string]any{"DeviceName": "N", "ProductType": "P", "ProductVersion": "17.5"},
	})
	manifest, err := ReadManifest(fsys, "/b")
	want := Manifest{Encrypted: true, KeyBag: []byte{1}, ManifestKey: []byte{2}, DeviceName: "N", ProductType: "P", ProductVersion: "17.5", Required: "17.4"}
	if d := cmp.Diff(want, manifest); d != "" || err != nil {
		t.Error(err, d)
	}

	write(t, fsys, "/b/Status.plist", map[string]any{"SnapshotState": 7})
	if _, err := ReadStatus(fsys, "/b"); !errors.Is(err, ErrContent) {
		t.Error(err)
	}
	write(t, fsys, "/b/Manifest.plist", map[string]any{"IsEncrypted": true})
	if _, err := ReadManifest(fsys, "/b"); !errors.Is(err, ErrContent) {
		t.Error(err)
	}
	if _, err := ReadManifest(fsys, "/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestInfoKeys compares with the keys and types that idevicebackup2 writes
// (device/PROTOCOL.md#infoplist).
func TestInfoKeys(t *testing.T) {
	fsys := afero.NewMemMapFs()
	if err := fsys.MkdirAll("/b", 0o700); err != nil {
		t.Fatal(err)
	}
	info := Info{
		UDID: "00008110-abc", Date: time.Date(2026, 11, 23, 12, 0, 0, 5, time.FixedZone("x", 3600)),
		Root: map[string]any{
			"BuildVersion": "21F90", "DeviceName": "Zoë’s iPhone", "ProductType": "iPhone15,2", "ProductVersion": "17.5.1",
			"SerialNumber": "S", "IntegratedCircuitCardIdentity": "89", "InternationalMobileEquipmentIdentity": "35",
			"MobileEquipmentIdentifier": "36", "PhoneNumber": "+1",
		},
		ITunesSettings: map[string]any{"a": "b"}, MinITunesVersion: "12.13",
		Apps: []InfoApp{
			{BundleID: "full", SINF: []byte{1}, Metadata: []byte{2}, Icon: []byte{3}},
			{BundleID: "no icon", SINF: []byte{1}, Metadata: []byte{2}},
			{BundleID: "no licence", Metadata: []byte{2}},
		},
		Books: []byte("books"), Files: map[string][]byte{"iTunesPrefs": {9}},
	}
	want := map[string]any{
		"Applications": map[string]any{
			"full":    map[string]any{"ApplicationSINF": []byte{1}, "iTunesMetadata": []byte{2}, "PlaceholderIcon": []byte{3}},
			"no icon": map[string]any{"ApplicationSINF": []byte{1}, "iTunesMetadata": []byte{2}},
		},
		"Build Version": "21F90", "Device Name": "Zoë’s iPhone", "Display Name": "Zoë’s iPhone", "ICCID": "89", "IMEI": "35",
		"MEID": "36", "Phone Number": "+1", "Installed Applications": []any{"full", "no icon", "no licence"},
		"Last Backup Date": time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC), "Product Type": "iPhone15,2",
		"Product Version": "17.5.1", "Serial Number": "S", "Target Identifier": "00008110-abc", "Target Type": "Device",
		"Unique Identifier": "00008110-ABC", "iBooks Data 2": []byte("books"),
		"iTunes Files": map[string]any{"iTunesPrefs": []byte{9}}, "iTunes Settings": map[string]any{"a": "b"}, "iTunes Version": "12.13",
	}
	guids := map[any]bool{}
	for range 2 {
		if err := WriteInfo(fsys, "/b", info); err != nil {
			t.Fatal(err)
		}
		got, err := ReadInfo(fsys, "/b")
		if err != nil {
			t.Fatal(err)
		}
		guid, _ := got["GUID"].(string)
		if guids[guid] || len(guid) != 32 {
			t.Errorf("GUID %q", guid)
		}
		guids[guid] = true
		delete(got, "GUID")
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	}
	data, err := afero.ReadFile(fsys, "/b/Info.plist")
	if err != nil || !bytes.HasPrefix(data, []byte("<?xml")) {
		t.Errorf("not XML: %.20q, %v", data, err)
	}

	bare := Info{UDID: "u"}.Dict()
	for _, key := range []string{"ICCID", "IMEI", "MEID", "Phone Number", "iBooks Data 2"} {
		if _, ok := bare[key]; ok {
			t.Errorf("%s without a source", key)
		}
	}
	if bare["iTunes Version"] != "10.0.1" || bare["Device Name"] == nil {
		t.Errorf("%v", bare)
	}
}

// archived makes an MBFile as NSKeyedArchiver writes it.
func archived(root map[string]any, objects ...any) []byte {
	data, err := plist.Marshal(map[string]any{
		"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": map[string]any{"root": plist.UID(1)},
		"$objects": append([]any{"$null", root}, objects...),
	}, plist.BinaryFormat)
	if err != nil {
		panic(err)
	}
	return data
}

func TestParseFile(t *testing.T) {
	key := bytes.Repeat([]byte{3}, 44)
	with := func(more map[string]any) map[string]any {
		root := map[string]any{"Size": 1 << 33, "Mode": 0o100644, "ProtectionClass": 3, "RelativePath": plist.UID(2)}
		for k, v := range more {
			root[k] = v
		}
		return root
	}
	plain := File{Size: 1 << 33, HasSize: true, Mode: 0o100644}
	keyed := plain
	keyed.EncryptionKey = key
	linked := plain
	linked.Target = "/there"
	for name, c := range map[string]struct {
		blob []byte
		want File
	}{
		"plain":         {archived(with(nil), "path"), plain},
		"key in NSData": {archived(with(map[string]any{"EncryptionKey": plist.UID(3)}), "path", map[string]any{"NS.data": key, "$class": plist.UID(0)}), keyed},
		"key by number": {archived(with(map[string]any{"EncryptionKey": plist.UID(3)}), "path", map[string]any{"NS.data": plist.UID(4)}, key), keyed},
		"key as data":   {archived(with(map[string]any{"EncryptionKey": plist.UID(3)}), "path", key), keyed},
		"key inline":    {archived(with(map[string]any{"EncryptionKey": key}), "path"), keyed},
		"key is null":   {archived(with(map[string]any{"EncryptionKey": plist.UID(0)}), "path"), plain},
		"link":          {archived(with(map[string]any{"Target": plist.UID(3)}), "path", "/there"), linked},
		// Real phones have such (iPhone 7, iOS 13.2.3): the length is not known.
		"no size":        {archived(map[string]any{"Mode": 1}), File{Mode: 1}},
		"negative size":  {archived(map[string]any{"Size": -1}), File{}},
		"size is a text": {archived(map[string]any{"Size": "1"}), File{}},
		// As in iOS 14.3: an owner of -2, attributes of a file system.
		"owner, attributes": {archived(with(map[string]any{"UserID": -2, "GroupID": -2, "Flags": 128, "ExtendedAttributes": plist.UID(3)}), "path", []byte("bplist00")), plain},
	} {
		got, err := ParseFile(c.blob)
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
	for name, blob := range map[string][]byte{
		"nothing":           nil,
		"root out of range": bytes.Replace(archived(with(nil), "path"), []byte{0x80, 1}, []byte{0x80, 99}, 1),
		"key out of range":  archived(with(map[string]any{"EncryptionKey": plist.UID(77)})),
		"key is a number":   archived(with(map[string]any{"EncryptionKey": 5})),
		"no dictionary":     []byte("<plist><array/></plist>"),
	} {
		if got, err := ParseFile(blob); !errors.Is(err, ErrContent) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	for _, format := range []int{plist.BinaryFormat, plist.XMLFormat} {
		data, err := plist.Marshal(map[string]any{"IsEncrypted": false, "Lockdown": map[string]any{"DeviceName": "x"}}, format)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := afero.NewMemMapFs()
		for _, name := range []string{ManifestName, StatusName, InfoName} {
			if err := afero.WriteFile(fsys, name, data, os.ModePerm); err != nil {
				t.Fatal(err)
			}
		}
		ReadManifest(fsys, "")
		ReadStatus(fsys, "")
		ReadInfo(fsys, "")
	})
}
