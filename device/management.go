package device

import (
	"context"
	"net"

	"lifeboat/device/facts"
	"lifeboat/device/services/profiles"
)

// management is what the phone says about those who manage it.
type management struct {
	profiles    []facts.Profile
	profilesErr error
	cloud       profiles.Cloud
	known       bool // the phone has a word about its management
	cloudErr    error
}

// readManagement asks for both in one connection to MCInstall.
func readManagement(ctx context.Context, conn net.Conn) (m management) {
	m.profiles, m.profilesErr = profiles.List(ctx, conn)
	m.cloud, m.known, m.cloudErr = profiles.Management(ctx, conn)
	return m
}

func fillManagement(f *facts.Phone, m management) {
	f.Profiles = facts.Of(m.profiles)
	if m.profilesErr != nil {
		f.Profiles = unread[[]facts.Profile](m.profilesErr)
	}
	switch {
	case m.cloudErr != nil:
		f.Supervised, f.Organization = unread[bool](m.cloudErr), unread[string](m.cloudErr)
	case !m.known:
		f.Supervised, f.Organization = facts.Gone[bool](), facts.Gone[string]()
	default:
		f.Supervised, f.Organization = facts.Of(m.cloud.Supervised), facts.Gone[string]()
		if m.cloud.Organization != "" {
			f.Organization = facts.Of(m.cloud.Organization)
		}
	}
}
