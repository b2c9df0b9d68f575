//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// command runs a program for at most limit, and returns its output. An error holds the last lines of what it said.
func command(limit time.Duration, dir, stdin, name string, args ...string) (string, error) {
	ctx, cancel := within(limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.WaitDelay = 5 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("not done after %s", limit)
	}
	if err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s", name, abridge(strings.Join(args, " ")), err, lastLines(out.String()+errs.String(), 25))
	}
	return out.String(), nil
}

// eventually asks until there is no error, and fails the test with the last one when the limit is over.
func eventually(t testing.TB, limit time.Duration, what string, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s: %v", what, limit, err)
		}
		time.Sleep(250 * time.Millisecond)
	}
}

// must fails the test at an error.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > n {
		lines = append([]string{"..."}, lines[len(lines)-n:]...)
	}
	return strings.Join(lines, "\n")
}

func abridge(text string) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if len(text) > 200 {
		return text[:200] + "..."
	}
	return text
}

func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// poll is how long an unhurried condition is waited for: a busy machine with two processors needs some patience.
const patience = 60 * time.Second
