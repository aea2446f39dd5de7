package services

import "testing"

func TestDiagnostics(t *testing.T) {
	restarted := 0
	d := &Diagnostics{Battery: SmartBattery(9, true, true, false), Restart: func() { restarted++ }}
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
	if battery["CurrentCapacity"] != uint64(9) || battery["DesignCapacity"] != uint64(3092) || battery["AdapterDetails"].(dict)["Current"] != uint64(2400) {
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
	old := &Diagnostics{Gestalt: true, PasscodeSet: true, Restart: func() { restarted++ }}
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
}

func TestBatteryWithoutPower(t *testing.T) {
	battery := SmartBattery(50, false, false, false)
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
	if cloud := ask(t, conn, dict{"RequestType": "GetCloudConfiguration"})["CloudConfiguration"].(dict); cloud["IsSupervised"] != false || cloud["OrganizationName"] != nil {
		t.Errorf("nobody's phone: %v", cloud)
	}
	if answer := ask(t, conn, dict{"RequestType": "EraseDevice"}); answer["Status"] != "Error" {
		t.Errorf("unknown request: %v", answer)
	}

	const id = "com.example.school"
	conn = serve(t, (&Profiles{
		List:       []Profile{{Identifier: id, Name: "School", Organization: "School of Ulm", Locked: true}},
		Supervised: true, Organization: "School of Ulm",
	}).Serve)
	answer = ask(t, conn, dict{"RequestType": "GetProfileList"})
	about := answer["ProfileMetadata"].(dict)[id].(dict)
	if answer["OrderedIdentifiers"].([]any)[0] != id || about["PayloadRemovalDisallowed"] != true || about["PayloadOrganization"] != "School of Ulm" {
		t.Errorf("a school's profile: %v", answer)
	}
	if cloud := ask(t, conn, dict{"RequestType": "GetCloudConfiguration"})["CloudConfiguration"].(dict); cloud["IsSupervised"] != true || cloud["OrganizationName"] != "School of Ulm" {
		t.Errorf("a school's phone: %v", cloud)
	}
}
