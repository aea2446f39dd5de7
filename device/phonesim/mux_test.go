package phonesim_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"lifeboat/device/phonesim"
)

func TestListDevices(t *testing.T) {
	l := newLab(t, nil)
	m := l.mux()
	for range 2 { // several commands on one socket
		list := m.ask(dict{"MessageType": "ListDevices"})["DeviceList"].([]any)
		if len(list) != 1 {
			t.Fatalf("%d phones, want 1", len(list))
		}
		entry := list[0].(dict)
		properties := entry["Properties"].(dict)
		want := dict{
			"ConnectionType": "USB", "SerialNumber": l.phone.UDID(),
			"ConnectionSpeed": uint64(480_000_000), "ProductID": uint64(0x12a8), "DeviceID": uint64(l.id),
		}
		for key, value := range want {
			if properties[key] != value {
				t.Errorf("%s is %v, want %v", key, properties[key], value)
			}
		}
		if entry["DeviceID"] != uint64(l.id) || entry["MessageType"] != "Attached" {
			t.Errorf("entry is %v", entry)
		}
	}
	if l.server.Seen() != 1 {
		t.Errorf("server has seen %d connections, want 1", l.server.Seen())
	}
}

func TestListenTellsOfPhones(t *testing.T) {
	l := newLab(t, nil)
	listener := l.mux()
	if n := listener.ask(dict{"MessageType": "Listen", "ProgName": "test"})["Number"]; n != uint64(0) {
		t.Fatalf("Listen: result %v", n)
	}
	expect := func(kind string, id int) {
		t.Helper()
		event := listener.receive(0)
		if event["MessageType"] != kind || event["DeviceID"] != uint64(id) {
			t.Fatalf("event %v of %v, want %s of %d", event["MessageType"], event["DeviceID"], kind, id)
		}
	}
	expect("Attached", l.id)
	second, err := phonesim.NewPhone(phonesim.DefaultConfig().Numbered(1))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	other := l.server.Attach(second)
	expect("Attached", other)
	l.server.Detach(l.phone)
	expect("Detached", l.id)
	again := l.server.Attach(l.phone)
	if again == l.id || again == other {
		t.Errorf("the phone came back as %d, which is not new", again)
	}
	expect("Attached", again)
	listeners := l.mux().ask(dict{"MessageType": "ListListeners"})["ListenerList"].([]any)
	if len(listeners) != 1 || listeners[0].(dict)["ProgName"] != "test" {
		t.Errorf("listeners: %v", listeners)
	}
	save := l.mux().ask(dict{
		"MessageType": "SavePairRecord", "PairRecordID": l.phone.UDID(),
		"PairRecordData": []byte("record"), "DeviceID": again,
	})
	if save["Number"] != uint64(0) {
		t.Fatalf("save: %v", save)
	}
	expect("Paired", again)

	// A command in Listen state is answered with 1, and ends it.
	listener.send(dict{"MessageType": "ListDevices"})
	if answer := listener.receive(listener.tag); answer["Number"] != uint64(1) {
		t.Errorf("command while listening: %v", answer)
	}
	ended(t, listener)
}

func TestBothConnectionsOfOnePhone(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) { c.Connection = "Both" })
	list := l.mux().ask(dict{"MessageType": "ListDevices"})["DeviceList"].([]any)
	if len(list) != 2 {
		t.Fatalf("%d entries, want 2", len(list))
	}
	network, usb := list[0].(dict)["Properties"].(dict), list[1].(dict)["Properties"].(dict)
	if network["ConnectionType"] != "Network" || usb["ConnectionType"] != "USB" || network["SerialNumber"] != usb["SerialNumber"] {
		t.Errorf("entries %v and %v", network, usb)
	}
	if _, ok := network["NetworkAddress"].([]byte); !ok {
		t.Error("no NetworkAddress")
	}
	if usb["DeviceID"] != uint64(l.id) {
		t.Error("Attach did not return the DeviceID of the cable")
	}
}

func TestPairRecords(t *testing.T) {
	dir := t.TempDir()
	server, err := phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(dir))
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, server: server}
	const dashed, dashless = "00008120-001C25D40C0A002E", "00008120001C25D40C0A002E"
	m := l.mux()
	number := func(kind, id string, data []byte) any {
		t.Helper()
		request := dict{"MessageType": kind, "PairRecordID": id}
		if data != nil {
			request["PairRecordData"] = data
		}
		return m.ask(request)["Number"]
	}
	for _, step := range []struct {
		name, kind, id string
		data           []byte
		want           uint64
	}{
		{"read what is not there", "ReadPairRecord", dashed, nil, 2},
		{"delete what is not there", "DeletePairRecord", dashed, nil, 2},
		{"save nothing", "SavePairRecord", dashed, nil, 22},
		{"save without a name", "SavePairRecord", "", []byte("x"), 22},
		{"save outside the folder", "SavePairRecord", "../../evil", []byte("x"), 22},
		{"save over the configuration", "SavePairRecord", "SystemConfiguration", []byte("x"), 22},
		{"save", "SavePairRecord", dashless, []byte("record"), 0},
	} {
		if got := number(step.kind, step.id, step.data); got != step.want {
			t.Errorf("%s: result %v, want %d", step.name, got, step.want)
		}
	}
	for _, id := range []string{dashed, dashless} {
		if got := m.ask(dict{"MessageType": "ReadPairRecord", "PairRecordID": id})["PairRecordData"]; !bytes.Equal(got.([]byte), []byte("record")) {
			t.Errorf("record of %s is %q", id, got)
		}
	}
	buid := m.ask(dict{"MessageType": "ReadBUID"})["BUID"].(string)
	if len(buid) != 36 {
		t.Errorf("BUID %q", buid)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}

	// All of it outlives the daemon.
	if server, err = phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(dir)); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	l.server = server
	m = l.mux()
	if again := m.ask(dict{"MessageType": "ReadBUID"})["BUID"]; again != buid {
		t.Errorf("BUID was %s and is %s", buid, again)
	}
	if got := number("DeletePairRecord", dashed, nil); got != uint64(0) {
		t.Errorf("delete: %v", got)
	}
	if got := number("ReadPairRecord", dashed, nil); got != uint64(2) {
		t.Errorf("read after delete: %v", got)
	}
}

func TestConnectRefusals(t *testing.T) {
	l := newLab(t, nil)
	m := l.mux()
	for _, c := range []struct {
		name string
		id   any
		port any
		want uint64
	}{
		{"no such phone", 99, 32498, 2},
		{"nobody listens", l.id, 1, 3},
		{"no port", l.id, nil, 1},
		{"port out of range", l.id, 1 << 20, 1},
		{"id of another type", "1", 32498, 1},
	} {
		request := dict{"MessageType": "Connect", "DeviceID": c.id}
		if c.port != nil {
			request["PortNumber"] = c.port
		}
		if got := m.ask(request)["Number"]; got != c.want {
			t.Errorf("%s: result %v, want %d", c.name, got, c.want)
		}
	}
	if got := m.ask(dict{"MessageType": "Dance"})["Number"]; got != uint64(1) {
		t.Errorf("unknown command: %v", got)
	}
	// The socket stayed in command state through all of that.
	if n := m.connect(l.id, 62078); n != 0 {
		t.Fatalf("connect: %d", n)
	}
	f := &frames{t, m.Conn}
	if answer := f.ask(dict{"Request": "QueryType"}); answer["Type"] != "com.apple.mobile.lockdown" {
		t.Errorf("QueryType: %v", answer)
	}
}

func TestBadFramesEndTheSocket(t *testing.T) {
	l := newLab(t, nil)
	frame := func(words ...uint32) []byte {
		var b []byte
		for _, w := range words {
			b = binary.LittleEndian.AppendUint32(b, w)
		}
		return b
	}
	for name, bad := range map[string][]byte{
		"too long":       frame(0xffffffff, 1, 8, 1),
		"above 64 KiB":   frame(64<<10+1, 1, 8, 1),
		"shorter header": frame(15, 1, 8, 1),
		"not a plist":    append(frame(20, 1, 8, 1), "oops"...),
		"not a dict":     append(frame(16+uint32(len(arrayPlist)), 1, 8, 1), arrayPlist...),
	} {
		m := l.mux()
		m.Write(bad)
		if _, err := m.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%s: %v, want the end of the socket", name, err)
		}
	}
	// The binary protocol of old is refused by number, and may be followed.
	m := l.mux()
	m.Write(frame(16, 0, 3, 7))
	if n := m.receive(7)["Number"]; n != uint64(6) {
		t.Errorf("version 0: result %v, want 6", n)
	}
	if m.ask(dict{"MessageType": "ListDevices"})["DeviceList"] == nil {
		t.Error("no list after a refused version")
	}
}

const arrayPlist = `<?xml version="1.0"?><plist version="1.0"><array/></plist>`

func TestDetachCutsEverything(t *testing.T) {
	l := newLab(t, nil)
	r := l.pair("HOST")
	plain := l.lockdown()
	session, _ := l.session(r)
	service := l.service(r, "com.apple.mobile.notification_proxy")
	bystander := l.mux()
	l.server.Detach(l.phone)
	for _, conn := range []net.Conn{plain, session, service} {
		ended(t, conn)
	}
	if n := bystander.connect(l.id, 62078); n != 2 {
		t.Errorf("connect to a phone that left: result %d, want 2", n)
	}
	if list := bystander.ask(dict{"MessageType": "ListDevices"})["DeviceList"].([]any); len(list) != 0 {
		t.Errorf("list after it left: %v", list)
	}
	l.id = l.server.Attach(l.phone)
	l.session(r) // the pairing holds
}

func TestUnixSocket(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("usbmuxd of Windows listens on a port, and Wine has no unix sockets")
	}
	path := filepath.Join(t.TempDir(), "mux")
	l := &lab{t: t}
	for range 2 { // the second time over the first one's remains
		server, err := phonesim.Listen("unix://" + path)
		if err != nil {
			t.Fatal(err)
		}
		if want := "UNIX://" + path; server.Address() != want {
			t.Errorf("address %s, want %s", server.Address(), want)
		}
		l.server = server
		if l.mux().ask(dict{"MessageType": "ListDevices"})["DeviceList"] == nil {
			t.Error("no list")
		}
		if _, err := phonesim.Listen("UNIX://" + path); err == nil {
			t.Error("a second server took the socket of the first")
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("socket after Close: %v", err)
		}
		stale, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		stale.(*net.UnixListener).SetUnlinkOnClose(false)
		stale.Close()
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"unix://" + path, "unix://relative", "256.1.1.1:0"} {
		if _, err := phonesim.Listen(address); err == nil {
			t.Errorf("Listen(%s) succeeded", address)
		}
	}
	if text, _ := os.ReadFile(path); string(text) != "precious" {
		t.Error("a file was overwritten by a socket")
	}
}
