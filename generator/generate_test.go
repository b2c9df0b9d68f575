package generator

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/sizing"
	"github.com/owgen/owgen/profiles"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// request is the built-in catalogue with a profile and flags.
func request(name string, flags ...string) Request {
	return Request{
		Catalog: []catalog.Layer{{Name: "dockerfiles", FS: dockerfiles.FS}},
		Source:  profile.Source{Profile: name, Set: flags, Named: profiles.FS, ReadFile: os.ReadFile},
	}
}

// variants are the bundles that stand whole in testdata/golden.
var variants = map[string][]string{
	"single-server":          nil,
	"single-server-minimal":  {"modules.radius=false", "modules.topology=false", "modules.firmware=false", "modules.monitoring=false", "services.openvpn=false", "services.postfix=false", "domain=example.org"},
	"single-server-external": {"domain=example.org", "external.sql.host=db.example.net", "external.sql.tls=verify-full", "external.sql.password_file=secrets/db", "sql.pool=true", "external.cache.host=redis.example.net", "external.cache.password_file=secrets/redis", "external.smtp.host=smtp.example.net"},
	"single-server-acme":     {"domain=example.org", "tls.mode=acme", "tls.acme_email=noc@example.org"},
	"single-server-proxy":    {"domain=owgen.lan", "tls.mode=proxy", "tls.trusted_proxies=[192.0.2.10/32]", "publish.http=8080"},
	"multi-node-kubernetes":  onKubernetes,
	"mail-enabled":           {"domain=example.org"},
	"mail-enabled-directory": {"domain=example.org", "external.directory.host=ldap.example.net", "external.directory.password_file=secrets/directory", "external.directory.ca_file=secrets/directory.pem", "directory.base=o=Example", "external.directory.person_class=inetOrgPerson", "external.directory.enabled=employeeType=staff", "services.canaille=false", "services.rest-api=false", "dashboard.directory_login=true"},
	"groupware":              {"domain=example.org", "mail.relayhost=[smtp.example.net]:587", "mail.relayhost_username=relay", "mail.relayhost_password_file=secrets/relay"},
	"groupware-kopano": {"domain=example.org", "mail.suite=kopano", "kopano.images.core=registry.example.org/kopano_core@" + digestOfTests, "kopano.images.webapp=registry.example.org/kopano_webapp@" + digestOfTests, "kopano.images.zpush=registry.example.org/kopano_zpush@" + digestOfTests, "kopano.images.kdav=registry.example.org/kopano_kdav@" + digestOfTests,
		"kopano.images.konnect=registry.example.org/kopano_konnect@" + digestOfTests, "kopano.images.kwmserver=registry.example.org/kopano_kwmserver@" + digestOfTests, "kopano.images.meet=registry.example.org/kopano_meet@" + digestOfTests, "kopano.meeting_guests=true", `kopano.turn_uris=["turns:turn.example.org:443?transport=tcp"]`, "kopano.turn_secret_file=secrets/turn", `kopano.programs={reports: "https://reports.example.org/callback", console: "http://localhost"}`},
	"groupware-provided":    {"domain=example.org", "tls.mode=provided", "tls.certificate_file=tls/fullchain.pem", "tls.key_file=tls/privkey.pem"},
	"single-server-address": {"domain=192.0.2.7", "publish.https=8443", "network.pool=10.99.0.0/16"},
}

// digestOfTests is of no image that there is.
const digestOfTests = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// multiNode is the input of the deployments on several machines in testdata/golden.
var multiNode = []string{"domain=example.org", "images.registry=registry.example.org/openwisp", "scale.api=3", "scale.celery=4",
	"nodes={data-1: {roles: [data]}, app-1: {roles: [app, worker]}, app-2: {roles: [app, worker]}, edge-1: {roles: [edge]}}"}

// A deployment on several machines stands in testdata/golden with what its target adds; the images are those of the other variants.
func TestGoldenMultiNode(t *testing.T) {
	plain := generate(t)
	for name, flags := range map[string][]string{
		"multi-node-swarm": append([]string{"target=swarm"}, multiNode...),
	} {
		t.Run(name, func(t *testing.T) {
			made, found := Generate(t.Context(), request("multi-node", flags...))
			if len(found) > 0 {
				t.Fatal(found)
			}
			want := map[string]string{}
			for path, f := range made.Files {
				if old, same := plain.Files[path]; same && string(old.Data) == string(f.Data) && old.Mode == f.Mode {
					continue
				}
				want[path] = f.Mode.String() + "\n" + string(f.Data)
			}
			compareGolden(t, filepath.Join("..", "testdata", "golden", name), want)
		})
	}
}

// golden variants other than the first hold only what differs from it, and from the suite alone if they have that as well: whoever
// reads them reads the difference.
func TestGolden(t *testing.T) {
	plain, suite := generate(t), generateFrom(t, "groupware", variants["groupware"]...)
	for name, flags := range variants {
		t.Run(name, func(t *testing.T) {
			made := generateFrom(t, profileOf(name), flags...)
			want := map[string]string{}
			for path, f := range made.Files {
				same := func(other *Deployment) bool {
					old, there := other.Files[path]
					return there && string(old.Data) == string(f.Data) && old.Mode == f.Mode
				}
				if flags != nil && (same(plain) || name != "groupware" && same(suite)) {
					continue
				}
				want[path] = f.Mode.String() + "\n" + string(f.Data)
			}
			if flags != nil {
				var absent []string
				for _, path := range plain.Paths() {
					if _, kept := made.Files[path]; !kept {
						absent = append(absent, path+"\n")
					}
				}
				want["absent"] = strings.Join(absent, "")
			}
			compareGolden(t, filepath.Join("..", "testdata", "golden", name), want)
		})
	}
}

// A bundle of every kind can be packed: what files say of secrets are their names. The values are not there yet, so that this is
// about the names alone; a script packs whole folders.
func TestNoVariantHoldsASecret(t *testing.T) {
	for name, flags := range variants {
		t.Run(name, func(t *testing.T) {
			made := generateFrom(t, profileOf(name), flags...)
			var entries []archive.Entry
			for path, f := range made.Files {
				entries = append(entries, archive.Entry{Path: path, Data: f.Data})
			}
			var names []string
			for _, s := range made.Secrets {
				names = append(names, s.Name)
			}
			found, err := archive.Leaks(t.Context(), entries, nil, names...)
			if err != nil || len(found) > 0 {
				t.Error(err, found)
			}
		})
	}
}

// profileOf is the profile that a variant is made from.
func profileOf(variant string) string {
	for _, name := range profile.Names(profiles.FS) {
		if strings.HasPrefix(variant, name) {
			return name
		}
	}
	return ""
}

func generate(t *testing.T, flags ...string) *Deployment {
	t.Helper()
	return generateFrom(t, "single-server", flags...)
}

func generateFrom(t *testing.T, profile string, flags ...string) *Deployment {
	t.Helper()
	b, found := Generate(t.Context(), request(profile, flags...))
	if len(found) > 0 {
		t.Fatal(found)
	}
	return b
}

// compareGolden compares files, each with its mode in the first line, with a folder. Names get a suffix, since a
// Dockerfile or a .gitignore in the repository would mean something there.
func compareGolden(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for path, text := range files {
			target := filepath.Join(dir, filepath.FromSlash(path)+".golden")
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(target, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		got[strings.TrimSuffix(filepath.ToSlash(rel), ".golden")] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, files); diff != "" {
		t.Errorf("differs from %s (-golden +generated); `make update` rewrites it, and you answer for every line\n%s", dir, diff)
	}
}

// Each size is taken, and is more than the one before.
func TestSizes(t *testing.T) {
	processes := int64(0)
	for _, size := range []string{"small", "medium", "large"} {
		v := generate(t, "size="+size).Plan.Values
		if v.Int("uwsgi.processes") <= processes {
			t.Errorf("%s has %d processes, after %d", size, v.Int("uwsgi.processes"), processes)
		}
		processes = v.Int("uwsgi.processes")
	}
}

// The devices that a size bears by its processors find enough processes that wait for them, too.
func TestSizesHoldWhatWaits(t *testing.T) {
	prepared, found := Prepare(request("single-server").Catalog...)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	model, err := sizing.Read(prepared.Catalog().Sizing)
	if err != nil {
		t.Fatal(err)
	}
	waits := 0
	for _, size := range model.Sizes {
		v := generate(t, "size="+size.Size).Plan.Values
		for _, r := range model.For(model.Bears(size)).Rates {
			if r.AtOnce == 0 {
				continue
			}
			waits++
			w := prepared.Catalog().Works(r.Name)
			if n := w.Processes(v.Int); len(w.Each) == 0 || float64(n) < r.AtOnce {
				t.Errorf("%s: %s take %.1f processes at a time, and there are %d (%v)", size.Size, r.Name, r.AtOnce, n, w)
			}
		}
	}
	if waits != len(model.Sizes) {
		t.Errorf("%d of %d sizes are looked at", waits, len(model.Sizes))
	}
}

// asText compares files line by line, and fast where they are the same.
var asText = cmp.Transformer("text", func(data []byte) string { return string(data) })

func TestSameInputSameBytes(t *testing.T) {
	first := generate(t)
	for range 5 {
		if diff := cmp.Diff(first.Files, generate(t).Files, asText); diff != "" {
			t.Fatalf("two runs differ\n%s", diff)
		}
	}
}

// The rule of the house: Go knows stages, folders know services. Texts for people may use words that are
// plain English, and a list of passwords that examples use is about passwords.
func TestNoGoFileNamesAService(t *testing.T) {
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range c.Services {
		names[s.Name] = true
	}
	english := map[string]bool{"api": true, "authority": true, "dashboard": true, "meet": true, "migrate": true}
	for _, d := range c.Settings() { // tls.mode: acme names a protocol, and only by chance a service
		for _, value := range d.Values {
			delete(names, value)
		}
	}
	for _, root := range []string{"../cmd", "."} {
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				return err
			}
			for position, literal := range stringLiterals(t, p) {
				for _, word := range strings.FieldsFunc(literal, func(r rune) bool {
					return !strings.ContainsRune("-_", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
				}) {
					prose := strings.Contains(literal, " ") && english[word]
					if names[word] && !prose {
						t.Errorf("%s names the service %s", position, word)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The edge passes on, limits and hands out what others declare: its own templates know no path of theirs.
func TestTheEdgesTemplatesNameNoPathOfAService(t *testing.T) {
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	segment := regexp.MustCompile(`/[a-z][a-z0-9_-]+`)
	var paths []string
	for _, s := range c.Services {
		said := []string{}
		for _, r := range s.Routes {
			said = append(said, r.Path, r.Files.Folder)
			for _, l := range r.Limits {
				said = append(said, l.Paths)
			}
		}
		for _, a := range s.Asks {
			said = append(said, a.Paths)
		}
		for _, text := range said {
			if first := segment.FindString(text); first != "" && !slices.Contains(paths, first) {
				paths = append(paths, first)
			}
		}
	}
	if len(paths) < 8 {
		t.Fatalf("only %v are known", paths)
	}
	read := 0
	for _, edge := range c.Providers(catalog.Edge) {
		for name, text := range edge.Files {
			if !strings.HasPrefix(name, "files/") && !strings.HasSuffix(name, ".tmpl") {
				continue
			}
			read++
			for _, path := range paths {
				// As a path of its own, not as part of another one such as /run/static.
				if at := regexp.MustCompile(`(^|[^A-Za-z0-9_./}-])` + regexp.QuoteMeta(path) + `([^A-Za-z0-9_-]|$)`).FindString(string(text)); at != "" && path != "/opt" {
					t.Errorf("%s names %s: %q", name, path, at)
				}
				if strings.Contains(string(text), "/opt/openwisp") {
					t.Errorf("%s names a folder of the application's", name)
				}
			}
		}
	}
	if read < 10 {
		t.Errorf("only %d files were read", read)
	}
}

// What belongs to all services names none of them either: each has its part of the runbook in its folder.
func TestSharedTextsNameNoService(t *testing.T) {
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range c.Services {
		names[s.Name] = true
	}
	seen := 0
	err := fs.WalkDir(dockerfiles.FS, catalog.Shared, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(p, "/lists/") {
			return err
		}
		seen++
		text, err := fs.ReadFile(dockerfiles.FS, p)
		for number, line := range strings.Split(string(text), "\n") {
			line = inherited.ReplaceAllString(line, "") // names of other installations' variables, and values
			for _, word := range strings.FieldsFunc(line, func(r rune) bool {
				return !strings.ContainsRune("-_", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
			}) {
				if names[word] && !shared[word] {
					t.Errorf("%s:%d names the service %s", p, number+1, word)
				}
			}
		}
		return err
	})
	if err != nil || seen < 5 {
		t.Fatalf("%d files, %v", seen, err)
	}
}

var (
	inherited = regexp.MustCompile(`(was|ansible|replaces): .*`)
	// shared are words that name more than a service: public hosts, modes of TLS, and plain English.
	shared = map[string]bool{"api": true, "dashboard": true, "authority": true, "acme": true, "provided": true}
)

// Mistakes in the input give these findings, all of them at once.
func TestInvalidInputs(t *testing.T) {
	dirs, err := filepath.Glob("../testdata/invalid/*.yaml")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, file := range dirs {
		t.Run(filepath.Base(file), func(t *testing.T) {
			in := request(file)
			in.Source.ReadFile = func(name string) ([]byte, error) { return os.ReadFile(name) }
			_, found := Generate(t.Context(), in)
			if found.Err() == nil {
				t.Fatal("is taken")
			}
			for i := range found {
				found[i].File = strings.TrimPrefix(found[i].File, "../testdata/invalid/")
			}
			want := strings.TrimSuffix(file, ".yaml") + ".findings"
			if *update {
				if err := os.WriteFile(want, []byte(diag.List(found).Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(text), found.Error()+"\n"); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
