//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// secretValues returns what must not show anywhere, by the names of the files that hold it.
func (s *stack) secretValues(t testing.TB) map[string]string {
	t.Helper()
	values := map[string]string{}
	dir := filepath.Join(s.dir, "secrets")
	for _, entry := range must(os.ReadDir(dir))(t) {
		content := strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, entry.Name())))(t)))
		// Of a key in PEM form, a line from its middle tells it.
		if lines := strings.Split(content, "\n"); len(lines) > 2 {
			content = lines[len(lines)/2]
		}
		if len(content) >= 12 {
			values[entry.Name()] = content
		}
	}
	if len(values) < 8 {
		t.Fatalf("secrets/ holds only %d", len(values))
	}
	return values
}

func TestSecretsShowNowhere(t *testing.T) {
	s := shared(t)
	values := s.secretValues(t)
	search := func(where string, content []byte) {
		for name, value := range values {
			if bytes.Contains(content, []byte(value)) {
				t.Errorf("the value of secrets/%s is in %s", name, where)
			}
		}
	}
	info := must(os.Stat(filepath.Join(s.dir, "secrets")))(t)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("secrets/ has mode %o", info.Mode().Perm())
	}
	for _, service := range append(s.services(), s.jobs()...) {
		c := must(s.container(service))(t)
		search("docker inspect of "+service, []byte(must(command(patience, "", "", "docker", "inspect", c.ID))(t)))
		search("the log of "+service, []byte(s.logs(t, service)))
		if c.State.Running {
			// A secret in a command line shows in every list of processes.
			search("the processes of "+service, []byte(must(command(patience, "", "", "docker", "top", c.ID, "-eo", "pid,args"))(t)))
		}
	}
	for _, image := range s.imageNames() {
		search("the history of "+image, []byte(must(command(patience, "", "", "docker", "history", "--no-trunc", image))(t)))
		search("docker inspect of "+image, []byte(must(command(patience, "", "", "docker", "inspect", image))(t)))
	}
	files := must(os.ReadDir(s.dir))(t)
	for _, file := range files {
		if file.Type().IsRegular() {
			search(file.Name(), must(os.ReadFile(filepath.Join(s.dir, file.Name())))(t))
		}
	}
}

// No layer of an image holds a secret. All layers are read once, which takes a minute.
func TestSecretsAreInNoLayer(t *testing.T) {
	s := shared(t)
	values := s.secretValues(t)
	ctx, cancel := within(5 * time.Minute)
	defer cancel()
	save := exec.CommandContext(ctx, "docker", append([]string{"save"}, s.imageNames()...)...)
	out := must(save.StdoutPipe())(t)
	if err := save.Start(); err != nil {
		t.Fatal(err)
	}
	layers := 0
	for reader := tar.NewReader(out); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		layers++
		for _, name := range contained(t, reader, values) {
			t.Errorf("the value of secrets/%s is in %s", name, header.Name)
		}
	}
	if err := save.Wait(); err != nil {
		t.Fatal(err)
	}
	if layers < len(s.imageNames()) {
		t.Errorf("only %d files were read", layers)
	}
}

// contained reads a stream to its end, and says which of the values it holds.
func contained(t testing.TB, stream io.Reader, values map[string]string) []string {
	t.Helper()
	const overlap = 256
	buffer := make([]byte, 0, 1<<20)
	found := map[string]bool{}
	for {
		n, err := io.ReadFull(stream, buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		for name, value := range values {
			found[name] = found[name] || bytes.Contains(buffer, []byte(value))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		// A value may lie across two reads.
		buffer = append(buffer[:0], buffer[len(buffer)-overlap:]...)
	}
	var names []string
	for name, is := range found {
		if is {
			names = append(names, name)
		}
	}
	return names
}

// Whatever password is another one, the runbook's commands for it lead to a stack that works with it.
func TestPasswordsAreChangedAsTheRunbookSays(t *testing.T) {
	s := shared(t)
	a := s.agent(t, "passwords")
	a.enroll(t)
	for _, secret := range []string{"cache_password", "django_secret_key", "edge_key", "timeseries_password", "sql_password"} {
		t.Run(secret, func(t *testing.T) {
			file := filepath.Join(s.dir, "secrets", secret)
			former := s.secret(t, secret)
			// The file stays the same one: containers have it mounted.
			if err := os.WriteFile(file, []byte(strings.Repeat("another", len(former)/7+1)[:len(former)]), 0o444); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			s.shell(t, s.runbookRow(t, "## Change a password", "secrets/"+secret))
			eventually(t, 2*patience, "a login works", func() error { return s.tryLogin(s.client(t), s.secret(t, "admin_password")) })
			eventually(t, 2*patience, "a device is answered", func() error { return answered(a.checksum("")) })
			a.post(t, time.Now())
			t.Logf("all works with another %s %.0f s later", secret, time.Since(began).Seconds())
		})
	}
	a.charted(t, 2*patience, "memory", 37)
}

// answered says what is wrong with an answer that is not 200.
func answered(got answer, err error) error {
	if err == nil && got.status != 200 {
		err = errors.New(got.String())
	}
	return err
}
