package generator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

// stringLiterals returns the string literals of a Go file by their position, without import paths and struct tags.
func stringLiterals(t *testing.T, file string) map[string]string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			x.Tag = nil
		case *ast.BasicLit:
			if x.Kind == token.STRING {
				text, err := strconv.Unquote(x.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[set.Position(x.Pos()).String()] = text
			}
		}
		return true
	})
	return out
}
