package services

import (
	"slices"
	"testing"
)

func TestDiagnostics(t *testing.T) {
	restarted, down := 0, 0
	var asked []string
	d := &Diagnostics{
		Registry: func(entry string) map[string]any {
			if IsBattery(entry) {
				return SmartBattery(BatteryState{Level: 9, Charging: true, External: true, Adapter: 2400, Temperature: 35.5, Health: 83})
			}
			return nil
		},
		Restart: func() { restarted++ }, Shutdown: func() { down++ },
		Asked: func(what string) { asked = append(asked, what) },
	}
	conn := serve(t, d.Serve)
	registry := func(request dict) dict {
		t.Helper()
		request["Request"] = "IORegistry"
		answer := ask(t, conn, request)
		if answer["Status"] != "Success" {
			t.Errorf("registry: %v", answer)
		}
		entry, _ := answer["Diagnostics"].(dict)["IORegistry"].(dict)
		return entry
	}
	battery := registry(dict{"EntryClass": "AppleSmartBattery"})
	if battery["CurrentCapacity"] != uint64(9) || battery["DesignCapacity"] != uint64(3092) || battery["AdapterDetails"].(dict)["Current"] != uint64(2400) ||
		battery["AdapterDetails"].(dict)["Watts"] != uint64(12) || battery["Temperature"] != uint64(3550) || battery["NominalChargeCapacity"] != uint64(2566) {
		t.Errorf("battery: %v", battery)
	}
	if entry := registry(dict{"EntryName": "IO80211Interface"}); entry != nil {
		t.Errorf("an entry that is not there: %v", entry)
	}
	gestalt := func() dict {
		answer := ask(t, conn, dict{"Request": "MobileGestalt", "MobileGestaltKeys": []string{"PasswordConfigured", "X"}})
		return answer["Diagnostics"].(dict)["MobileGestalt"].(dict)
	}
	if got := gestalt(); got["Status"] != "MobileGestaltDeprecated" || len(got) != 1 {
		t.Errorf("gestalt of a new phone: %v", got)
	}
	if answer := ask(t, conn, dict{"Request": "Dance"}); answer["Status"] != "UnknownRequest" {
		t.Errorf("unknown: %v", answer)
	}
	if answer := ask(t, conn, dict{"Request": "Goodbye"}); answer["Status"] != "Success" || restarted != 0 {
		t.Errorf("goodbye: %v", answer)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("open after goodbye")
	}
	want := []string{"IORegistry AppleSmartBattery", "IORegistry IO80211Interface", "diagnostics MobileGestalt", "diagnostics Dance"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	old := &Diagnostics{Gestalt: true, PasscodeSet: true, Restart: d.Restart, Shutdown: d.Shutdown}
	conn = serve(t, old.Serve)
	if got := gestalt(); got["PasswordConfigured"] != true || got["Status"] != "Success" || len(got) != 2 {
		t.Errorf("gestalt of an old phone: %v", got)
	}
	if answer := ask(t, conn, dict{"Request": "Restart"}); answer["Status"] != "Success" {
		t.Errorf("restart: %v", answer)
	}
	if conn.Read(make([]byte, 1)); restarted != 1 {
		t.Errorf("restarted %d times", restarted)
	}
	conn = serve(t, old.Serve)
	if answer := ask(t, conn, dict{"Request": "Shutdown"}); answer["Status"] != "Success" {
		t.Errorf("shutdown: %v", answer)
	}
	if conn.Read(make([]byte, 1)); restarted != 1 || down != 1 {
		t.Errorf("shut down %d times, restarted %d times", down, restarted)
	}
}

func TestBatteryWithoutPower(t *testing.T) {
	battery := SmartBattery(BatteryState{Level: 50, Adapter: 500})
	if _, ok := battery["AdapterDetails"]; ok || battery["AppleRawExternalConnected"] != false {
		t.Errorf("battery off the cable: %v", battery)
	}
}

func TestProfiles(t *testing.T) {
	conn := serve(t, (&Profiles{}).Serve)
	answer := ask(t, conn, dict{"RequestType": "GetProfileList"})
	if answer["Status"] != "Acknowledged" || len(answer["OrderedIdentifiers"].([]any)) != 0 {
		t.Errorf("no profiles: %v", answer)
	}
	if cloud := ask(t, conn, dict{"RequestType": "GetCloudConfiguration"})["CloudConfiguration"].(dict); cloud["IsSupervised"] != false || cloud["OrganizationName"] != nil || cloud["AllowPairing"] != true {
		t.Errorf("nobody's phone: %v", cloud)
	}
	if answer := ask(t, conn, dict{"RequestType": "EraseDevice"}); answer["Status"] != "Error" {
		t.Errorf("unknown request: %v", answer)
	}

	const id = "com.example.school"
	var asked []string
	conn = serve(t, (&Profiles{
		List:       []Profile{{Identifier: id, Name: "School", Organization: "School of Ulm", Locked: true}},
		Supervised: true, Organization: "School of Ulm", PairingForbidden: true,
		Asked: func(what string) { asked = append(asked, what) },
	}).Serve)
	answer = ask(t, conn, dict{"RequestType": "GetProfileList"})
	about := answer["ProfileMetadata"].(dict)[id].(dict)
	if _, present := about["PayloadContent"]; present {
		t.Errorf("a profile without payloads says about them: %v", about)
	}
	if answer["OrderedIdentifiers"].([]any)[0] != id || about["PayloadRemovalDisallowed"] != true || about["PayloadOrganization"] != "School of Ulm" {
		t.Errorf("a school's profile: %v", answer)
	}
	if cloud := ask(t, conn, dict{"RequestType": "GetCloudConfiguration"})["CloudConfiguration"].(dict); cloud["IsSupervised"] != true || cloud["OrganizationName"] != "School of Ulm" || cloud["AllowPairing"] != false {
		t.Errorf("a school's phone: %v", cloud)
	}
	if want := []string{"MCInstall GetProfileList", "MCInstall GetCloudConfiguration"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}
