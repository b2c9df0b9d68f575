//go:build unix

package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// command puts a docker command of our own in the way.
func command(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func TestAnswers(t *testing.T) {
	command(t, `echo '{"Name":"a '$2'"}'; echo '{"Name":"b"}'`)
	type answer struct{ Name string }
	got, err := JSON[answer](t.Context(), "x", "y")
	if diff := cmp.Diff([]answer{{"a y"}, {"b"}}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestErrors(t *testing.T) {
	tests := map[string]struct{ script, want string }{
		"what it says":   {"echo 'Error: No such image: x' >&2; echo more >&2; exit 1", "Error: No such image: x"},
		"nothing":        {"exit 4", "exit status 4"},
		"something else": {"echo hello", "docker image prints something else than expected"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			command(t, test.script)
			_, err := JSON[struct{}](t.Context(), "image", "ls")
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || Absent(err) != (name == "what it says") {
				t.Errorf("got %v", err)
			}
		})
	}
	if Absent(nil) {
		t.Error("no error is about something absent")
	}
}

func TestNoAnswer(t *testing.T) {
	command(t, "exec sleep 60")
	late, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Text(late, "info"); err == nil || err.Error() != "it takes too long" {
		t.Errorf("got %v", err)
	}
	interrupted, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Text(interrupted, "info"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Text(t.Context(), "info"); !errors.Is(err, ErrNoCommand) {
		t.Errorf("got %v", err)
	}
}
