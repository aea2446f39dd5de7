// Package apps makes the databases and files that the apps of an iPhone keep,
// in the shapes that they have on several versions of iOS, out of plain Go
// data: a [Phone]. A reader of backups is right if it finds that data again.
//
// The shapes are descriptions of our own, of tables and columns that others have
// seen, not copies of Apple's: all of it is second-hand, and a real phone has
// more. Nothing here imports a reader: the two must not share a mistake.
package apps

import (
	"slices"
	"strconv"
	"strings"
)

// Shape is the form that databases have on a version of iOS and those after it,
// up to the next shape. It is the first number of that version.
type Shape string

// The shapes that can be made.
const (
	IOS13 Shape = "13"
	IOS15 Shape = "15"
	IOS17 Shape = "17"
	IOS18 Shape = "18"
	IOS26 Shape = "26"
	IOS27 Shape = "27"
)

// Shapes are all of them, oldest first.
var Shapes = []Shape{IOS13, IOS15, IOS17, IOS18, IOS26, IOS27}

// ShapeOf is the shape of a version of iOS such as "18.4.1": the newest that is
// not newer than it. Older versions than the oldest shape get that one.
func ShapeOf(version string) Shape {
	first, _, _ := strings.Cut(version, ".")
	major, _ := strconv.Atoi(first)
	for _, s := range slices.Backward(Shapes) {
		if s.Major() <= major {
			return s
		}
	}
	return IOS13
}

// Major is the first number of the version, such as 18; 0 of no shape.
func (s Shape) Major() int {
	n, _ := strconv.Atoi(string(s))
	return n
}

// since reports whether the shape is that of this version of iOS or a newer one.
func (s Shape) since(major int) bool { return s.Major() >= major }
