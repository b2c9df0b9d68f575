package output

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/secret"
)

// real is a bundle of the size of the single-server profile's: 120 files of 3 KB in 40 folders,
// twelve secrets, one of them an authority.
func real(version string) *bundle.Bundle {
	texts := map[string]string{}
	for i := range 120 {
		dir := "dockerfiles/s" + strconv.Itoa(i%17) + strings.Repeat("/files", i%3)
		texts[dir+"/f"+strconv.Itoa(i)] = strings.Repeat(version+" a line of a generated file\n", 100)
	}
	specs := []secret.Spec{authority(), {Name: "ssh", Kind: secret.SSHKey}}
	for i := range 10 {
		specs = append(specs, random("s"+strconv.Itoa(i)))
	}
	return bundled(texts, specs...)
}

func BenchmarkNew(b *testing.B) {
	bundled, base := real("a"), b.TempDir()
	for n := range b.N {
		dir := filepath.Join(base, strconv.Itoa(n))
		generate(b, dir, bundled)
		b.StopTimer()
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func BenchmarkUnchanged(b *testing.B) {
	bundled, dir := real("a"), b.TempDir()
	generate(b, dir, bundled)
	for b.Loop() {
		generate(b, dir, bundled)
	}
}

func BenchmarkAllChanged(b *testing.B) {
	versions, dir := []*bundle.Bundle{real("a"), real("b")}, b.TempDir()
	generate(b, dir, versions[1])
	for n := range b.N {
		generate(b, dir, versions[n%2])
	}
}

func generate(b *testing.B, dir string, bundled *bundle.Bundle) {
	b.Helper()
	if _, err := Recover(dir); err != nil {
		b.Fatal(err)
	}
	p, err := Compare(dir, bundled)
	if err == nil {
		_, err = Apply(p, Options{Random: rand.Reader, Now: time.Now()})
	}
	if err != nil {
		b.Fatal(err)
	}
}
