package checks

import (
	"lifeboat/assets/words"
)

// iCloud backs up by itself only while the phone is on power. At our cable it
// nearly always is, so this check proves the cable and the port, and leaves
// the habit at night to the user. Rule and trap: section 7 of the notes on checks.
const power topic = "power"

var _ = register(cause{id: power, place: 70, blocks: 40, check: checkPower})

const (
	batteryLow = 20 // percent: below, a backup to this computer may drain it
	// batteryHeld is where phones stop charging on purpose to spare the battery.
	batteryHeld = 80
	batteryMost = 100
)

func checkPower(in Input) Result {
	p := in.Phone
	e := evidence{}
	note(e, keyExternal, p.ExternalConnected)
	note(e, keyCharging, p.BatteryCharging)
	note(e, keyFull, p.BatteryFull)
	note(e, keyLevel, p.BatteryLevel)

	night := power.fix("overnight", nil)
	port, charger := power.fix("port", nil), power.fix("charger", nil)
	external, externalKnown := p.ExternalConnected.Known()
	charging, chargingKnown := p.BatteryCharging.Known()
	full, _ := p.BatteryFull.Known()
	level, levelKnown := p.BatteryLevel.Known()
	levelKnown = levelKnown && level >= 0 && level <= batteryMost
	args := words.Args{"Level": level}
	switch {
	case !externalKnown:
		return power.outcome(Unknown, "unread", nil, e, power.fix("look", nil), night)
	case !external && p.Connection != "USB":
		return power.outcome(Ask, "wireless", nil, e, night)
	case !external:
		return power.outcome(Fail, "none", nil, e, port, power.fix("clean", nil), charger, night)
	case !levelKnown:
		return power.outcome(Unknown, "level-unread", nil, e, power.fix("look", nil), night)
	case !chargingKnown && !full:
		return power.outcome(Unknown, "charging-unread", args, e, power.fix("look", nil), night)
	case level < batteryLow:
		return power.outcome(Warn, "low", args, e, power.fix("wait", words.Args{"Level": batteryLow}), port, night)
	case !charging && !full && level < batteryHeld:
		return power.outcome(Warn, "not-charging", args, e, port, power.fix("cool", nil), charger, night)
	case charging:
		return power.outcome(Pass, "charging", args, e, night)
	}
	return power.outcome(Pass, "held", args, e, night)
}
