package phonesim

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// builds are those of some versions of iOS.
var builds = map[string]string{
	"15.8.2": "19H384", "16.7.2": "20H115", "17.5.1": "21F90", "18.4.1": "22E252", "18.7.1": "22H31", "26.1": "23B85",
}

// majorVersion checks a version of iOS and returns its first number. Older
// ones than 10 are refused: they had another TLS and other backups.
func majorVersion(version string) (int, error) {
	parts := strings.Split(version, ".")
	for _, part := range parts {
		if n, err := strconv.ParseUint(part, 10, 16); err != nil || len(parts) > 3 || n > 999 {
			return 0, fmt.Errorf("iOS version %q is not of the form 18.4.1", version)
		}
	}
	major, _ := strconv.Atoi(parts[0])
	if major < 10 {
		return 0, fmt.Errorf("iOS %s is too old to be simulated: 10 or newer", version)
	}
	return major, nil
}

// olderThan reports whether a version, already checked, is before major.minor.
func olderThan(version string, major, minor int) bool {
	parts := append(strings.Split(version, "."), "0")
	a, _ := strconv.Atoi(parts[0])
	b, _ := strconv.Atoi(parts[1])
	return a < major || a == major && b < minor
}

// buildOf is the known build of a version, or one of the usual form: the
// kernel's number (iOS 18 is 22, iOS 26 is 23), a letter for the minor version.
func buildOf(version string, major int) string {
	if build, ok := builds[version]; ok {
		return build
	}
	kernel := major + 4
	if major >= 26 {
		kernel = major - 3
	}
	minor := 0
	if parts := strings.Split(version, "."); len(parts) > 1 {
		minor, _ = strconv.Atoi(parts[1])
	}
	return fmt.Sprintf("%d%c%d", kernel, 'A'+rune(minor%26), 300+len(version))
}

// betaOf is the build of a beta of a version: 23B85 is 23B5085c, with the 5
// and the letter at the end that betas have.
func betaOf(build string) string {
	at := strings.IndexFunc(build, unicode.IsLetter) + 1
	n, _ := strconv.Atoi(build[at:])
	return fmt.Sprintf("%s5%03dc", build[:at], n%1000)
}
