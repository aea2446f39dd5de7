package usbmux

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/danielpaulus/go-ios/ios"
	"howett.net/plist"

	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/transcript"
	"lifeboat/device/wire"
)

// replyTimeout is how long usbmuxd may take to answer a command.
const replyTimeout = 10 * time.Second

// Results of usbmuxd (device/PROTOCOL.md#results-of-usbmuxd).
const (
	resultOK         = 0
	resultBadDevice  = 2
	resultRefused    = 3
	errnoNoSuchEntry = 2 // for pair records the number is an errno
)

// Client sends commands to one usbmuxd, each on a connection of its own.
// It is safe for use by several goroutines.
type Client struct {
	address Address
	record  atomic.Pointer[transcript.Recorder]
}

// Record has what is said recorded from now on; nil ends that.
func (c *Client) Record(r *transcript.Recorder) { c.record.Store(r) }

// Recorder is where what is said is recorded now, nil for nowhere.
func (c *Client) Recorder() *transcript.Recorder { return c.record.Load() }

// NewClient returns a client of the usbmuxd at an address. It does not connect yet.
func NewClient(a Address) *Client { return &Client{address: a} }

// conn is one connection in command state.
type conn struct {
	raw    net.Conn
	mux    *ios.UsbMuxConnection
	record *transcript.Recorder
}

func (c *Client) open(ctx context.Context) (*conn, error) {
	raw, err := dial(ctx, c.address)
	if err != nil {
		return nil, err
	}
	return &conn{raw, ios.NewUsbMuxConnection(ios.NewDeviceConnectionWithConn(raw)), c.Recorder()}, nil
}

// ask sends one command and reads its answer.
func (k *conn) ask(ctx context.Context, command map[string]any) (map[string]any, error) {
	op := fmt.Sprintf("usbmuxd %s", command["MessageType"])
	command["ClientVersionString"] = "lifeboat"
	command["ProgName"] = "lifeboat"
	command["kLibUSBMuxVersion"] = 3
	defer wire.Guard(ctx, k.raw, replyTimeout)()
	if err := k.mux.Send(command); err != nil {
		return nil, explain(ctx, op, err)
	}
	k.record.Usbmuxd(true, command)
	return k.read(ctx, op)
}

// read reads one message, an answer or an event.
func (k *conn) read(ctx context.Context, op string) (map[string]any, error) {
	m, err := k.mux.ReadMessage()
	if err != nil {
		return nil, explain(ctx, op, err)
	}
	d, err := safeplist.Dict(m.Payload)
	if err != nil {
		return nil, fault.New(fault.MuxUnexpected, op, err)
	}
	k.record.Usbmuxd(false, d)
	return d, nil
}

// explain attributes a connection that ends to usbmuxd, not to the phone.
func explain(ctx context.Context, op string, err error) error {
	if ctx.Err() != nil {
		return wire.Explain(ctx, op, err)
	}
	return fault.New(fault.MuxStopped, op, err)
}

// once runs one command on a connection of its own.
func (c *Client) once(ctx context.Context, command map[string]any) (map[string]any, error) {
	k, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	defer k.raw.Close()
	return k.ask(ctx, command)
}

// Devices lists what is plugged in.
func (c *Client) Devices(ctx context.Context) ([]Entry, error) {
	answer, err := c.once(ctx, map[string]any{"MessageType": "ListDevices"})
	if err != nil {
		return nil, err
	}
	list, ok := answer["DeviceList"].([]any)
	if !ok {
		return nil, fault.New(fault.MuxUnexpected, "usbmuxd ListDevices", errors.New("no DeviceList in the answer"))
	}
	var entries []Entry
	for _, v := range list {
		d, _ := v.(map[string]any)
		if e, ok := parseEntry(d); ok {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// Connect opens a connection to a port of a phone, given by the DeviceID of
// its [Entry]. A phone that left is a [fault.PhoneGone].
func (c *Client) Connect(ctx context.Context, deviceID int, port uint16) (net.Conn, error) {
	k, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := k.ask(ctx, map[string]any{
		"MessageType": "Connect", "DeviceID": deviceID, "PortNumber": int(ios.Ntohs(port)),
	})
	if err == nil {
		err = result(answer, "connect to the phone", fault.MuxUnexpected, map[int]fault.Code{
			resultBadDevice: fault.PhoneGone, resultRefused: fault.ServiceRefused,
		})
	}
	if err != nil {
		k.raw.Close()
		return nil, err
	}
	return k.raw, nil
}

// BUID reads the name under which this computer's usbmuxd pairs.
func (c *Client) BUID(ctx context.Context) (string, error) {
	answer, err := c.once(ctx, map[string]any{"MessageType": "ReadBUID"})
	if err != nil {
		return "", err
	}
	buid, ok := answer["BUID"].(string)
	if !ok || buid == "" {
		return "", fault.New(fault.MuxUnexpected, "usbmuxd ReadBUID", errors.New("no BUID in the answer"))
	}
	return buid, nil
}

// ErrNoPairRecord says that this computer was never paired with the phone.
var ErrNoPairRecord = errors.New("no pair record")

// PairRecord reads what was kept of the pairing with a phone, or
// [ErrNoPairRecord]. A record without usable keys counts as none.
func (c *Client) PairRecord(ctx context.Context, udid string) (ios.PairRecord, error) {
	const op = "usbmuxd ReadPairRecord"
	answer, err := c.once(ctx, map[string]any{"MessageType": "ReadPairRecord", "PairRecordID": udid})
	if err != nil {
		return ios.PairRecord{}, err
	}
	data, ok := answer["PairRecordData"].([]byte)
	if !ok {
		n, _ := safeplist.Code(answer["Number"])
		if n == errnoNoSuchEntry {
			return ios.PairRecord{}, ErrNoPairRecord
		}
		return ios.PairRecord{}, &fault.Error{Code: fault.MuxUnexpected, Op: op, Domain: "usbmuxd", Number: n}
	}
	// Decoded here, not by go-ios, which logs the bytes of a record it cannot
	// parse, private keys included.
	d, err := safeplist.Dict(data)
	if err != nil {
		return ios.PairRecord{}, ErrNoPairRecord
	}
	text := func(key string) string { s, _ := d[key].(string); return s }
	bytes := func(key string) []byte { b, _ := d[key].([]byte); return b }
	record := ios.PairRecord{
		HostID: text("HostID"), SystemBUID: text("SystemBUID"), WiFiMACAddress: text("WiFiMACAddress"),
		HostCertificate: bytes("HostCertificate"), HostPrivateKey: bytes("HostPrivateKey"),
		RootCertificate: bytes("RootCertificate"), RootPrivateKey: bytes("RootPrivateKey"),
		DeviceCertificate: bytes("DeviceCertificate"), EscrowBag: bytes("EscrowBag"),
	}
	if _, err := tls.X509KeyPair(record.HostCertificate, record.HostPrivateKey); err != nil || record.HostID == "" {
		return ios.PairRecord{}, ErrNoPairRecord
	}
	return record, nil
}

// SavePairRecord keeps a pairing; deviceID lets usbmuxd tell its other clients.
func (c *Client) SavePairRecord(ctx context.Context, udid string, deviceID int, record ios.PairRecord) error {
	data, err := plist.Marshal(record, plist.XMLFormat)
	if err != nil {
		return fault.New(fault.PairingNotSaved, "encode pair record", err)
	}
	answer, err := c.once(ctx, map[string]any{
		"MessageType": "SavePairRecord", "PairRecordID": udid, "PairRecordData": data, "DeviceID": deviceID,
	})
	if err != nil {
		return err
	}
	return result(answer, "usbmuxd SavePairRecord", fault.PairingNotSaved, nil)
}

// result reads the Number of a Result and words it by the table codes, or as other.
func result(answer map[string]any, op string, other fault.Code, codes map[int]fault.Code) error {
	n, ok := safeplist.Code(answer["Number"])
	if ok && n == resultOK {
		return nil
	}
	code, known := codes[n]
	if !ok || !known {
		code = other
	}
	return &fault.Error{Code: code, Op: op, Domain: "usbmuxd", Number: n}
}
