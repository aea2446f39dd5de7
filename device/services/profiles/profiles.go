// Package profiles asks the phone's MCInstall which configuration profiles
// are installed and who manages the phone (checks/SIGNALS.md#profiles).
package profiles

import (
	"context"
	"maps"
	"net"
	"slices"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.mobile.MCInstall"

// Bounds on what a phone may tell; longer lists are cut, longer texts left out.
const (
	maxProfiles = 500
	maxPayloads = 500
	maxText     = 4096
)

const replyTimeout = 20 * time.Second

// Cloud is what the phone's management sent it when it was set up.
type Cloud struct {
	Supervised   bool
	Organization string // "" if there was none
}

// List reads the installed profiles, in the phone's order.
func List(ctx context.Context, conn net.Conn) ([]facts.Profile, error) {
	answer, err := ask(ctx, conn, "GetProfileList", "ProfileMetadata", "OrderedIdentifiers")
	if err != nil {
		return nil, err
	}
	return parseList(answer), nil
}

// Management reads who manages the phone; false means that the phone knows
// of no management at all.
func Management(ctx context.Context, conn net.Conn) (Cloud, bool, error) {
	answer, err := ask(ctx, conn, "GetCloudConfiguration", "CloudConfiguration")
	if err != nil {
		return Cloud{}, false, err
	}
	d, ok := answer["CloudConfiguration"].(map[string]any)
	return Cloud{Supervised: truth(d["IsSupervised"]), Organization: text(d["OrganizationName"])}, ok, nil
}

// ask sends a request until an answer has one of keys, twice at most: the
// first answer of some phones is nothing but a status
// (checks/SIGNALS.md#profiles). The second answer is taken as it is.
func ask(ctx context.Context, conn net.Conn, name string, keys ...string) (answer map[string]any, err error) {
	op := "MCInstall " + name
	for range 2 {
		if answer, err = wire.Ask(ctx, conn, op, replyTimeout, map[string]any{"RequestType": name}); err != nil {
			return nil, err
		}
		if status, ok := answer["Status"].(string); ok && status != "Acknowledged" {
			return nil, &fault.Error{Code: fault.ServiceRefused, Op: op, Domain: "MCInstall", Text: status}
		}
		for _, key := range keys {
			if answer[key] != nil {
				return answer, nil
			}
		}
	}
	return answer, nil
}

func parseList(answer map[string]any) []facts.Profile {
	metadata, _ := answer["ProfileMetadata"].(map[string]any)
	manifest, _ := answer["ProfileManifest"].(map[string]any)
	var ids []string
	if order, ok := answer["OrderedIdentifiers"].([]any); ok {
		for _, v := range order {
			if id := text(v); id != "" {
				ids = append(ids, id)
			}
		}
	} else {
		ids = slices.Sorted(maps.Keys(metadata))
	}
	var list []facts.Profile
	for _, id := range ids[:min(len(ids), maxProfiles)] {
		about, _ := metadata[id].(map[string]any)
		more, _ := manifest[id].(map[string]any)
		list = append(list, facts.Profile{
			Name: text(about["PayloadDisplayName"]), Organization: text(about["PayloadOrganization"]),
			Locked: truth(about["PayloadRemovalDisallowed"]), Payloads: payloads(about, more),
		})
	}
	return list
}

// payloadKeys are where a list of payloads has been seen or described.
var payloadKeys = []string{"PayloadContent", "Payloads", "PayloadTypes"}

// payloads finds the types of a profile's payloads, which not every phone
// reports: a list of dictionaries with a PayloadType each, or of the types.
func payloads(places ...map[string]any) []string {
	var types []string
	for _, place := range places {
		for _, key := range payloadKeys {
			list, _ := place[key].([]any)
			for _, v := range list {
				if d, ok := v.(map[string]any); ok {
					v = d["PayloadType"]
				}
				if t := text(v); t != "" && !slices.Contains(types, t) && len(types) < maxPayloads {
					types = append(types, t)
				}
			}
		}
	}
	return types
}

// text reads a text of a sensible length, "" for all else.
func text(v any) string {
	s, _ := v.(string)
	if len(s) > maxText {
		return ""
	}
	return s
}

// truth reads a switch; what is none is off.
func truth(v any) bool {
	on, _ := safeplist.Bool(v)
	return on
}
