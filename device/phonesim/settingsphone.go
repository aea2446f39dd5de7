package phonesim

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/device/phonesim/services"
)

// cloudSwitches are the values of the setting cloud-switch.
var cloudSwitches = map[string]CloudSwitch{
	"ok": SwitchWorks, "forbidden": SwitchForbidden, "no-account": SwitchNoAccount,
	"not-provisioned": SwitchNotProvisioned, "silent": SwitchSilent,
}

func setTemperature(c *Config, v string) error {
	t, err := strconv.ParseFloat(v, 64)
	if err != nil || !(t > 0 && t <= 100) {
		return fmt.Errorf("not a temperature above 0 and up to 100")
	}
	c.Battery.Temperature = t
	return nil
}

func setWiFi(c *Config, v string) error {
	switch v {
	case "":
		return fmt.Errorf("empty")
	case "none":
		c.WiFi = WiFi{}
	case "hidden":
		c.WiFi.Hidden = true
	default:
		c.WiFi = WiFi{Network: v}
	}
	return nil
}

// interfaceName is one that fits into a record of packet capture.
var interfaceName = regexp.MustCompile(`^[a-z_]{1,15}[0-9]{1,4}$`)

// setTraffic reads INTERFACE:RATE,…
func setTraffic(c *Config, v string) error {
	list := []services.Traffic{}
	if v == "none" {
		c.Traffic = list
		return nil
	}
	for part := range strings.SplitSeq(v, ",") {
		name, rate, _ := strings.Cut(part, ":")
		n, err := strconv.Atoi(rate)
		if err != nil || n < 1 || n > 10_000 || !interfaceName.MatchString(name) {
			return fmt.Errorf("%q is not of the form INTERFACE:RATE with a rate from 1 to 10000", part)
		}
		list = append(list, services.Traffic{Interface: name, Rate: n})
	}
	c.Traffic = list
	return nil
}

func setNoService(c *Config, v string) error {
	if v == "" {
		return fmt.Errorf("empty")
	}
	c.NoServices = append(slices.Clip(c.NoServices), v)
	return nil
}

func setNoTrace(c *Config, v string) error {
	if v != "true" {
		return fmt.Errorf("takes no value")
	}
	return setNoService(c, "com.apple.os_trace_relay")
}

// setClock reads a duration with its sign: +10m is ahead, -3h behind.
func setClock(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil {
		return fmt.Errorf("not a duration with a sign such as +10m or -3h")
	}
	c.ClockError = d
	return nil
}

func setLog(c *Config, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	c.LogScript, err = services.ParseLog(file)
	return err
}

// crashName is what a crash report may be named after.
var crashName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)

func setCrash(c *Config, v string) error {
	process, age, _ := strings.Cut(v, "@")
	if !crashName.MatchString(process) {
		return fmt.Errorf("not of the form PROCESS@AGE")
	}
	d, err := parseSpan(age)
	if err != nil {
		return err
	}
	c.Crashes = append(slices.Clip(c.Crashes), Crash{Process: process, Age: d})
	return nil
}

// setValue reads DOMAIN/KEY=VALUE.
func setValue(c *Config, v string) error {
	name, text, given := strings.Cut(v, "=")
	if !given || !strings.Contains(name, "/") || strings.HasSuffix(name, "/") {
		return fmt.Errorf("not of the form domain/key=VALUE or /key=VALUE")
	}
	values := maps.Clone(c.Values)
	if values == nil {
		values = map[string]any{}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		values[name] = n
	} else if r, err := strconv.ParseFloat(text, 64); err == nil {
		values[name] = r
	} else if text == "true" || text == "false" {
		values[name] = text == "true"
	} else {
		values[name] = text
	}
	c.Values = values
	return nil
}
