package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/ui/state"
)

// source hands every text literal of the window's code, and of the program around
// it, to each.
func source(t *testing.T, each func(where token.Position, text string, in ast.Node)) {
	t.Helper()
	fset := token.NewFileSet()
	for _, dir := range []string{".", "state", "state/reminder", "theme", "widgets", "../cmd/lifeboat"} {
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s holds no code (%v)", dir, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(fset, path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			var around []ast.Node
			ast.Inspect(file, func(n ast.Node) bool {
				if n == nil {
					around = around[:len(around)-1]
					return true
				}
				around = append(around, n)
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					each(fset.Position(lit.Pos()), text, enclosingCall(around))
				}
				return true
			})
		}
	}
}

// enclosingCall is the innermost call that a node stands in.
func enclosingCall(path []ast.Node) ast.Node {
	for i := len(path) - 1; i >= 0; i-- {
		if call, ok := path[i].(*ast.CallExpr); ok {
			return call
		}
	}
	return nil
}

// TestEveryWordIsUsed sees that each key of ui*.en.toml is used, and each key used is there.
func TestEveryWordIsUsed(t *testing.T) {
	used := map[string]bool{}
	source(t, func(where token.Position, text string, _ ast.Node) {
		if !strings.HasPrefix(text, "ui.") || strings.HasSuffix(text, ".json") {
			return
		}
		used[text] = true
		if !words.English().Has(text) {
			t.Errorf("%s: there are no words for %q", where, text)
		}
	})
	for _, key := range words.English().Keys() {
		if strings.HasPrefix(key, "ui.") && !used[key] {
			t.Errorf("nothing uses %q", key)
		}
	}
}

// TestNoSentenceInCode sees that no sentence stands in the window's code:
// texts with a space are for logs, errors, paths, and commands to be typed only.
func TestNoSentenceInCode(t *testing.T) {
	prose := regexp.MustCompile(`\pL \pL`)
	technical := map[string]bool{
		"fault.New": true, "gone": true, "disk.Fault": true, "fmt.Errorf": true, "errors.New": true, "fmt.Sprintf": true, "panic": true,
		"log.Info": true, "log.Error": true, "log.Warn": true, "filepath.Join": true,
	}
	source(t, func(where token.Position, text string, in ast.Node) {
		if prose.MatchString(text) && !strings.HasPrefix(text, "sudo ") && !technical[calleeOf(in)] {
			t.Errorf("%s: %q belongs into ui.en.toml", where, text)
		}
	})
}

// calleeOf names what a call calls: "fault.New".
func calleeOf(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// TestPhasesHaveWords sees that no phase of a backup is nameless, and that each
// belongs to one step of the page.
func TestPhasesHaveWords(t *testing.T) {
	steps := map[backup.Phase]int{}
	for _, step := range jobSteps {
		if !words.English().Has(step.key) {
			t.Errorf("step %q has no words", step.key)
		}
		for _, phase := range step.phases {
			steps[phase]++
		}
	}
	for phase, key := range phases {
		if phase == "" || !words.English().Has(key) {
			t.Errorf("phase %q has no words", phase)
		}
		if steps[phase] != 1 {
			t.Errorf("phase %q is in %d steps", phase, steps[phase])
		}
	}
	for phase := range steps {
		if phases[phase] == "" {
			t.Errorf("phase %q of a step has no words", phase)
		}
	}
	if len(phases) < 10 || phases[state.PhaseKeyring] == "" {
		t.Errorf("%d phases", len(phases))
	}
}
