package services

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// syslogNames are the levels as syslog_relay writes them.
var syslogNames = map[LogLevel]string{
	LogDefault: "Notice", LogInfo: "Info", LogDebug: "Debug", LogError: "Error", LogFault: "Fault",
}

// ServeSyslog is com.apple.syslog_relay: lines of text, each ended by a zero
// byte. It has carried no debug lines since iOS 17.
func (l *Log) ServeSyslog(ctx context.Context, conn net.Conn) error {
	return l.play(ctx, conn, func(line LogLine) error {
		if line.Level == LogDebug {
			return nil
		}
		process := line.Process
		if line.Subsystem != "" {
			process += "(" + line.Subsystem + ")"
		}
		text := fmt.Sprintf("%s iPhone %s[%d] <%s>: %s\n\x00",
			l.Now().Format("Jan _2 15:04:05"), process, line.PID, syslogNames[line.Level], escape(line.Text))
		_, err := conn.Write([]byte(text))
		return err
	})
}

// escape writes bytes beyond ASCII the way syslog does, as \M-c and \M^c.
func escape(text string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c < 0x80 && (c >= 0x20 || c == '\t'):
			b.WriteByte(c)
		case c < 0x20:
			b.WriteString(`\^` + string(rune(c^0x40)))
		case c >= 0xa0 && c < 0xff:
			b.WriteString(`\M-` + string(rune(c&0x7f)))
		case c == 0xff:
			b.WriteString(`\M^?`)
		case c >= 0x80:
			b.WriteString(`\M^` + string(rune(c&0x7f^0x40)))
		default:
			b.WriteString(`\^?`)
		}
	}
	return b.String()
}
