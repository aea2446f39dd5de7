package contacts

import (
	"context"
	"strings"

	"lifeboat/backup/content/source"
)

// Book tells whose a number or an address is. A nil Book knows nobody. It may be used
// by several goroutines.
type Book struct {
	people map[string][]Contact // by [Key]
}

// Load reads the address book. Without one in the backup, or with one that cannot be
// read, it knows nobody: names are a help, and no condition. The error is that of ctx.
func Load(ctx context.Context, b *source.Backup) (*Book, error) {
	book := &Book{people: map[string][]Contact{}}
	_, err := Read(ctx, b, func(c Contact) error {
		book.add(c)
		return nil
	})
	if err != nil && (ctx.Err() != nil || !source.Unreadable(err)) {
		return book, err
	}
	return book, nil
}

func (b *Book) add(c Contact) {
	for _, values := range [][]Value{c.Phones, c.Mails} {
		for _, v := range values {
			if key := Key(v.Value); key != "" {
				b.people[key] = append(b.people[key], c)
			}
		}
	}
}

// significant is how many digits at the end of a number tell it from others: what
// stands before is written in many ways (+49 151 …, 0151 …).
const significant = 8

// Key is what two spellings of a number or a mail address have in common.
func Key(address string) string {
	address = strings.TrimSpace(strings.ToLower(address))
	if strings.Contains(address, "@") {
		return strings.TrimPrefix(address, "mailto:")
	}
	digits := digitsOf(address)
	if len(digits) < significant || strings.ContainsFunc(strings.TrimPrefix(address, "tel:"), func(r rune) bool { return r >= 'a' && r <= 'z' }) {
		return address // a short code, or the name of a company in place of a number
	}
	return digits[len(digits)-significant:]
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// Lookup finds whose a number or a mail address is. Of several whose numbers end
// alike it is the one whose number is alike for longest.
func (b *Book) Lookup(address string) (c Contact, found bool) {
	if b == nil {
		return Contact{}, false
	}
	digits, longest := digitsOf(address), -1
	for _, one := range b.people[Key(address)] {
		for _, v := range one.Phones {
			if alike := sameEnd(digits, digitsOf(v.Value)); alike > longest {
				c, longest = one, alike
			}
		}
		if longest < 0 {
			c, longest = one, 0
		}
	}
	return c, longest >= 0
}

func sameEnd(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// Name is the name of whose a number or an address is, "" if nobody is known.
func (b *Book) Name(address string) string {
	c, _ := b.Lookup(address)
	return c.Name()
}
