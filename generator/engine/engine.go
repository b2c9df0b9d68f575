// Package engine asks the Docker engine, by the docker command: so it is reached as its user reaches it.
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// ErrNoCommand says that there is nothing to ask with.
var ErrNoCommand = errors.New("there is no docker command")

// leave is how long the command may take to go once nobody waits for it.
const leave = 5 * time.Second

// Run runs one docker command, whose output goes to a writer. An error is the first line of what the command says.
func Run(ctx context.Context, out io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.WaitDelay = leave
	var errs strings.Builder
	cmd.Stdout, cmd.Stderr = out, &errs
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return ErrNoCommand
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return errors.New("it takes too long")
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && errs.Len() > 0:
		return errors.New(FirstLine(errs.String()))
	}
	return err
}

// Text is what a command prints.
func Text(ctx context.Context, args ...string) (string, error) {
	var out strings.Builder
	err := Run(ctx, &out, args...)
	return strings.TrimSpace(out.String()), err
}

// JSON decodes the documents that a command prints, one a line.
func JSON[T any](ctx context.Context, args ...string) ([]T, error) {
	text, err := Text(ctx, args...)
	if err != nil || text == "" {
		return nil, err
	}
	var out []T
	for line := range strings.Lines(text) {
		var value T
		if err := json.Unmarshal([]byte(line), &value); err != nil {
			return nil, fmt.Errorf("docker %s prints something else than expected: %w", args[0], err)
		}
		out = append(out, value)
	}
	return out, nil
}

// Absent says whether an error is about something that the engine does not have: an image, a network, a container.
func Absent(err error) bool {
	return err != nil && strings.Contains(strings.ToLower(err.Error()), "no such ")
}

// FirstLine keeps what a command complains about short.
func FirstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
