//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A release has a module of its own in the application's images, whose migration takes a while.
var release = map[string]string{
	"pyproject.toml":                     "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"e2e-release\"\nversion = \"1.0\"\n",
	"e2e_release/__init__.py":            "",
	"e2e_release/migrations/__init__.py": "",
	"e2e_release/migrations/0001_initial.py": `import time

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.RunPython(lambda apps, schema_editor: time.sleep(30)),
        migrations.RunSQL("create table e2e_release (at timestamptz not null)"),
        migrations.RunSQL("insert into e2e_release values (clock_timestamp())"),
    ]
`,
}

// release lays it into a bundle, and returns the settings that take it.
func (s *stack) release(t testing.TB) string {
	t.Helper()
	for name, text := range release {
		if err := writeFile(filepath.Join(s.dir, "custom/modules/e2e-release", name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return `'python.apps=[e2e_release]' --set 'python.overrides=["e2e-release @ ./custom/modules/e2e-release"]'`
}

// migrated is when the release's migration ended, each time that it ran.
func (s *stack) migrated(t testing.TB) (times []float64) {
	t.Helper()
	s.django(t, `
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("select extract(epoch from at)::float from e2e_release")
    answer([at for (at,) in cursor.fetchall()])
`, &times)
	return times
}

// identities are those of images on this engine, by name.
func (s *stack) identities(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range s.imageNames() {
		out[name] = strings.TrimSpace(must(command(time.Minute, "", "", "docker", "image", "inspect", "-f", "{{.Id}}", name))(t))
	}
	return out
}

// prepare does the first half of what stands below Upgrade, with other settings than a day, since for one all packages of Debian would be
// installed anew. It returns the second half, in which the cluster is changed, and the images that are the same as before.
func (k *cluster) prepare(t testing.TB, s *stack, settings string) (rest string, same []string) {
	t.Helper()
	const day = "build.debian_updates=$(date +%F)"
	before := slices.Collect(maps.Values(s.identities(t)))
	commands := k.commands(t, s, "## Upgrade", "owgen generate")
	if !strings.Contains(commands, day) {
		t.Fatalf("below Upgrade stands\n%s", commands)
	}
	rest = k.build(t, s, strings.Replace(commands, day, settings, 1))
	for name, id := range s.identities(t) {
		if slices.Contains(before, id) {
			same = append(same, name)
		}
	}
	return rest, same
}

// renew does the second half, and waits until all pods run the images of the release. It returns how often it saw a former API that was
// ready while the job was not done.
func (k *cluster) renew(t testing.TB, s *stack, commands string) (meanwhile int) {
	t.Helper()
	began := time.Now()
	if out, err := k.run(5*time.Minute, s.dir, "sh", "-euc", commands); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(out, 20))
	}
	eventually(t, 12*time.Minute, "all pods run the images of the release", func() error {
		pods, err := k.pods(s)
		if err != nil {
			return err
		}
		var former []error
		done, serves := false, false
		for _, p := range pods {
			old := k.released(s, p)
			former = append(former, old)
			done = done || p.service() == "migrate" && p.Status.Phase == "Succeeded" && old == nil
			serves = serves || p.service() == "api" && p.ready() && old != nil
		}
		if serves && !done {
			meanwhile++
		}
		return errors.Join(former...)
	})
	k.rolled(t, s)
	t.Logf("the release runs after %.0f s; a former API was seen to be ready %d times before the job was done", time.Since(began).Seconds(), meanwhile)
	const ended = `jsonpath={range .items[*]}{.metadata.name} {.status.succeeded} {.status.failed}{"\n"}{end}`
	jobs := must(k.kubectl(time.Minute, "-n", s.project, "get", "jobs", "-l", k.selector(s)+",app.kubernetes.io/name=migrate", "-o", ended))(t)
	if fields := strings.Fields(jobs); len(fields) != 2 || fields[1] != "1" {
		t.Errorf("jobs with how many of their pods ended well, and not: %q", jobs)
	}
	return meanwhile
}

// released says that all containers of a pod have the image of the release.
func (k *cluster) released(s *stack, p podState) error {
	for _, c := range p.Spec.Containers {
		if want := s.file.Services[c.Name].Image; c.Image != want {
			return fmt.Errorf("%s of %s runs %s, and not %q", c.Name, p.Metadata.Name, c.Image, want)
		}
	}
	return nil
}

// upgrade brings a release of the application, and loses no request: the datastores' images are the same, so that they run on.
func (k *cluster) upgrade(t *testing.T, s *stack) {
	a := s.agent(t, "before")
	a.enroll(t)
	commands, same := k.prepare(t, s, s.release(t))
	if slices.Contains(same, s.file.Services["api"].Image) || !slices.Contains(same, s.file.Services["postgres"].Image) {
		t.Errorf("these images are the same as before: %v", same)
	}
	p := s.pressureAt(t, []string{k.node})
	if k.renew(t, s, commands) == 0 {
		t.Error("no former API was seen to be ready while the job ran")
	}
	p.end(t, 0)
	s.exec(t, "api", "python", "-c", "import e2e_release")
	k.afterMigration(t, s)
	k.there(t, s, a)
}

// afterMigration says that the migration of the release ran once, and that no new pod that waits for it was ready before.
func (k *cluster) afterMigration(t *testing.T, s *stack) {
	t.Helper()
	times := s.migrated(t)
	if len(times) != 1 {
		t.Fatalf("the migration ran %d times", len(times))
	}
	for _, p := range must(k.pods(s))(t) {
		if p.service() == "api" || p.service() == "dashboard" {
			after := float64(p.since().Unix()) - times[0]
			t.Logf("%s was ready %.0f s after the migration", p.Metadata.Name, after)
			if after < -1 { // the API server counts in seconds
				t.Errorf("%s was ready before the migration had ended", p.Metadata.Name)
			}
		}
	}
}

// upgradeAll brings another image of every service, of those too that keep data, as a day in build.debian_updates does. They are away
// while they start from it. All differ by a label alone, of the image that they are built from: their layers are found again.
func (k *cluster) upgradeAll(t *testing.T, s *stack) {
	const debian = scratchPrefix + "debian:later"
	a := s.agent(t, "before-all")
	a.enroll(t)
	must(command(time.Minute, "", "", "docker", "tag", "debian:trixie-slim", debian))(t)
	t.Cleanup(func() { _, _ = command(time.Minute, "", "", "docker", "image", "rm", debian) })
	commands, same := k.prepare(t, s, "build.debian_image="+debian)
	if len(same) > 0 {
		t.Errorf("these images are the same as before: %v", same)
	}
	p := s.pressureAt(t, []string{k.node})
	k.renew(t, s, commands)
	p.settle(t, 3*time.Minute)
	p.endWithin(t, 2*time.Minute)
	k.there(t, s, a)
}

// there says that a login works, and that a device of before is known.
func (k *cluster) there(t testing.TB, s *stack, a *agent) {
	t.Helper()
	k.loginAt(t, s, k.node)
	if got := must(a.checksum(""))(t); got.status != 200 {
		t.Errorf("a device that was there before: %s", got)
	}
}
