//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/hostile"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// Values that want to be more than a value, through every setting, each file read by the program that it is for, in the
// image that has it. Images are not built for each: what is in them differs by these files alone, so each version of
// them is laid over the one in the image. With harmless values a file means the same, but for the values.
//
// Each fourth value is tried where most settings count, and each twentieth elsewhere; OWGEN_E2E_HOSTILE=all tries all.
func TestHostileValuesAsTheirReadersSeeThem(t *testing.T) {
	s := newStack(t, "hostile", elsewhere...)
	var services []string
	for _, r := range hostileReaders {
		services = append(services, r.service)
	}
	if err := s.build(services...); err != nil {
		t.Fatal(err)
	}
	v := makeVersions(t, filepath.Join(scratch, "hostile-versions"), os.Getenv("OWGEN_E2E_HOSTILE") == "all")
	t.Logf("%d deployments", v.deployments)
	for _, r := range hostileReaders {
		t.Run(r.name, func(t *testing.T) { v.read(t, r, s.file.Services[r.service].Image) })
	}
}

// versions are the different files that a service's image, or the engine, gets of all deployments.
type versions struct {
	dir         string
	made        map[string]string // content -> name of the folder
	pairs       map[string][]pair // by reader
	compared    map[[3]string]bool
	deployments int
}

// A pair is what a hostile and a harmless deployment have in the same place.
type pair struct {
	hostile, harmless string
	culprits          string
}

// makeVersions makes each deployment twice, and keeps what readers read.
func makeVersions(t *testing.T, dir string, all bool) *versions {
	t.Helper()
	prepared, found := generator.Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if found.Err() != nil {
		t.Fatal(found)
	}
	v := &versions{dir: dir, made: map[string]string{}, pairs: map[string][]pair{}, compared: map[[3]string]bool{}}
	plain := map[string]*generator.Deployment{}
	plan := must(hostile.ReadPlan("../testdata/hostile.yaml"))(t)
	values := plan.Of(prepared.Schema())
	for _, way := range slices.Sorted(maps.Keys(plan.Ways)) {
		step := 20
		switch {
		case all:
			step = 1
		case way == "all":
			step = 4
		}
		for round := range values.Rounds(plan.Ways[way], step) {
			made, same := settle(t, prepared, &round, plain)
			v.deployments++
			for _, r := range hostileReaders {
				for _, unit := range r.units(made) {
					v.add(t, r.name, unit, same, hostile.Culprits(round.Hostile))
				}
			}
		}
	}
	return v
}

// settle makes a round's two deployments, without what contradicts itself.
func settle(t *testing.T, prepared *generator.Prepared, round *hostile.Round, plain map[string]*generator.Deployment) (made, same *generator.Deployment) {
	t.Helper()
	for range 30 {
		var refused []string
		generate := func(source profile.Source) *generator.Deployment {
			d, found := prepared.Generate(t.Context(), source)
			for _, f := range found.Errors() {
				refused = append(refused, f.Path)
				if s := prepared.Schema().Lookup(f.Path); s != nil && s.Derive != "" {
					refused = append(refused, "domain")
				}
			}
			return d
		}
		source := profile.Source{Profile: "single-server", Set: round.Way, Named: profiles.FS}
		source.Given = []profile.Given{{File: "hostile.yaml", Values: hostile.Source(round.Hostile)}}
		made = generate(source)
		if same = plain[round.Same()]; same == nil {
			source.Given = []profile.Given{{File: "harmless.yaml", Values: hostile.Source(round.Harmless)}}
			same = generate(source)
		}
		if made != nil && same != nil {
			plain[round.Same()] = same
			return made, same
		}
		if !round.Drop(refused) {
			t.Fatalf("cannot be made: %v", refused)
		}
	}
	t.Fatal("cannot be made")
	return nil, nil
}

// add keeps the two versions of a unit, unless they are the same, or were compared.
func (v *versions) add(t *testing.T, reader string, u unit, plain *generator.Deployment, culprits string) {
	t.Helper()
	p := pair{hostile: v.store(t, reader, u.files), harmless: v.store(t, reader, u.of(plain)), culprits: culprits}
	key := [3]string{reader, p.hostile, p.harmless}
	if v.compared[key] {
		return
	}
	if p.hostile == p.harmless && !slices.ContainsFunc(hostileReaders, func(r understanding) bool { return r.name == reader && r.closed != "" }) {
		return
	}
	v.compared[key] = true
	v.pairs[reader] = append(v.pairs[reader], p)
}

// store writes files into a folder, which it names; the same files once.
func (v *versions) store(t *testing.T, reader string, files map[string][]byte) string {
	t.Helper()
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(hash, "%s %d\n%s", name, len(files[name]), files[name])
	}
	key := reader + " " + string(hash.Sum(nil))
	if name, ok := v.made[key]; ok {
		return name
	}
	name := fmt.Sprintf("%04d", len(v.made))
	v.made[key] = name
	for file, data := range files {
		target := filepath.Join(v.dir, reader, name, file)
		if err := writeFile(target, data); err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(data, []byte("#!")) {
			if err := os.Chmod(target, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	return name
}

// What each reader's container does. "read_version" is the reader's own; what it prints is what it understood.
const readAll = `
umask 022
for version in /versions/*; do
	code=0
	(set -eu; read_version "$version") </dev/null >/tmp/understood 2>&1 || code=$?
	printf '\000%s\000%s\000' "${version##*/}" "$code"
	cat /tmp/understood
done
`

// read lets a reader read all versions, and compares what it understood.
func (v *versions) read(t *testing.T, r understanding, image string) {
	// Where no hostile value comes to, what others make of the files is read nevertheless.
	differ := slices.ContainsFunc(v.pairs[r.name], func(p pair) bool { return p.hostile != p.harmless })
	switch {
	case len(v.pairs[r.name]) == 0:
		t.Fatal("there is nothing for it to read")
	case !differ && r.closed == "":
		t.Fatal("no hostile value came to it")
	case differ && r.closed != "":
		t.Errorf("hostile values came to it, and it should have none but %s", r.closed)
	case r.closed != "":
		t.Logf("no hostile value comes to it: its files have nothing of the user's but %s", r.closed)
	}
	args := []string{"run", "--rm", "-i", "--network", "none", "--cap-add", "NET_ADMIN", "--entrypoint", "sh", "-v", filepath.Join(v.dir, r.name) + ":/versions:ro"}
	if r.user == "" {
		args = append(args, "--user", "0:0")
	}
	started := time.Now()
	out, err := command(20*time.Minute, "", r.script+readAll, "docker", append(args, image, "-s")...)
	if err != nil {
		t.Fatal(err)
	}
	understood, codes := map[string]string{}, map[string]string{}
	parts := strings.Split(out, "\x00")
	for i := 1; i+2 < len(parts); i += 3 {
		understood[parts[i]], codes[parts[i]] = parts[i+2], parts[i+1]
	}
	wrong := 0
	for _, p := range v.pairs[r.name] {
		if wrong > 3 {
			t.Fatal("and more")
		}
		if codes[p.harmless] != "0" {
			t.Fatalf("harmless values (%s) end with %q: %s", p.harmless, codes[p.harmless], lastLines(understood[p.harmless], 10))
		}
		if codes[p.hostile] != "0" {
			wrong++
			t.Errorf("hostile values (%s) end with %q: %s\n%s", p.hostile, codes[p.hostile], lastLines(understood[p.hostile], 10), p.culprits)
			continue
		}
		want, got := r.shape(understood[p.harmless]), r.shape(understood[p.hostile])
		if want == "" {
			t.Fatalf("%s: nothing was understood", p.harmless)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			wrong++
			t.Errorf("is understood differently (-harmless +hostile)\n%s\n%s", diff, p.culprits)
		}
	}
	t.Logf("%d versions, %d compared, in %.1f s", len(understood), len(v.pairs[r.name]), time.Since(started).Seconds())
}
