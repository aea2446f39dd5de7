package contenttest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lifeboat/assets/words"
)

// Words sees that the Go files of these folders, tests aside, use each key that begins
// with prefix, and none that has no words. A text that ends with a dot stands for all
// keys below it.
func Words(t *testing.T, prefix string, dirs ...string) {
	t.Helper()
	used, below := map[string]bool{}, []string{}
	for _, dir := range dirs {
		names, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if !strings.HasSuffix(n.Name(), ".go") || strings.HasSuffix(n.Name(), "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, n.Name()), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(node ast.Node) bool {
				literal, ok := node.(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING {
					return true
				}
				key, _ := strconv.Unquote(literal.Value)
				switch {
				case !strings.HasPrefix(key, prefix):
				case strings.HasSuffix(key, "."):
					below = append(below, key)
				case words.English().Has(key):
					used[key] = true
				default:
					t.Errorf("%s: there are no words for %q", n.Name(), key)
				}
				return true
			})
		}
	}
	found := 0
	for _, key := range words.English().Keys() {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		found++
		for _, b := range below {
			used[key] = used[key] || strings.HasPrefix(key, b)
		}
		if !used[key] {
			t.Errorf("nothing uses %q", key)
		}
	}
	if found == 0 {
		t.Errorf("no key begins with %q", prefix)
	}
}
