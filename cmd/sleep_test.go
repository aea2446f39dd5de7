package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// longestNap is how long a test may sleep by the clock. It waits for what it
// wants to see instead, or lives in a bubble of testing/synctest.
const longestNap = 100 * time.Millisecond

// units are the names of durations in the package time.
var units = map[string]time.Duration{
	"Nanosecond": time.Nanosecond, "Microsecond": time.Microsecond, "Millisecond": time.Millisecond,
	"Second": time.Second, "Minute": time.Minute, "Hour": time.Hour,
}

// naps finds, in files of one package, time.Sleep and <-time.After that stand
// for themselves, with a constant that is longer than longestNap, outside of
// functions that have a bubble, or call one of the package that has.
type naps struct {
	fset   *token.FileSet
	values map[string]ast.Expr // what constants and variables of the package begin as
	funcs  map[string][]*ast.BlockStmt
}

func newNaps(fset *token.FileSet, files []*ast.File) *naps {
	n := &naps{fset, map[string]ast.Expr{}, map[string][]*ast.BlockStmt{}}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				n.funcs[f.Name.Name] = append(n.funcs[f.Name.Name], f.Body)
			}
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
				for i, name := range spec.Names {
					n.values[name.Name] = spec.Values[i]
				}
			}
			return true
		})
	}
	return n
}

// of returns the name of a function of a package that is called, or "".
func of(pkg string, call ast.Expr) string {
	if c, ok := call.(*ast.CallExpr); ok {
		call = c.Fun
	}
	if sel, ok := call.(*ast.SelectorExpr); ok {
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == pkg {
			return sel.Sel.Name
		}
	}
	return ""
}

// bubbles are the functions that have a bubble, or call one that has.
func (n *naps) bubbles() map[string]bool {
	all := map[string]bool{}
	for more := true; more; {
		more = false
		for name, bodies := range n.funcs {
			for _, body := range bodies {
				ast.Inspect(body, func(node ast.Node) bool {
					call, ok := node.(*ast.CallExpr)
					if !ok || all[name] {
						return !all[name]
					}
					callee, _ := call.Fun.(*ast.Ident)
					if of("synctest", call) != "" || callee != nil && all[callee.Name] {
						all[name], more = true, true
					}
					return true
				})
			}
		}
	}
	return all
}

// value is that of an expression as far as it is a constant; ok is false otherwise.
func (n *naps) value(e ast.Expr, depth int) (d float64, ok bool) {
	if depth > 10 {
		return 0, false
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		d, err := strconv.ParseFloat(e.Value, 64)
		return d, err == nil
	case *ast.ParenExpr:
		return n.value(e.X, depth+1)
	case *ast.SelectorExpr:
		unit, ok := units[of("time", e)]
		return float64(unit), ok
	case *ast.Ident:
		if init := n.values[e.Name]; init != nil {
			return n.value(init, depth+1)
		}
	case *ast.CallExpr:
		if of("time", e) == "Duration" {
			return n.value(e.Args[0], depth+1)
		}
	case *ast.BinaryExpr:
		x, ok := n.value(e.X, depth+1)
		y, ok2 := n.value(e.Y, depth+1)
		switch e.Op {
		case token.MUL:
			return x * y, ok && ok2
		case token.QUO:
			return x / y, ok && ok2
		case token.ADD:
			return x + y, ok && ok2
		case token.SUB:
			return x - y, ok && ok2
		}
	}
	return 0, false
}

// long returns the places of all naps that are too long.
func (n *naps) long() (places []string) {
	bubbles, limits := n.bubbles(), map[ast.Stmt]bool{} // what a select waits for at most
	for name, bodies := range n.funcs {
		for _, body := range bodies {
			ast.Inspect(body, func(node ast.Node) bool {
				var call *ast.CallExpr
				switch node := node.(type) {
				case *ast.CallExpr:
					if of("time", node) == "Sleep" {
						call = node
					}
				case *ast.CommClause:
					limits[node.Comm] = true
				case *ast.ExprStmt:
					if from, ok := node.X.(*ast.UnaryExpr); ok && !limits[node] && of("time", from.X) == "After" {
						call, _ = from.X.(*ast.CallExpr)
					}
				}
				if call == nil || bubbles[name] {
					return true
				}
				if d, ok := n.value(call.Args[0], 0); ok && time.Duration(d) > longestNap {
					places = append(places, n.fset.Position(call.Pos()).String()+": "+time.Duration(d).String())
				}
				return true
			})
		}
	}
	return places
}

// TestNoNaps: no test, and nothing of the simulated phone and the disks for
// tests, sleeps for longer than longestNap by the clock.
func TestNoNaps(t *testing.T) {
	fset, packages := token.NewFileSet(), map[string][]*ast.File{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		slashed := filepath.ToSlash(name)
		helper := strings.Contains(slashed, "device/phonesim/") || strings.Contains(slashed, "backup/backuptest/") || strings.HasSuffix(filepath.Dir(slashed), "test")
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") && (!helper || !strings.HasSuffix(name, ".go")) {
			return err
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err == nil {
			packages[filepath.Dir(name)] = append(packages[filepath.Dir(name)], file)
		}
		return err
	})
	if err != nil || len(packages) < 40 {
		t.Fatalf("%d packages: %v", len(packages), err)
	}
	for _, files := range packages {
		for _, place := range newNaps(fset, files).long() {
			t.Errorf("%s: a test waits for what it wants to see, or lives in a bubble of synctest", place)
		}
	}
}

// TestNaps finds those that are too long, and no others.
func TestNaps(t *testing.T) {
	const source = `package x
const tick = 50 * time.Millisecond
func a() { time.Sleep(time.Second) }
func b() { time.Sleep(3 * tick) }
func c() { <-time.After(time.Duration(2) * time.Minute) }
func d() { go func() { time.Sleep((tick + tick) + 1) }() }
func fine() { time.Sleep(2 * tick); time.Sleep(unknown); <-time.After(tick) }
func limit() { select { case <-time.After(time.Minute): case <-c: } }
func bubble() { synctest.Test(t, func(*testing.T) { time.Sleep(time.Hour) }) }
func through() { in(t, func() { time.Sleep(time.Hour) }) }
func in(t, f) { synctest.Test(t, f) }
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, place := range newNaps(fset, []*ast.File{file}).long() {
		found[strings.Split(place, ":")[1]]++
	}
	if len(found) != 4 || found["3"] != 1 || found["4"] != 1 || found["5"] != 1 || found["6"] != 1 {
		t.Errorf("found in lines %v, want 3 to 6", found)
	}
}
