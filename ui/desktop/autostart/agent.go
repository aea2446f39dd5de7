package autostart

import (
	"slices"

	"howett.net/plist"
)

// agent is a launch agent, as launchd.plist(5) has it.
type agent struct {
	Label            string   `plist:"Label"`
	ProgramArguments []string `plist:"ProgramArguments"`
	RunAtLoad        bool     `plist:"RunAtLoad"`
	ProcessType      string   `plist:"ProcessType,omitempty"`
	// A login without a screen, by ssh, does not start it.
	LimitLoadToSessionType string `plist:"LimitLoadToSessionType,omitempty"`
	Disabled               bool   `plist:"Disabled,omitempty"`
}

func agentFile(e Entry) ([]byte, error) {
	return plist.MarshalIndent(agent{
		Label: e.ID, ProgramArguments: append([]string{e.Program}, e.Args...), RunAtLoad: true,
		ProcessType: "Interactive", LimitLoadToSessionType: "Aqua",
	}, plist.XMLFormat, "\t")
}

func agentStatus(e Entry, data []byte) Status {
	var a agent
	if _, err := plist.Unmarshal(data, &a); err != nil {
		return Other
	}
	switch {
	case a.Disabled:
		return Blocked
	case a.RunAtLoad && a.Label == e.ID && slices.Equal(a.ProgramArguments, append([]string{e.Program}, e.Args...)):
		return On
	}
	return Other
}
