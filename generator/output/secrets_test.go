package output

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

func TestSecretsAreMadeOnceAndKept(t *testing.T) {
	b := bundled(map[string]string{"a": "1"}, random("one"), secret.Spec{Name: "id", Kind: secret.UUID}, authority(), secret.Spec{Name: "ssh", Kind: secret.SSHKey})
	dir := filepath.Join(t.TempDir(), "bundle")
	r := apply(t, dir, b, options())
	equal(t, "made", []string{"secrets/one", "secrets/id", "secrets/ca_key", "ca.crt", "secrets/ssh"}, r.Secrets)
	equal(t, "warnings", 0, len(r.Findings))
	first := snapshot(t, dir)
	shapes := map[string]string{
		"secrets/": `^-rwx------$`, "secrets/one": `^-r--r--r-- [A-Za-z0-9]{40}$`, "secrets/id": `^-r--r--r-- [0-9a-f-]{36}$`,
		"secrets/ca_key": `^-r--r--r-- -----BEGIN PRIVATE KEY-----\n`, "secrets/ssh": `^-r--r--r-- -----BEGIN OPENSSH PRIVATE KEY-----\n`,
		"ca.crt": `^-rw-r--r-- -----BEGIN CERTIFICATE-----\n`,
	}
	for p, shape := range shapes {
		if !regexp.MustCompile(shape).MatchString(first[p]) {
			t.Errorf("%s is %q", p, first[p])
		}
	}
	r = apply(t, dir, bundled(map[string]string{"a": "2"}, append(b.Secrets, random("two"))...), options())
	equal(t, "made", []string{"secrets/two"}, r.Secrets)
	equal(t, "warnings", 0, len(r.Findings))
	second := snapshot(t, dir)
	for p, content := range first {
		if (strings.HasPrefix(p, "secrets/") || p == "ca.crt") && second[p] != content {
			t.Errorf("%s has changed", p)
		}
	}
	apply(t, dir, bundled(map[string]string{"a": "2"}), options())
	if _, err := os.Stat(filepath.Join(dir, "secrets/one")); err != nil {
		t.Errorf("a secret that is no longer needed is gone: %v", err)
	}
}

func TestSecretFindings(t *testing.T) {
	provided := secret.Spec{Name: "cert", Kind: secret.Provided, File: "custom/cert.pem"}
	tests := map[string]struct {
		specs []secret.Spec
		user  func(t *testing.T, dir string)
		want  []string
		clean bool
	}{
		"all there": {specs: []secret.Spec{random("one"), authority()}, clean: true},
		"lost": {
			specs: []secret.Spec{random("one"), random("two")},
			user:  func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "secrets/one"))) },
			want:  []string{"output/secret-lost warning secrets: secrets of this bundle are not there: one; new ones do not fit the volumes of a deployment that had the old ones"},
		},
		"a clone": {
			specs: []secret.Spec{random("one"), authority()},
			user:  func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "secrets"))) },
			want: []string{
				"output/ca error ca.crt: secrets/ca_key is not there, which is the key of ca.crt",
				"output/secret-lost warning secrets: secrets of this bundle are not there: one, ca_key; new ones do not fit the volumes of a deployment that had the old ones",
			},
		},
		"certificate lost": {
			specs: []secret.Spec{authority()},
			user:  func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "ca.crt"))) },
			want:  []string{"output/ca error secrets/ca_key: ca.crt is not there, and it belongs to secrets/ca_key"},
			clean: true,
		},
		"not provided": {
			specs: []secret.Spec{provided, {Name: "own", Kind: secret.Random, File: "/nowhere/own"}},
			want: []string{
				"output/secret-absent warning /nowhere/own: the file is not there",
				"output/secret-absent warning custom/cert.pem: the file is not there",
			},
			clean: true,
		},
		"provided": {
			specs: []secret.Spec{provided},
			user:  edits(map[string]string{"custom/cert.pem": "x"}),
			clean: true,
		},
		"unreadable for services, empty, no file, dangling": {
			specs: []secret.Spec{random("a"), random("b"), random("c"), random("d")},
			user: func(t *testing.T, dir string) {
				must(t, os.Chmod(filepath.Join(dir, "secrets/a"), 0o600))
				must(t, os.Remove(filepath.Join(dir, "secrets/b")))
				write(t, dir, map[string]string{"secrets/b": ""})
				must(t, os.Remove(filepath.Join(dir, "secrets/c")))
				must(t, os.Mkdir(filepath.Join(dir, "secrets/c"), 0o755))
				link(t, dir, "secrets/d", "nowhere")
			},
			want: []string{
				"output/secret-mode warning secrets/a: services cannot read it: they run as another user",
				"output/secret-content error secrets/b: the file is empty",
				"output/secret-content error secrets/c: it is no file",
				"output/secret-content error secrets/d: it is a link that leads nowhere",
			},
			clean: true,
		},
		"an open folder": {
			specs: []secret.Spec{random("one")},
			user:  func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, "secrets"), 0o755)) },
			want:  []string{"output/secret-mode warning secrets: other users of this machine can look into the folder"},
			clean: true,
		},
		"a linked folder with the secrets in it": {
			specs: []secret.Spec{random("one")},
			user: func(t *testing.T, dir string) {
				elsewhere := t.TempDir()
				write(t, elsewhere, map[string]string{"one": "x"})
				link(t, dir, "secrets", elsewhere)
			},
			clean: true,
		},
		"a linked folder without them": {
			specs: []secret.Spec{random("one")},
			user:  func(t *testing.T, dir string) { link(t, dir, "secrets", t.TempDir()) },
			want: []string{
				"output/blocked error secrets: a symbolic link is in the way of the secrets that have to be made",
				"output/secret-lost warning secrets: secrets of this bundle are not there: one; new ones do not fit the volumes of a deployment that had the old ones",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := bundled(map[string]string{"a": "1"}, test.specs...)
			dir := generated(t, b)
			if test.user != nil {
				test.user(t, dir)
			}
			old := snapshot(t, dir)
			p := compare(t, dir, b)
			equal(t, "findings", test.want, lines(p.SecretFindings))
			equal(t, "Clean", test.clean, p.Clean())
			equal(t, "file findings", 0, len(p.Findings))
			if p.SecretFindings.Err() != nil {
				if _, err := Apply(p, forced()); err == nil {
					t.Error("Apply went on")
				}
				equal(t, "what Apply left", old, snapshot(t, dir))
			}
		})
	}
}

// A folder without one of its secrets has faults, and those that are lost are not among them; of a clone counts what the input asks for.
func TestFaulty(t *testing.T) {
	own := secret.Spec{Name: "own", Kind: secret.Random, File: "/nowhere/own", Asked: diag.Place{File: "owgen.yaml", Line: 3, Path: "own_file"}}
	b := bundled(map[string]string{"a": "1"}, random("one"), random("two"), random("three"), own)
	dir := generated(t, b)
	must(t, os.Remove(filepath.Join(dir, "secrets/one")))
	must(t, os.Chmod(filepath.Join(dir, "secrets/two"), 0o600))
	asked := "output/secret-absent warning owgen.yaml: /nowhere/own: the file is not there"
	equal(t, "faults", []string{asked, "output/secret-mode warning secrets/two: services cannot read it: they run as another user"}, lines(compare(t, dir, b).Faulty()))
	must(t, os.RemoveAll(filepath.Join(dir, "secrets")))
	equal(t, "of a clone", []string{asked}, lines(compare(t, dir, b).Faulty()))
}

func TestLostSecretsAreMadeAgainWithAWarning(t *testing.T) {
	b := bundled(map[string]string{"a": "1"}, random("one"))
	dir := generated(t, b)
	must(t, os.RemoveAll(filepath.Join(dir, "secrets")))
	r := apply(t, dir, b, options())
	equal(t, "made", []string{"secrets/one"}, r.Secrets)
	if len(r.Findings) != 1 || r.Findings[0].Rule != ruleLost || r.Findings[0].Severity != diag.Warning {
		t.Errorf("findings are %v", r.Findings)
	}
}

func TestAuthorityIsMadeAnewWithoutItsOldCertificate(t *testing.T) {
	b := bundled(map[string]string{"a": "1"}, authority())
	dir := generated(t, b)
	must(t, os.RemoveAll(filepath.Join(dir, "secrets")))
	must(t, os.Remove(filepath.Join(dir, "ca.crt")))
	result := apply(t, dir, b, options())
	equal(t, "made", []string{"secrets/ca_key", "ca.crt"}, result.Secrets)
	equal(t, "said", []string{"output/ca-new warning ca.crt: a new authority is made, since ca.crt and secrets/ca_key are both gone: " +
		"until they import the new ca.crt, browsers and devices refuse what it signs"}, lines(result.Findings))
}

// Where the key alone is gone, it is lost.
func TestAuthorityIsLostWithoutItsKey(t *testing.T) {
	b := bundled(map[string]string{"a": "1"}, authority(), random("one"))
	dir := generated(t, b)
	must(t, os.Remove(filepath.Join(dir, "secrets", "ca_key")))
	equal(t, "lost", []string{"ca_key"}, compare(t, dir, b).Lost())
	must(t, os.Remove(filepath.Join(dir, "ca.crt")))
	equal(t, "lost with its certificate", []string(nil), compare(t, dir, b).Lost())
	equal(t, "of doctor", []string(nil), lines(compare(t, dir, b).Faulty()))
}

// A secret that appears between the comparison and the writing is the user's.
func TestSecretsAreWrittenExclusively(t *testing.T) {
	b := bundled(map[string]string{"a": "1"}, random("one"))
	dir := t.TempDir()
	o := options()
	f := folder{dir, &watched{disk: osDisk(dir), before: func(op, p string) {
		if op == "create" && p == "secrets/one" {
			write(t, dir, map[string]string{p: "mine"})
		}
	}}}
	p, err := f.compare(b)
	must(t, err)
	_, err = f.apply(p, o)
	must(t, err)
	equal(t, "the secret", "-rw-r--r-- mine", snapshot(t, dir)["secrets/one"])
}

func TestRandomnessFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	o := options()
	o.Random = strings.NewReader("too little")
	_, err := Apply(compare(t, dir, bundled(map[string]string{"a": "1"}, random("one"))), o)
	if err == nil || !strings.Contains(err.Error(), "secret one: unexpected EOF") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the folder was made")
	}
}
