package cmd_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"lifeboat/assets"
)

const packages = "../.ci/package"

// TestVersion: FyneApp.toml, from which the packages take it, what software
// centres get, and the changelog have the version that the programs say.
func TestVersion(t *testing.T) {
	var app struct{ Details struct{ Version, ID string } }
	if _, err := toml.DecodeFile("../FyneApp.toml", &app); err != nil {
		t.Fatal(err)
	}
	if app.Details.Version != assets.Version {
		t.Errorf("FyneApp.toml has %s, assets %s", app.Details.Version, assets.Version)
	}
	// Windows' own versions are numbers, and so is the setup's.
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(assets.Version) {
		t.Errorf("%s is not three numbers", assets.Version)
	}
	var info struct {
		ID         string `xml:"id"`
		Launchable string `xml:"launchable"`
		Releases   []struct {
			Version string `xml:"version,attr"`
		} `xml:"releases>release"`
	}
	name := filepath.Join(packages, "linux", app.Details.ID+".metainfo.xml")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(data, &info); err != nil {
		t.Fatal(err)
	}
	if len(info.Releases) == 0 || info.Releases[0].Version != assets.Version || info.ID != app.Details.ID || info.Launchable != app.Details.ID+".desktop" {
		t.Errorf("%s says %+v", name, info)
	}
	log, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	if head := regexp.MustCompile(`(?m)^## \[(.+)\]`).FindSubmatch(log); head == nil || string(head[1]) != "Unreleased" && string(head[1]) != assets.Version {
		t.Errorf("the changelog begins with %q", head)
	}
}

// TestSetupSpeaksAll: the setup for Windows speaks the languages that Lifeboat
// speaks, and each of them in all of its own texts.
func TestSetupSpeaksAll(t *testing.T) {
	files, err := filepath.Glob("../assets/translations/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	languages := map[string]bool{}
	for _, file := range files {
		languages[strings.Split(filepath.Base(file), ".")[1]] = true
	}
	data, err := os.ReadFile(filepath.Join(packages, "windows", "setup.nsi"))
	if err != nil {
		t.Fatal(err)
	}
	setup := string(data)
	names := regexp.MustCompile(`(?m)^!insertmacro MUI_LANGUAGE "(\w+)" ; (\S+)$`).FindAllStringSubmatch(setup, -1)
	if len(names) != len(languages) {
		t.Errorf("the setup has %d languages, Lifeboat %d", len(names), len(languages))
	}
	texts := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^LangString (\w+) `).FindAllStringSubmatch(setup, -1) {
		texts[m[1]] = true
	}
	if len(texts) == 0 {
		t.Error("the setup has no texts")
	}
	for _, m := range names {
		if !languages[m[2]] {
			t.Errorf("the setup speaks %s, Lifeboat does not", m[1])
		}
		for text := range texts {
			if !strings.Contains(setup, "LangString "+text+" ${LANG_"+strings.ToUpper(m[1])+"} ") {
				t.Errorf("the setup does not say %s in %s", text, m[1])
			}
		}
	}
}
