//go:build e2e

package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// django runs Python in the dashboard's container, as an operator would, and decodes what it gives to answer() into result.
func (s *stack) django(t testing.TB, script string, result any) {
	t.Helper()
	if err := s.tryDjango(script, result); err != nil {
		t.Fatal(err)
	}
}

const answerMark = "e2e-answer:"

func (s *stack) tryDjango(script string, result any) error {
	prelude := "import json\ndef answer(value):\n    print('" + answerMark + "' + json.dumps(value, default=str))\n"
	out, err := s.in(2*time.Minute, "dashboard", "python", "manage.py", "shell", "--no-imports", "-c", prelude+script)
	if err != nil || result == nil {
		return err
	}
	_, value, found := strings.Cut(out, answerMark)
	if !found {
		return &noAnswer{out}
	}
	line, _, _ := strings.Cut(value, "\n")
	return json.Unmarshal([]byte(line), result)
}

type noAnswer struct{ out string }

func (n *noAnswer) Error() string { return "the script gave no answer:\n" + lastLines(n.out, 10) }

// jsonField returns a field of a JSON object that came with the expected status.
func jsonField(t testing.TB, got answer, status int, field string) string {
	t.Helper()
	var object map[string]any
	if got.status != status || json.Unmarshal([]byte(got.body), &object) != nil {
		t.Fatalf("expected %d and JSON with %q, got %s", status, field, got)
	}
	value, ok := object[field].(string)
	if !ok {
		t.Fatalf("no %q in %s", field, got)
	}
	return value
}
