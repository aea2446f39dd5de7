//go:build !windows

package main

import (
	"net/url"

	"fyne.io/fyne/v2"
)

// showFolder hands the folder's address to the program that the user has for it.
func showFolder(a fyne.App, dir string) error {
	return openURL(a, &url.URL{Scheme: "file", Path: dir})
}
