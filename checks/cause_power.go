package checks

import (
	"time"

	"lifeboat/assets/words"
)

// iCloud backs up automatically only while the phone is on power. At our cable it
// nearly always is, so this check proves the cable and the port, and leaves
// the habit at night to the user. Rule and trap: (checks/SIGNALS.md#power).
const power topic = "power"

var _ = register(cause{id: power, place: 70, dependsOn: []topic{phoneReady}, urgency: 40, about: ICloud, means: aside, seen: true, stands: true,
	check: checkPower, remedy: powerSteps,
	acts: map[string]act{"overnight": actNight, "port": actPort, "clean": actClean, "charger": actCharger}})

// askBolt is for a phone that does not tell whether it gets power.
var askBolt = asks(questionDef{id: "power-bolt", choices: []string{"yes", "no"}, good: time.Hour})

const (
	batteryLow = 20 // percent: below, a backup to this computer may drain it
	// batteryHeld is where phones stop charging on purpose to spare the battery.
	batteryHeld = 80
	batteryMost = 100
	batteryHot  = 35 // degrees Celsius: beyond, phones hold back from charging
)

func checkPower(in Input) Result {
	p := in.Phone
	e := evidence{}
	external, externalKnown := note(e, keyExternal, p.ExternalConnected)
	charging, chargingKnown := note(e, keyCharging, p.BatteryCharging)
	full, _ := note(e, keyFull, p.BatteryFull)
	level, levelKnown := note(e, keyLevel, p.BatteryLevel)
	degrees, _ := note(e, keyTemperature, p.BatteryTemperature)

	night := power.fix(Retry, "overnight", nil)
	port := power.fix(Setting, "port", nil)
	levelKnown = levelKnown && level >= 0 && level <= batteryMost
	args := words.Args{"Level": level, "Degrees": int(degrees)}
	open := func(found string) Result {
		switch in.chose(askBolt) {
		case "yes":
			return power.outcome(Pass, "said-bolt", nil, e, night).answered().asking(in, askBolt)
		case "no":
			return power.outcome(Warn, "said-no-bolt", nil, e, powerSteps(in)...).answered().asking(in, askBolt)
		}
		return power.outcome(Unknown, found, args, e, night).asking(in, askBolt)
	}
	switch {
	case !externalKnown:
		return open("unread")
	case !external && p.Connection != "USB":
		return power.outcome(Ask, "wireless", nil, e, night)
	case !external:
		// A weak port or a hub may give none, and is not the charger at night.
		return power.outcome(Warn, "none", nil, e, powerSteps(in)...)
	case !levelKnown:
		return open("level-unread")
	case !chargingKnown && !full:
		return open("charging-unread")
	case level < batteryLow:
		return power.outcome(Warn, "low", args, e, power.fix(Retry, "wait", words.Args{"Level": batteryLow}), port, night)
	case !charging && !full && level < batteryHeld && degrees > batteryHot:
		return power.outcome(Warn, "hot", args, e, append(powerSteps(in), power.fix(Retry, "cool", nil))...)
	case !charging && !full && level < batteryHeld:
		return power.outcome(Warn, "not-charging", args, e, append(powerSteps(in), power.fix(Setting, "if-hot", nil))...)
	case charging:
		return power.outcome(Pass, "charging", args, e, night)
	}
	return power.outcome(Pass, "held", args, e, night)
}

// powerSteps are for a cable or a port that gives no power, or too little.
// Another night would change nothing before that, so that it comes last.
func powerSteps(Input) []Fix {
	return []Fix{
		power.fix(Setting, "port", nil), power.fix(Setting, "clean", nil), power.fix(Setting, "charger", nil),
		power.fix(Setting, "overnight", nil),
	}
}
