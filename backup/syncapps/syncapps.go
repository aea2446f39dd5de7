// Package syncapps names the programs on this computer that are known to talk to
// iPhones, and run right now. Which of them holds the phone's lock nobody can
// see from outside: the names are a guess that helps to look.
package syncapps

import (
	"context"
	"slices"
	"strings"
	"time"
)

// known are the programs by the name of their process, in lower case and
// without ".exe", and by what people call them. The system's own helpers that
// always run are not here, as they say nothing.
var known = map[string]string{
	"itunes":               "iTunes",
	"applemobilebackup":    "iTunes",
	"appledevices":         "Apple Devices",
	"ampdevicesagent":      "Finder",
	"applemobilesync":      "Finder",
	"photos":               "Photos",
	"image capture":        "Image Capture",
	"apple configurator":   "Apple Configurator",
	"apple configurator 2": "Apple Configurator",
	"cfgutil":              "Apple Configurator",
	"imazing":              "iMazing",
	"imazing mini":         "iMazing",
	"idevicebackup2":       "idevicebackup2",
	"idevicebackup":        "idevicebackup",
	"pymobiledevice3":      "pymobiledevice3",
	"3utools":              "3uTools",
	"i4tools":              "3uTools",
	"anytrans":             "AnyTrans",
	"copytrans":            "CopyTrans",
	"copytransshelbee":     "CopyTrans",
	"iexplorer":            "iExplorer",
	"phonerescue":          "PhoneRescue",
	"drfone":               "Dr.Fone",
	"altserver":            "AltServer",
	"sideloadly":           "Sideloadly",
	"waltr":                "WALTR",
}

// asking is how long the system may take to list its processes.
const asking = 5 * time.Second

// Running returns what people call the known programs that run, in order of
// the alphabet; nil if there are none, or the system does not tell.
func Running(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	return name(processes(ctx))
}

// name picks the known programs from the names or paths of processes.
func name(processes []string) (all []string) {
	for _, process := range processes {
		process = process[strings.LastIndexAny(process, `/\`)+1:]
		process = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(process)), ".exe")
		if program, ok := known[process]; ok {
			all = append(all, program)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
