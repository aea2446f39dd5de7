package backupd

import (
	"strings"
	"sync"
)

// maxExchanges bounds the log of exchanges; what comes later is dropped, and
// the answers of the end are the least surprising.
const maxExchanges = 1 << 16

// Exchange is a question of the phone and what the host answered.
type Exchange struct {
	// Request is the name of the message, such as "DLMessageMoveItems".
	Request string
	// About is the (first) path that it was about, if any.
	About string
	// Elements counts the elements of the answer; four are right.
	Elements int
	// Code is the DeviceLink status code of the answer.
	Code int
	// Text is the third element without the placeholder for empty texts.
	Text string
	// Object is the type of the fourth element: "dict", "string", "integer",
	// "real", "array", "other", or "none" where it is missing.
	Object string
}

// exchangeLog remembers exchanges for tests.
type exchangeLog struct {
	mu   sync.Mutex
	list []Exchange
	sent int // messages
}

// count counts a message that the phone sent.
func (l *exchangeLog) count() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent++
}

// Messages is how many messages the phone has sent since the last Backup
// request began, the final answer among them: the moments at which a fault may
// strike are 1 to Messages of a run without one.
func (e *Engine) Messages() int {
	e.exchanges.mu.Lock()
	defer e.exchanges.mu.Unlock()
	return e.exchanges.sent
}

func (l *exchangeLog) add(e Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) < maxExchanges {
		l.list = append(l.list, e)
	}
}

// Exchanges are the questions that were answered since the last request of a
// backup or a restore began, in order.
func (e *Engine) Exchanges() []Exchange {
	e.exchanges.mu.Lock()
	defer e.exchanges.mu.Unlock()
	return append([]Exchange(nil), e.exchanges.list...)
}

func (l *exchangeLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.sent = nil, 0
}

func exchangeOf(question, about string, message []any, a answer) Exchange {
	// Decoded strings are part of the message that they came in.
	text := strings.Clone(a.text)
	e := Exchange{Request: question, About: about, Elements: len(message), Code: a.code, Text: text, Object: "none"}
	if len(message) > 3 {
		e.Object = typeName(message[3])
	}
	return e
}

// typeName is the property list type of a decoded value.
func typeName(value any) string {
	switch value.(type) {
	case map[string]any:
		return "dict"
	case []any:
		return "array"
	case string:
		return "string"
	case uint64, int64:
		return "integer"
	case float64:
		return "real"
	}
	return "other"
}
