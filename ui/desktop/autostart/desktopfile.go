package autostart

import (
	"errors"
	"slices"
	"strings"
)

// desktopFile is an entry by the Desktop Entry Specification 1.5.
func desktopFile(e Entry) (string, error) {
	args := append([]string{e.Program}, e.Args...)
	for i, arg := range args {
		if strings.ContainsFunc(arg, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", errors.New("a control character cannot be part of a command")
		}
		args[i] = quote(arg)
	}
	return strings.Join([]string{
		"[Desktop Entry]", "Type=Application", "Name=" + escape(e.Name), "Exec=" + strings.Join(args, " "),
		"Icon=" + escape(e.ID), "Terminal=false", "X-GNOME-Autostart-enabled=true", "",
	}, "\n"), nil
}

// quote writes one argument of Exec: quoted for the command, of which % begins a
// field code, and then escaped as any string of the file is.
func quote(arg string) string {
	const special = "\"`$\\"
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(arg) { // by bytes: not every path is UTF-8
		if strings.IndexByte(special, arg[i]) >= 0 {
			b.WriteByte('\\')
		}
		if arg[i] == '%' {
			b.WriteByte('%')
		}
		b.WriteByte(arg[i])
	}
	b.WriteByte('"')
	return escape(b.String())
}

func escape(text string) string { return strings.ReplaceAll(text, `\`, `\\`) }

var unescaped = strings.NewReplacer(`\\`, `\`, `\s`, " ", `\t`, "\t", `\n`, "\n", `\r`, "\r")

// entryOf reads the keys of a desktop entry; the first of each counts.
func entryOf(text string) map[string]string {
	keys, inside := map[string]string{}, false
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inside = line == "[Desktop Entry]"
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); ok && inside && !strings.HasPrefix(key, "#") {
			if _, twice := keys[key]; !twice {
				keys[key] = unescaped.Replace(strings.TrimSpace(value))
			}
		}
	}
	return keys
}

// commandOf splits Exec into its arguments.
func commandOf(exec string) []string {
	var args []string
	var b strings.Builder
	quoted, some := false, false
	for i := 0; i < len(exec); i++ {
		switch c := exec[i]; {
		case quoted && c == '\\' && i+1 < len(exec):
			i++
			b.WriteByte(exec[i])
		case c == '"':
			quoted, some = !quoted, true
		case c == '%' && i+1 < len(exec):
			if i++; exec[i] == '%' { // other codes stand for files, of which there are none
				b.WriteByte('%')
				some = true
			}
		case c == ' ' && !quoted:
			if some {
				args = append(args, b.String())
			}
			b.Reset()
			some = false
		default:
			b.WriteByte(c)
			some = true
		}
	}
	if some {
		args = append(args, b.String())
	}
	return args
}

// desktopStatus is what a desktop makes of a file in its autostart folder.
func desktopStatus(e Entry, text string) Status {
	keys := entryOf(text)
	command := commandOf(keys["Exec"])
	switch {
	case keys["Hidden"] == "true": // by the specification as if there were no file
		return Off
	case keys["X-GNOME-Autostart-enabled"] == "false":
		return Blocked
	case slices.Equal(command, append([]string{e.Program}, e.Args...)):
		return On
	}
	return Other
}
