package checks

import (
	"fmt"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// iCloud backs up over Wi-Fi, and automatically only over one that it takes for
// free and unlimited. What proves Wi-Fi, the strongest first: backupd's own report
// of its conditions, and packets on the interface en0. A channel in the registry
// is a hint and no more (checks/SIGNALS.md#wifi).
const wifi topic = "wifi"

var _ = register(cause{id: wifi, place: 60, dependsOn: []topic{phoneReady}, urgency: 30, about: ICloud, stands: true,
	check: checkWiFi, remedy: wifiSteps,
	acts: map[string]act{"join": actJoin, "router": actRouter, "reset-network": actReset, "join-again": actJoinBack}})

var (
	askWiFi     = asks(questionDef{id: "wifi-symbol", choices: []string{"yes", "no"}, good: time.Hour})
	askWiFiKind = asks(questionDef{id: "wifi-kind", choices: []string{"home", "guest", "hotspot"}, menu: "wifi", good: 24 * time.Hour})
	askLowData  = asks(questionDef{id: "low-data", choices: []string{"off", "on"}, menu: "wifi-details", good: 7 * 24 * time.Hour})
)

const (
	keyLogWiFi  = "log/onWiFi"
	keyTraffic  = "pcapd/packets"
	keyChannel  = "IORegistry/IO80211Channel"
	lowDataFrom = 13 // the first iOS with Low Data Mode
	// overCellular is the first iOS that can back up without Wi-Fi, where the
	// mobile plan allows it.
	overCellular = 15
)

func checkWiFi(in Input) Result {
	e := evidence{}
	on, reported := note(e, keyLogWiFi, in.Attempt.Conditions.OnWiFi)
	note(e, keyTraffic, packets(in.Phone.Traffic))
	channel, _ := note(e, keyChannel, in.Phone.WiFiChannel)

	traffic, counted := in.Phone.Traffic.Known()
	args := words.Args{"WiFi": traffic.WiFi, "Cellular": traffic.Cellular, "Seconds": traffic.Seconds, "Channel": channel}
	proven := reported && on || !reported && counted && traffic.WiFi > 0

	further := []QuestionID{askWiFiKind}
	if major := majorOf(in.Phone); major == 0 || major >= lowDataFrom {
		further = append(further, askLowData)
	}
	all := append([]QuestionID{askWiFi}, further...)
	said := func(status Status, found string, fixes ...Fix) Result {
		return wifi.outcome(status, found, args, e, fixes...).answered().asking(in, all...)
	}
	switch symbol, kind := in.complaint(askWiFi), in.complaint(askWiFiKind); {
	case reported && !on:
		return wifi.outcome(Fail, "log-off", nil, e, joinSteps(in)...)
	case !reported && counted && traffic.WiFi == 0 && traffic.Cellular > 0:
		return wifi.outcome(Fail, "cellular", args, e, joinSteps(in)...)
	case symbol == "no" && !proven:
		return said(Fail, "said-no", joinSteps(in)...)
	// No signal shows what sort of Wi-Fi it is, so these answers stand beside one.
	case in.chose(askLowData) == "on":
		return said(Warn, "said-low-data", wifi.fix(Setting, "low-data", menuArgs("wifi-details", in.Phone)))
	case kind == "guest":
		return said(Warn, "said-guest", wifi.fix(Setting, "portal", nil), wifi.fix(Setting, "join", menuArgs("wifi", in.Phone)))
	case kind == "hotspot":
		return said(Warn, "said-hotspot", wifi.fix(Setting, "join", menuArgs("wifi", in.Phone)))
	case proven:
		r := wifi.outcome(Pass, "traffic", args, e)
		if reported {
			r = wifi.outcome(Pass, "log-on", nil, e)
		}
		if in.savedLately() {
			return r
		}
		return r.asking(in, further...)
	case in.chose(askWiFi) == "yes":
		return said(Pass, "said-yes")
	case awaited(in.Phone.Traffic):
		return pending(e)
	case channel > 0:
		return wifi.outcome(Ask, "hint", args, e).asking(in, all...)
	}
	return wifi.outcome(Ask, "unread", nil, e).asking(in, all...)
}

// packets formats a count of packets for the evidence.
func packets(d facts.Datum[facts.Traffic]) facts.Datum[string] {
	t := d.Value
	return facts.Datum[string]{State: d.State, Reason: d.Reason, Value: fmt.Sprintf(
		"Wi-Fi %d, cellular %d, tunnel %d in %d s", t.WiFi, t.Cellular, t.Tunnel, t.Seconds)}
}

// wifiSteps are for a Wi-Fi that was lost in the middle.
func wifiSteps(in Input) []Fix {
	return append([]Fix{wifi.fix(Retry, "nearer", nil)}, joinSteps(in)...)
}

// joinSteps bring the phone onto a Wi-Fi that reaches Apple. Without any,
// trying again would change nothing.
func joinSteps(in Input) []Fix {
	steps := []Fix{wifi.fix(Setting, "join", menuArgs("wifi", in.Phone)), wifi.fix(Setting, "router", nil)}
	if major := majorOf(in.Phone); major == 0 || major >= overCellular {
		steps = append(steps, wifi.fix(Setting, "cellular", menuArgs("icloud-backup", in.Phone)))
	}
	return append(steps, resetNetwork(wifi, in)...)
}
