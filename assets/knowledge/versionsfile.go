package knowledge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Encode writes the table as ios-versions.json has it: a line of the file a
// line of iOS, so that a change of one version is a change of one line.
func (v Versions) Encode() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"as_of\": %q,\n  \"lines\": [\n", v.AsOf.UTC().Format(time.DateOnly))
	for i, line := range v.Lines {
		latest, err := json.Marshal(line.Latest)
		if err != nil {
			return nil, fmt.Errorf("iOS %d: %w", line.Major, err)
		}
		comma := ","
		if i == len(v.Lines)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "    {\"major\": %d, \"latest\": %s, \"patched\": %t}%s\n", line.Major, latest, line.Patched, comma)
	}
	b.WriteString("  ]\n}\n")
	return b.Bytes(), nil
}
