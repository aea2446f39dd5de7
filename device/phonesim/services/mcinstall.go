package services

import (
	"context"
	"fmt"
	"net"

	"lifeboat/device/phonesim/wire"
)

// Profiles is com.apple.mobile.MCInstall: who manages the phone.
type Profiles struct {
	List         []Profile
	Supervised   bool
	Organization string
	// PairingForbidden: a rule keeps computers away.
	PairingForbidden bool
	// Asked is called with each question, as "MCInstall REQUEST". May be nil.
	Asked func(what string)
}

// Profile is an installed configuration profile.
type Profile struct {
	Identifier, Name, Description, Organization string
	// Locked: the user may not remove it.
	Locked bool
	// Payloads are the types of what it sets, such as
	// "com.apple.vpn.managed". A phone need not tell them: nil leaves the
	// list out.
	Payloads []string
}

// Serve runs one connection.
func (p *Profiles) Serve(_ context.Context, conn net.Conn) error {
	for {
		request, err := wire.Read(conn)
		if err != nil {
			return err
		}
		var answer map[string]any
		kind := request.String("RequestType")
		note(p.Asked, "MCInstall "+kind)
		switch kind {
		case "GetProfileList":
			answer = p.list()
		case "GetCloudConfiguration":
			answer = p.cloud()
		case "Flush", "HelloHostIdentifier":
			answer = map[string]any{"Status": "Acknowledged"}
		default:
			answer = map[string]any{"Status": "Error", "ErrorChain": []any{
				map[string]any{"ErrorDomain": "MCInstallationErrorDomain", "ErrorCode": 4000},
			}}
		}
		if err := wire.WriteXML(conn, answer); err != nil {
			return err
		}
	}
}

func (p *Profiles) list() map[string]any {
	order, manifest, metadata := []string{}, map[string]any{}, map[string]any{}
	for _, profile := range p.List {
		order = append(order, profile.Identifier)
		manifest[profile.Identifier] = map[string]any{"Description": profile.Description, "IsActive": true}
		about := map[string]any{
			"PayloadDisplayName": profile.Name, "PayloadDescription": profile.Description,
			"PayloadOrganization": profile.Organization, "PayloadRemovalDisallowed": profile.Locked,
			"PayloadUUID": profile.Identifier, "PayloadVersion": 1,
		}
		if profile.Payloads != nil {
			about["PayloadContent"] = profile.payloads()
		}
		metadata[profile.Identifier] = about
	}
	return map[string]any{
		"Status": "Acknowledged", "OrderedIdentifiers": order,
		"ProfileManifest": manifest, "ProfileMetadata": metadata,
	}
}

// payloads lists what a profile sets, one dictionary each.
func (p Profile) payloads() []any {
	list := []any{}
	for i, kind := range p.Payloads {
		list = append(list, map[string]any{
			"PayloadType": kind, "PayloadIdentifier": fmt.Sprintf("%s.%d", p.Identifier, i+1), "PayloadVersion": 1,
		})
	}
	return list
}

func (p *Profiles) cloud() map[string]any {
	configuration := map[string]any{
		"AllowPairing": !p.PairingForbidden, "CloudConfigurationUIComplete": true, "ConfigurationSource": 0,
		"ConfigurationWasApplied": true, "IsMandatory": p.Supervised, "IsMDMUnremovable": p.Supervised,
		"IsSupervised": p.Supervised, "PostSetupProfileWasInstalled": true,
	}
	if p.Organization != "" {
		configuration["OrganizationName"] = p.Organization
	}
	return map[string]any{"Status": "Acknowledged", "CloudConfiguration": configuration}
}
