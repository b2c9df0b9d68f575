//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endsSoon runs a command that must end soon, with what it says.
func endsSoon(t *testing.T, limit time.Duration, args ...string) (int, string) {
	t.Helper()
	type ended struct {
		code int
		text string
	}
	done := make(chan ended, 1)
	go func() {
		var b bytes.Buffer
		code := run(args, &b, &b)
		done <- ended{code, b.String()}
	}()
	select {
	case e := <-done:
		return e.code, e.text
	case <-time.After(limit):
		t.Fatalf("%v: still at work after %s", args, limit)
		return 0, ""
	}
}

// What never ends, or is far too large, is no input: devices, pipes and large files, wherever one can be named.
func TestEveryReaderHasBounds(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put := func(name, text string) string {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(at(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	pipe, large := at("pipe.yaml"), put("large.yaml", "")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 20<<30); err != nil { // it takes no space
		t.Fatal(err)
	}
	for _, bad := range []string{"/dev/zero", pipe, large} {
		name := filepath.Base(bad)
		link := func(place string) {
			t.Helper()
			if err := os.MkdirAll(filepath.Dir(at(place)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(bad, at(place)); err != nil {
				t.Fatal(err)
			}
		}
		in := func(place string) string { return filepath.Join("with "+name, place) }
		put(in("env/compose.yaml"), "services: {a: {image: x, env_file: "+bad+"}}\n")
		put(in("label/compose.yaml"), "services: {a: {image: x, label_file: "+bad+"}}\n")
		put(in("extends/compose.yaml"), "services: {a: {extends: {file: "+bad+", service: b}}}\n")
		put(in("include/compose.yaml"), "include: ["+bad+"]\nservices: {a: {image: x}}\n")
		put(in("build/compose.yaml"), "services: {a: {build: {context: ., dockerfile: "+bad+"}}}\n")
		put(in("profile/a.yaml"), "extends: ../../../"+bad+"\n")
		put(in("fine/compose.yaml"), "services: {a: {image: x}}\n")
		link(in("fine/.env"))
		link(in("compose/compose.yaml"))
		link(in("import/.env"))
		link(in("catalog/x/service.yaml"))
		link(in("bundle/owgen.yaml"))
		new := at("new")
		for what, args := range map[string][]string{
			"profile": {"generate", at(in("bundle/owgen.yaml")), "-o", new}, "values": {"generate", "single-server", "-f", bad, "-o", new},
			"bundle": {"generate", "-o", at(in("bundle"))}, "check": {"check", at(in("bundle"))}, "graph": {"graph", at(in("bundle"))},
			"explain": {"explain", "domain", at(in("bundle"))}, "fleet": {"generate", "--fleet", bad, "-o", new},
			"catalog": {"list", "services", "--catalog", at(in("catalog"))}, "import": {"import", at(in("import")), "-o", new},
			"lint": {"lint", at(in("compose"))}, "lint file": {"lint", bad}, "env": {"lint", at(in("fine"))}, "env_file": {"lint", at(in("env"))},
			"label_file": {"lint", at(in("label"))}, "extends": {"lint", at(in("extends"))}, "include": {"lint", at(in("include"))},
			"Dockerfile": {"lint", at(in("build"))}, "key": {"verify", large, "--key", bad},
		} {
			code, text := endsSoon(t, 20*time.Second, args...)
			outside := what == "import" && strings.Contains(text, "it is a link that leads out of the folder") // whatever is there
			if !outside && !strings.Contains(text, "and no file") && !strings.Contains(text, "MiB, which is the most") {
				t.Errorf("%s of %s: exit %d: %s", what, name, code, text)
			}
		}
	}
}

// Standard input may be a pipe, and may come late.
func TestValuesFromAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		time.Sleep(10 * time.Millisecond)
		_, _ = io.WriteString(w, "domain: piped.example.org\n")
		_ = w.Close()
	}()
	code, text := endsSoon(t, 20*time.Second, "explain", "domain", "single-server", "-f", "/dev/fd/"+strconv.Itoa(int(r.Fd())))
	if code != 0 || !strings.Contains(text, "piped.example.org") {
		t.Errorf("exit %d: %s", code, text)
	}
}

// A lot of input is not a lot of work.
func TestLargeInputsEndSoon(t *testing.T) {
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys.yaml")
	var text strings.Builder
	for i := range 900_000 {
		text.WriteString("k" + strconv.Itoa(i) + ": 1\n")
	}
	if err := os.WriteFile(keys, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, text := endsSoon(t, 10*time.Second, "generate", "single-server", "-f", keys, "-o", filepath.Join(dir, "new")); code != 1 || !strings.Contains(text, "larger than 1 MiB") {
		t.Errorf("exit %d: %.300s", code, text)
	}
	ports := filepath.Join(dir, "compose.yaml")
	if err := os.WriteFile(ports, []byte("services: {a: {image: 'postgres:1', ports: ['1-65535:1-65535']}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, text := endsSoon(t, 50*time.Second, "lint", ports); code != 1 || !strings.Contains(text, "published-datastore") {
		t.Errorf("exit %d: %.300s", code, text)
	}
}

// An archive of a megabyte can be opened into hundreds: they go through, and don't stay.
func TestVerifyOfABomb(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bomb.tar.gz")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if err := bomb(z, 100); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	code, text := endsSoon(t, 30*time.Second, "verify", file)
	runtime.ReadMemStats(&after)
	if code != 1 {
		t.Errorf("exit %d: %s", code, text)
	}
	if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 300<<20 {
		t.Errorf("it took %d MB", grown>>20)
	}
}
