package checks

import (
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// That a worn battery keeps iCloud from backing up nobody has shown: the phone
// is at its charger then. So this answers whoever suspects the battery, and never
// warns (checks/SIGNALS.md#battery-health).
const batteryHealth topic = "battery-health"

var _ = register(cause{id: batteryHealth, place: 75, dependsOn: []topic{phoneReady}, urgency: 80, about: ICloud, means: aside,
	read:     readBatteryHealth,
	example:  func(in *Input) { in.Phone.BatteryHealth = facts.Of(70) },
	evidence: []Evidence{{keyHealth, "health", FormNumber}, {keyCycles, "cycles", FormNumber}}})

const (
	keyHealth = "AppleSmartBattery/health" // percent: our own name, of two capacities
	keyCycles = "AppleSmartBattery/CycleCount"

	batteryWorn = 75 // percent; below, it is worn in Settings too, which differ by some points
	// Below the one no phone would run, and above the other no battery is built.
	healthLeast, healthMost = 10, 150
)

func readBatteryHealth(p facts.Phone) Result {
	e := evidence{}
	health, known := note(e, keyHealth, p.BatteryHealth)
	note(e, keyCycles, p.BatteryCycles)
	args := words.Args{"Health": min(health, 100)}
	switch {
	case !known || health < healthLeast || health > healthMost:
		return notReported(e)
	case health < batteryWorn:
		return batteryHealth.outcome(Pass, "worn", args, e, batteryHealth.fix(Look, "settings", nil))
	}
	return batteryHealth.outcome(Pass, "good", args, e)
}
