package phonesim

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lifeboat/device/phonesim/lockdownd"
)

// Domains of lockdownd that more than one place names.
const (
	domainBackup  = "com.apple.mobile.backup"
	domainBattery = "com.apple.mobile.battery"
	domainDisk    = "com.apple.disk_usage"
	domainSync    = "com.apple.mobile.data_sync"
)

// The phone's time zone, as it names it in the dates of backups, and how far
// it is ahead of UTC in seconds.
const (
	zoneName   = "GMT+1"
	zoneOffset = 3600
)

// epoch2001 is where the phone's integer dates begin.
var epoch2001 = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// newValues gathers all that lockdownd says about p.
func newValues(p *Phone) *lockdownd.Values {
	c := &p.cfg
	domains := map[string]map[string]any{
		"":            rootValues(p),
		domainBackup:  backupValues(p),
		domainDisk:    diskValues(c.Disk),
		domainBattery: batteryValues(c.Battery),
		domainSync:    syncValues(c.SyncsToICloud),
		"com.apple.fmip": {
			"IsAssociated": c.FindMy,
		},
		"com.apple.mobile.iTunes": {
			"MinITunesVersion": "12.13.5", "DBVersion": 5, "KeyTypeSupportVersion": 492,
			"ConnectedBus": "USB", "FamilyID": 10179, "BatteryPollInterval": 60, "CustomRingtones": true,
		},
		"com.apple.iTunes": {
			"LibraryApplications": storeApps(c), "SyncedApplications": storeApps(c),
		},
		"com.apple.international": {
			"Language": "en-GB", "Locale": "en_GB", "Keyboard": "en_GB",
			"SupportedLanguages": []string{"en-GB", "de-DE", "fr-FR"},
			"SupportedLocales":   []string{"en_GB", "de_DE", "fr_FR"},
		},
		"com.apple.mobile.wireless_lockdown": {
			"EnableWifiConnections": c.Connection != "USB", "WirelessBuddyID": "",
		},
		"com.apple.purplebuddy": {
			"SetupDone": !c.SetupUnfinished,
		},
	}
	for name, value := range c.Values {
		domain, key, _ := strings.Cut(name, "/")
		if domains[domain] == nil {
			domains[domain] = map[string]any{}
		}
		domains[domain][key] = value
	}
	return lockdownd.NewValues(domains, c.Omit, c.Refuse)
}

func rootValues(p *Phone) map[string]any {
	c := &p.cfg
	values := map[string]any{
		"DeviceName": c.Name, "DeviceClass": deviceClass(c.ProductType), "ProductName": "iPhone OS",
		"ProductType": c.ProductType, "ProductVersion": c.Version, "BuildVersion": c.Build,
		"HumanReadableProductVersionString": c.Version,
		"UniqueDeviceID":                    c.UDID,
		"UniqueChipID":                      chipID(c.UDID),
		"SerialNumber":                      p.serial(),
		"ActivationState":                   c.ActivationState,
		"BrickState":                        c.ActivationState != "Activated",
		"HostAttached":                      true, "TrustedHostAttached": true, "IsPaired": true,
		"DevicePublicKey":       lockdownd.PublicKeyPEM(p.key),
		"ProtocolVersion":       "2",
		"CPUArchitecture":       "arm64e",
		"DeviceColor":           "1",
		"DeviceEnclosureColor":  "1",
		"TelephonyCapability":   true,
		"SIMStatus":             "kCTSIMSupportSIMStatusReady",
		"PasswordProtected":     func() any { return p.dialog.Locked() },
		"TimeIntervalSince1970": func() any { return float64(p.now().UnixMilli()) / 1000 },
		"TimeZone":              "Europe/Berlin", "TimeZoneOffsetFromUTC": float64(zoneOffset), "Uses24HourClock": true,
		"InternationalMobileEquipmentIdentity": digits(c.UDID, "imei", 15),
		"MobileEquipmentIdentifier":            digits(c.UDID, "imei", 14),
		"IntegratedCircuitCardIdentity":        "8949" + digits(c.UDID, "iccid", 15),
		"PhoneNumber":                          "+49 151 " + digits(c.UDID, "phone", 8),
		"WiFiAddress":                          address(c.UDID, "wifi"),
		"BluetoothAddress":                     address(c.UDID, "bluetooth"),
		"EthernetAddress":                      address(c.UDID, "ethernet"),
		"PartitionType":                        "GUID_partition_scheme",
	}
	if values["DeviceClass"] != "iPhone" {
		values["TelephonyCapability"] = false
		for _, key := range []string{"SIMStatus", "InternationalMobileEquipmentIdentity", "MobileEquipmentIdentifier", "IntegratedCircuitCardIdentity", "PhoneNumber"} {
			delete(values, key)
		}
	}
	if hardware, ok := hardwareModels[c.ProductType]; ok {
		values["HardwareModel"] = hardware
	}
	return values
}

// deviceClass is what a model is: an iPhone, iPad or iPod.
func deviceClass(productType string) string {
	for _, class := range []string{"iPad", "iPod"} {
		if strings.HasPrefix(productType, class) {
			return class
		}
	}
	return "iPhone"
}

// hardwareModels are boards of some models; others tell none.
var hardwareModels = map[string]string{
	"iPhone9,1": "D10AP", "iPhone10,4": "D201AP", "iPhone10,6": "D221AP", "iPhone11,8": "N841AP",
	"iPhone12,1": "N104AP", "iPhone12,8": "D79AP", "iPhone13,2": "D53gAP", "iPhone14,5": "D17AP",
	"iPhone14,6": "D49AP", "iPhone15,2": "D73AP", "iPhone15,4": "D37AP", "iPhone16,1": "D83AP",
	"iPhone17,1": "D93AP", "iPhone17,3": "D47AP",
}

// backupValues is what the iCloud backup and the backup agent let lockdownd
// know: seconds since 2001 as integers, and WillEncrypt only once a password
// was set (dumps of iOS 15, 18.4.1 and 27.0.1).
func backupValues(p *Phone) map[string]any {
	c := &p.cfg
	values := map[string]any{
		"Version":            "2.0",
		"RequiresEncryption": 0,
		"WillEncrypt": func() any {
			if p.agent.EncryptionChosen() {
				return p.agent.WillEncrypt()
			}
			return nil
		},
	}
	if c.RequiresEncryption {
		values["RequiresEncryption"] = 1
	}
	if c.ICloud.Switch != Absent {
		values["CloudBackupEnabled"] = c.ICloud.Switch == On
	}
	if !c.ICloud.LastBackup.IsZero() {
		values["LastCloudBackupDate"] = seconds2001(c.ICloud.LastBackup)
		values["LastCloudBackupTZ"] = c.ICloud.Zone
	}
	if !c.LastLocalBackup.IsZero() {
		values["LastiTunesBackupDate"] = seconds2001(c.LastLocalBackup)
		values["LastiTunesBackupTZ"] = c.ICloud.Zone
	}
	return values
}

func seconds2001(t time.Time) int64 { return t.Unix() - epoch2001.Unix() }

func diskValues(d Disk) map[string]any {
	return map[string]any{
		"TotalDiskCapacity":      d.Capacity,
		"TotalSystemCapacity":    d.System,
		"TotalSystemAvailable":   int64(0),
		"TotalDataCapacity":      d.Capacity - d.System,
		"TotalDataAvailable":     d.Available + d.Purgeable,
		"AmountDataAvailable":    d.Available,
		"AmountDataReserved":     int64(209_715_200),
		"AmountRestoreAvailable": cmp.Or(d.Restorable, d.Available),
	}
}

func batteryValues(b Battery) map[string]any {
	return map[string]any{
		"BatteryCurrentCapacity": b.Level,
		"BatteryIsCharging":      b.Charging,
		"ExternalConnected":      b.External,
		"ExternalChargeCapable":  b.External,
		"FullyCharged":           b.Full,
		"GasGaugeCapability":     true,
		"HasBattery":             true,
	}
}

// syncValues tells where the phone keeps contacts and the like, in the shape
// of a phone on iOS 16.7.2.
func syncValues(iCloud bool) map[string]any {
	values := map[string]any{}
	if iCloud {
		for _, kind := range []string{"Contacts", "Calendars", "Notes", "Bookmarks"} {
			values[kind] = map[string]any{"Sources": []string{"iCloud"}, "AccountNames": []string{"iCloud"}}
		}
	}
	return values
}

func storeApps(c *Config) []string {
	ids := []string{}
	for _, app := range c.Apps {
		if app.SINF != nil {
			ids = append(ids, app.BundleID)
		}
	}
	return ids
}

// chipID is the ECID, which the newer form of a UDID spells out.
func chipID(udid string) uint64 {
	if _, ecid, ok := strings.Cut(udid, "-"); ok {
		if n, err := strconv.ParseUint(ecid, 16, 64); err == nil {
			return n
		}
	}
	sum := sha256.Sum256([]byte(udid))
	return uint64(sum[0])<<40 | uint64(sum[1])<<16 | uint64(sum[2])
}

// digits, address and serial make up identifiers that stay with a UDID.
func digits(udid, what string, n int) string {
	sum := sha256.Sum256([]byte(what + udid))
	var b strings.Builder
	for i := range n {
		b.WriteByte('0' + sum[i]%10)
	}
	return b.String()
}

func address(udid, what string) string {
	sum := sha256.Sum256([]byte(what + udid))
	return fmt.Sprintf("f0:d1:a9:%02x:%02x:%02x", sum[0], sum[1], sum[2])
}

func (p *Phone) serial() string {
	const letters = "0123456789CDFGHJKLMNPQRTVWXY"
	sum := sha256.Sum256([]byte("serial" + p.cfg.UDID))
	serial := []byte("F")
	for i := range 9 {
		serial = append(serial, letters[int(sum[i])%len(letters)])
	}
	return string(serial)
}
