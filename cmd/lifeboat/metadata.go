package main

import (
	"fyne.io/fyne/v2"

	"lifeboat/assets"
	"lifeboat/ui/theme"
)

// What the app is called; FyneApp.toml says the same, which a test sees to.
const (
	appID    = "io.github.lifeboat"
	appName  = "Lifeboat"
	appBuild = 1
)

func metadata() fyne.AppMetadata {
	return fyne.AppMetadata{
		ID: appID, Name: appName, Version: assets.Version, Build: appBuild, Icon: theme.Icon(), Release: true,
		// All work reaches the window through fyne.Do.
		Migrations: map[string]bool{"fyneDo": true},
	}
}
