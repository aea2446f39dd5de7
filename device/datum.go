package device

import (
	"errors"
	"fmt"
	"strconv"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// unread is the datum of a question that failed: refused if the phone
// answered so, and else not read.
func unread[T any](err error) facts.Datum[T] {
	var e *fault.Error
	if errors.As(err, &e) && e.Domain != "" && e.Domain != "usbmuxd" {
		reason := e.Text
		if reason == "" {
			reason = e.Domain + " " + strconv.Itoa(e.Number)
		}
		return facts.Datum[T]{State: facts.Refused, Reason: reason}
	}
	return facts.Datum[T]{State: facts.NotRead, Reason: string(fault.Of(err))}
}

// datum reads one key of a domain with convert, which reports whether the value
// is of a type that it understands.
func datum[T any](d domain, key string, convert func(any) (T, bool)) facts.Datum[T] {
	if d.err != nil {
		return unread[T](d.err)
	}
	v, ok := d.values[key]
	if !ok {
		return facts.Gone[T]()
	}
	value, ok := convert(v)
	if !ok {
		return facts.Datum[T]{State: facts.Refused, Reason: fmt.Sprintf("WrongType %T", v)}
	}
	return facts.Of(value)
}
