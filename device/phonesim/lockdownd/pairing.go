package lockdownd

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"

	"lifeboat/device/phonesim/wire"
)

// pair takes a computer's certificates, once the user trusts it.
func (v *visit) pair(request wire.Dict) (reply, error) {
	host, err := v.hostIn(request)
	if err != nil {
		return nil, err
	}
	computer := host.SystemBUID
	if computer == "" {
		computer = host.HostID
	}
	if known, ok := v.Hosts.Find(host.HostID); !ok || !bytes.Equal(known.HostCertificate, host.HostCertificate) {
		if err := v.Dialog.Ask(computer); err != nil {
			return nil, err
		}
	}
	host, err = v.Hosts.Trust(host)
	if err != nil {
		v.Log.Error("keep the trusted computer", "error", err)
		return nil, SavePairRecordFail
	}
	v.Log.Info("computer trusted", "host", host.HostID)
	if v.Faults.NoEscrowBag {
		return nil, nil
	}
	return reply{"EscrowBag": host.EscrowBag}, nil
}

// hostIn reads the computer out of a Pair request. The device certificate
// must be over this phone's own key, or the phone could never show it.
func (v *visit) hostIn(request wire.Dict) (Host, error) {
	if request["PairRecord"] == nil {
		return Host{}, MissingPairRecord
	}
	record := request.Dict("PairRecord")
	host := Host{
		HostID: record.String("HostID"), SystemBUID: record.String("SystemBUID"),
		DeviceCertificate: record.Data("DeviceCertificate"),
		HostCertificate:   record.Data("HostCertificate"),
		RootCertificate:   record.Data("RootCertificate"),
	}
	if host.HostID == "" {
		return Host{}, MissingHostID
	}
	var parsed *x509.Certificate
	for _, text := range [][]byte{host.RootCertificate, host.HostCertificate, host.DeviceCertificate} {
		block, _ := pem.Decode(text)
		if block == nil {
			return Host{}, InvalidPairRecord
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Host{}, InvalidPairRecord
		}
		parsed = cert
	}
	if key, ok := parsed.PublicKey.(*rsa.PublicKey); !ok || !key.Equal(&v.Key.PublicKey) {
		return Host{}, InvalidPairRecord
	}
	return host, nil
}

// validatePair was how a computer proved its record before iOS 7.
func (v *visit) validatePair(request wire.Dict) (reply, error) {
	return nil, v.known(request)
}

func (v *visit) unpair(request wire.Dict) (reply, error) {
	if err := v.known(request); err != nil {
		return nil, err
	}
	id := request.Dict("PairRecord").String("HostID")
	if err := v.Hosts.Forget(id); err != nil {
		v.Log.Error("forget the computer", "error", err)
		return nil, SavePairRecordFail
	}
	v.Log.Info("computer forgotten", "host", id)
	return nil, nil
}

// known checks that the request's PairRecord is of a trusted computer.
func (v *visit) known(request wire.Dict) error {
	id := request.Dict("PairRecord").String("HostID")
	if id == "" {
		return MissingHostID
	}
	if _, ok := v.Hosts.Find(id); !ok {
		return InvalidHostID
	}
	return nil
}
