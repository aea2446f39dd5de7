package lockdown

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/danielpaulus/go-ios/ios"
	"github.com/google/uuid"

	"lifeboat/device/fault"
)

// Identity is what a phone must tell before this computer can pair with it.
type Identity struct {
	PublicKey []byte // DevicePublicKey: PEM, PKCS#1
	WiFiMAC   string
}

// ReadIdentity reads it; no session is needed.
func (c *Conn) ReadIdentity(ctx context.Context) (Identity, error) {
	key, err := c.Value(ctx, "", "DevicePublicKey")
	if err != nil {
		return Identity{}, err
	}
	data, ok := key.([]byte)
	if !ok {
		return Identity{}, fault.New(fault.PhoneNonsense, "read the phone's public key", fmt.Errorf("it is %T", key))
	}
	mac, _ := c.Value(ctx, "", "WiFiAddress") // only kept for other tools' sake
	text, _ := mac.(string)
	return Identity{data, text}, nil
}

// Pair asks the phone once to trust this computer, with record's keys. While
// the dialog is on the screen the answer is [fault.TrustPending]; ask again
// with the same record, for a new one would make the phone ask again. On
// success the record has its escrow bag.
func (c *Conn) Pair(ctx context.Context, record *ios.PairRecord) error {
	answer, err := c.Request(ctx, "Pair", map[string]any{
		"ProtocolVersion": "2",
		"PairRecord": map[string]any{
			"DeviceCertificate": record.DeviceCertificate,
			"HostCertificate":   record.HostCertificate,
			"RootCertificate":   record.RootCertificate,
			"HostID":            record.HostID,
			"SystemBUID":        record.SystemBUID,
		},
		"PairingOptions": map[string]any{"ExtendedPairingErrors": true},
	})
	if err != nil {
		return err
	}
	record.EscrowBag, _ = answer["EscrowBag"].([]byte)
	return nil
}

// certificateLife is how long a pairing's certificates hold; ten years, as
// other tools have it.
const certificateLife = 3650 * 24 * time.Hour

// NewPairRecord makes the keys and certificates of a new pairing: a root
// that signs one certificate for this computer and one for the phone's own
// key (device/PROTOCOL.md#certificates).
func NewPairRecord(phone Identity, buid string, now time.Time) (ios.PairRecord, error) {
	devicePublic, err := parsePublicKey(phone.PublicKey)
	if err != nil {
		return ios.PairRecord{}, err
	}
	rootKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return ios.PairRecord{}, fmt.Errorf("make root key: %w", err)
	}
	hostKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return ios.PairRecord{}, fmt.Errorf("make host key: %w", err)
	}
	// A minute of grace for a phone whose clock is a little behind.
	from := now.Add(-time.Minute)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(0), NotBefore: from, NotAfter: now.Add(certificateLife),
		BasicConstraintsValid: true, IsCA: true,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(0), NotBefore: from, NotAfter: now.Add(certificateLife),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	sign := func(template *x509.Certificate, key *rsa.PublicKey) []byte {
		der, e := x509.CreateCertificate(rand.Reader, template, root, key, rootKey)
		err = errors.Join(err, e)
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	record := ios.PairRecord{
		HostID:            strings.ToUpper(uuid.NewString()),
		SystemBUID:        buid,
		RootCertificate:   sign(root, &rootKey.PublicKey),
		HostCertificate:   sign(leaf, &hostKey.PublicKey),
		DeviceCertificate: sign(leaf, devicePublic),
		RootPrivateKey:    encodeKey(rootKey),
		HostPrivateKey:    encodeKey(hostKey),
		WiFiMACAddress:    phone.WiFiMAC,
	}
	if err != nil {
		return ios.PairRecord{}, fmt.Errorf("make pairing certificates: %w", err)
	}
	return record, nil
}

// parsePublicKey reads the PKCS#1 PEM in which phones tell their key.
func parsePublicKey(data []byte) (*rsa.PublicKey, error) {
	const op = "read the phone's public key"
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fault.New(fault.PhoneNonsense, op, errors.New("no PEM block"))
	}
	key, err := x509.ParsePKCS1PublicKey(block.Bytes)
	if err != nil {
		return nil, fault.New(fault.PhoneNonsense, op, err)
	}
	return key, nil
}

// encodeKey writes a private key as PKCS#1, the form that go-ios, and every
// other tool that shares the record, can read.
func encodeKey(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}
