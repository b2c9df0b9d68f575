package importer

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/diag"
)

// folder makes a file system of texts.
func folder(texts map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range texts {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// scalars are the variables that have one value.
func scalars(in *Installation) map[string]string {
	out := map[string]string{}
	for _, v := range in.Variables {
		for _, l := range leaves(v.Name, v.Value) {
			out[l.path] = l.node.Tag + l.node.Value
		}
	}
	for name, value := range out {
		out[name] = strings.TrimPrefix(value, "!!str")
	}
	return out
}

func rules(found diag.List) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Rule)
	}
	return out
}

// Values are those that the services got from Compose.
func TestEnvIsReadAsComposeDoes(t *testing.T) {
	tests := []struct {
		name, env string
		want      map[string]string
		rules     []string
	}{
		{"BOM, CRLF, export, spaces", "\ufeffexport A=1\r\n B = 2 \r\n#C=3\r\n", map[string]string{"A": "1", "B": "2"}, nil},
		{"quotes", "A='x $y #z'\nB=\"a\\\"b\\$c\"\nC=a#b\n", map[string]string{"A": "x $y #z", "B": `a"b$c`, "C": "a#b"}, nil},
		{"a dollar", "A=x$y\nB=1$$2\n", map[string]string{"A": "x", "B": "1$2"}, []string{"import/dollar", "import/dollar"}},
		{"twice", "A=1\nA=2\n", map[string]string{"A": "2"}, []string{"import/twice"}},
		{"several lines", "A=\"x\nB=no\"\nC='1\n2'\n", map[string]string{"A": "x\nB=no", "C": "1\n2"}, nil},
		{"a colon", "A: 1\n", map[string]string{"A": "1"}, nil},
		{"a name alone", "A\nB=\n", map[string]string{"B": ""}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in, found := Read(folder(map[string]string{".env": test.env}), Options{})
			if found.Err() != nil {
				t.Fatal(found)
			}
			if diff := cmp.Diff(test.want, scalars(in)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.rules, rules(in.Findings)); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}

// What Compose refuses is refused, with the line and without the text: that may be a password.
func TestEnvThatComposeRefuses(t *testing.T) {
	for name, env := range map[string]string{"a space": "A=1\nDB PASS=s3cr3t\n", "an open quote": "A=1\nB=\"s3cr3t\n", "a word behind": "A=1\nB='x's3cr3t'y'\n"} {
		_, found := Read(folder(map[string]string{".env": env}), Options{})
		if found.Err() == nil {
			t.Errorf("%s: is taken", name)
		} else if found[0].Line != 2 || strings.Contains(found.Error(), "s3cr3t") {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestFilesBesideTheConfiguration(t *testing.T) {
	in, found := Read(folder(map[string]string{".env": "A=1\n", "customization/theme/a.css": "x", "customization/b.example.py": "x", "customization/empty": " \n", ".build.env": "x", "README": "x"}), Options{})
	if found.Err() != nil {
		t.Fatal(found)
	}
	if len(in.Files) != 2 || in.Files["customization/theme/a.css"] == nil || in.Files[".build.env"] == nil {
		t.Errorf("files: %v", in.Files)
	}
}

const useRole = "- hosts: web\n  roles: [openwisp.openwisp2]\n"

// Variables come from where Ansible takes them, and in its order.
func TestPrecedence(t *testing.T) {
	in, found := Read(folder(map[string]string{
		"hosts":                     "[web]\na.example.org fromline=line quoted='x y' list=['p','q']\n[eu:children]\nweb\n[web:vars]\nfromgroup=ini\n[eu:vars]\nfromparent=ini\nfromgroup=parent\n",
		"group_vars/all.yml":        "fromgroup: all\nonlyall: {a: [1, 2]}\n",
		"group_vars/web/x.yml":      "fromgroup: file\nfromplay: file\n",
		"host_vars/a.example.org":   "fromline: file\nfromhost: file\n",
		"host_vars/b.example.org":   "fromhost: other\n",
		"vars/extra.yml":            "fromextra: extra\nfromplay: extra\n",
		"playbook.yml":              "- hosts: web\n  vars: {fromplay: play, fromrole: play}\n  vars_files: [vars/extra.yml]\n  roles:\n    - {role: openwisp2, fromrole: role, tags: x}\n",
		"other.yml":                 "- hosts: web\n  vars: {fromother: x}\n  roles: [nginx]\n",
		"roles/x/tasks/main.yml":    "- debug:\n",
		"files/ow2_static/a/b.css":  "x",
		"files/somebody-elses.conf": "x",
	}), Options{})
	if found.Err() != nil {
		t.Fatal(found)
	}
	want := map[string]string{
		"fromline": "file", "quoted": "x y", "list": "!!seq", "fromgroup": "file", "fromparent": "ini", "onlyall.a": "!!seq", "fromhost": "file",
		"fromplay": "extra", "fromextra": "extra", "fromrole": "role", "inventory_hostname": "a.example.org",
	}
	if diff := cmp.Diff(want, scalars(in)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(in.Files) != 1 {
		t.Errorf("files: %v", in.Files)
	}
}

func TestTemplates(t *testing.T) {
	in, found := Read(folder(map[string]string{"hosts": "[web]\na.example.org\n", "playbook.yml": useRole + `  vars:
    name: wisp
    whole: "{{ name }}"
    inside: "x-{{ name }}@{{ inventory_hostname }}!"
    of: {a: {b: [1, 2]}}
    path: "{{ of.a }}"
    fallback: "{{ nothing | default('d') }}"
    fallback_to_name: "{{ nothing | default(name) }}"
    missing: "{{ nothing }}"
    computed: "{{ lookup('env', 'X') }}"
    block: "{% if x %}y{% endif %}"
    loop: "{{ loop }}"
    secret: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      6162
    uses_secret: "a{{ secret }}"
`}), Options{})
	if found.Err() != nil {
		t.Fatal(found)
	}
	got := scalars(in)
	delete(got, "secret")
	want := map[string]string{
		"name": "wisp", "whole": "wisp", "inside": "x-wisp@a.example.org!", "of.a.b": "!!seq", "path.b": "!!seq", "fallback": "d", "fallback_to_name": "wisp",
		"missing": tagTemplate, "computed": tagTemplate, "block": tagTemplate, "loop": tagTemplate, "uses_secret": tagTemplate, "inventory_hostname": "a.example.org",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if in.variable("secret").Value.Tag != tagVault {
		t.Error("a vault is no vault any more")
	}
}
