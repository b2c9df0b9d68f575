package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestHosts(t *testing.T) {
	several := map[string]string{"hosts.yml": "web:\n  hosts:\n    a.example.org:\n    b.example.org:\n", "playbook.yml": useRole}
	const (
		one = "[web]\na.example.org\n"
		two = "[web]\nb.example.org\n"
	)
	tests := []struct {
		name  string
		files map[string]string
		host  string
		want  string // the host, or the message
	}{
		{"one", map[string]string{"hosts": "[web]\na.example.org\n[db]\nc.example.org\n", "p.yml": useRole}, "", "a.example.org"},
		{"several", several, "", "is for several hosts: a.example.org, b.example.org"},
		{"chosen", several, "b.example.org", "b.example.org"},
		{"unknown", several, "x", "has no host x"},
		{"no inventory", map[string]string{"p.yml": useRole}, "", "is for no host of an inventory here"},
		{"named by the play", map[string]string{"p.yml": "- hosts: a.example.org\n  roles: [openwisp2]\n"}, "", "a.example.org"},
		{"this host", map[string]string{"p.yml": "- hosts: localhost\n  roles: [openwisp2]\n"}, "", "localhost"},
		{"configured", map[string]string{"ansible.cfg": "[defaults]\ninventory = env/prod\n", "env/prod": one, "hosts": two, "p.yml": useRole}, "", "a.example.org"},
		{"a folder is configured", map[string]string{"ansible.cfg": "[defaults]\ninventory = ./env/prod/ ; ours\n", "env/prod/01-hosts": one, "env/prod/README.md": "x", "env/prod/group_vars/all.yml": "x: 1\n", "env/staging/hosts": two, "p.yml": useRole}, "", "a.example.org"},
		{"several are configured", map[string]string{"ansible.cfg": "[defaults]\ninventory=a,b\n", "a": one, "b": two, "p.yml": useRole}, "", "is for several hosts: a.example.org, b.example.org"},
		{"configured outside", map[string]string{"ansible.cfg": "[defaults]\ninventory=/etc/ansible/hosts\n", "p.yml": useRole}, "", "names an inventory outside"},
		{"configured and not there", map[string]string{"ansible.cfg": "[defaults]\ninventory=x\n", "p.yml": useRole}, "", "is no inventory"},
		{"a site", map[string]string{"inventories/rome/hosts": one, "inventories/rome/group_vars/all.yml": "x: 1\n", "p.yml": useRole}, "", "a.example.org"},
		{"a site in YAML", map[string]string{"inventories/rome.yml": "web: {hosts: {a.example.org: }}\n", "p.yml": useRole}, "", "a.example.org"},
		{"several sites", map[string]string{"inventories/rome/hosts": one, "inventories/oslo/hosts": two, "p.yml": useRole}, "", "has several inventories: inventories/oslo, inventories/rome"},
		{"a folder", map[string]string{"inventory/hosts": one, "p.yml": useRole}, "", "a.example.org"},
		{"included", map[string]string{"hosts": one, "p.yml": "- hosts: all\n  tasks:\n    - ansible.builtin.include_role:\n        name: openwisp.openwisp2\n"}, "", "a.example.org"},
		{"imported", map[string]string{"hosts": one, "site.yml": "- import_playbook: plays/x.yml\n", "plays/x.yml": useRole + "- import_playbook: ../site.yml\n"}, "", "a.example.org"},
		{"a default", map[string]string{"hosts": one, "p.yml": "- hosts: \"{{ target | default('web') }}\"\n  roles: [openwisp2]\n"}, "", "a.example.org"},
		{"nothing", map[string]string{"p.yml": "- hosts: all\n  roles: [nginx]\n"}, "", "is neither a checkout of docker-openwisp"},
		{"a broken playbook", map[string]string{"p.yml": "- hosts: [\n"}, "", "is not YAML"},
		{"a port", map[string]string{"hosts": "[web]\na.example.org:2222\n", "p.yml": useRole}, "", "a.example.org"},
		{"a port in YAML", map[string]string{"hosts.yml": "web: {hosts: {\"a.example.org:2222\": }}\n", "p.yml": useRole}, "", "a.example.org"},
		{"a range", map[string]string{"hosts": "[web]\na[1:2].example.org\n", "p.yml": useRole}, "", "is for several hosts: a1.example.org, a2.example.org"},
		{"a range that is none", map[string]string{"hosts": "[web]\na[2:1].example.org\n", "p.yml": useRole}, "", "has a range of hosts with nothing in it"},
		{"no suffix, and YAML", map[string]string{"hosts": "web:\n  hosts:\n    a.example.org:\n", "p.yml": useRole}, "", "a.example.org"},
		{"a plugin", map[string]string{"hosts.yml": "plugin: amazon.aws.aws_ec2\n", "p.yml": useRole}, "", "is for no host"},
		{"a pattern that is none", map[string]string{"hosts": one, "p.yml": "- hosts: '~(a'\n  roles: [openwisp2]\n"}, "", "~(a is no regular expression"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in, found := Read(folder(test.files), Options{Host: test.host})
			got := ""
			if found.Err() != nil {
				got = found[0].Message
			} else {
				got = in.variable(hostVariable).Value.Value
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("%q, not %q", got, test.want)
			}
		})
	}
}

// -i counts instead of all that is there.
func TestInventoryThatIsNamed(t *testing.T) {
	here := folder(map[string]string{"hosts": "[web]\na.example.org\n", "group_vars/web.yml": "x: playbook\n", "p.yml": useRole})
	elsewhere := folder(map[string]string{"prod/hosts": "[web]\nb.example.org\n", "prod/group_vars/all.yml": "y: inventory\n", "prod/group_vars/web.yml": "x: inventory\n"})
	in, found := Read(here, Options{Inventory: &Place{FS: elsewhere, Path: "prod", Folder: "../inventories"}})
	if found.Err() != nil {
		t.Fatal(found)
	}
	if diff := cmp.Diff(map[string]string{"inventory_hostname": "b.example.org", "x": "playbook", "y": "inventory"}, scalars(in)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := in.variable("y").File; got != "../inventories/prod/group_vars/all.yml" {
		t.Errorf("it stands in %s", got)
	}
	in, found = Read(here, Options{Inventory: &Place{Hosts: []string{"c.example.org:22"}}, Host: "c.example.org"})
	if found.Err() == nil {
		t.Errorf("the host is in no group, but was chosen: %v", scalars(in))
	}
}

// Groups count from the farthest to the nearest; group_vars of all come after what stands in the inventory.
func TestPrecedenceOfGroups(t *testing.T) {
	in, found := Read(folder(map[string]string{
		"hosts":                    "[b]\na.example.org\n[a]\na.example.org\n[a:vars]\nx=a\ny=a\nansible_group_priority=2\nz=a\n[b:vars]\nx=b\ny=b\nz=b\n[c:children]\na\n[c:vars]\nx=c\n",
		"group_vars/all.yml":       "z: all\n",
		"p.yml":                    "- hosts: all\n  roles: [openwisp2]\n",
		"other/group_vars/all.yml": "z: of another inventory\n",
	}), Options{})
	if found.Err() != nil {
		t.Fatal(found)
	}
	got := scalars(in)
	delete(got, hostVariable)
	delete(got, "ansible_group_priority")
	if diff := cmp.Diff(map[string]string{"x": "a", "y": "a", "z": "all"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Patterns select what the documentation of Ansible says; TestPatternsAsAnsible compares with its own answers.
func TestPatterns(t *testing.T) {
	inv := newInventory()
	inv.readINI("hosts", "alone.example.org\n[web]\nweb[1:3].example.org\n[db]\ndb1.example.org\nweb3.example.org\n[staging]\nweb2.example.org\n[eu:children]\nweb\ndb\n")
	inv.finish()
	tests := map[string]string{
		"all":                      "alone db1 web1 web2 web3",
		"*":                        "alone db1 web1 web2 web3",
		"all:!staging":             "alone db1 web1 web3",
		"!staging":                 "alone db1 web1 web3",
		"!staging:web":             "web1 web3",
		"web:&db":                  "web3",
		"&db:web":                  "web3",
		"web:db:!web3.example.org": "db1 web1 web2",
		"web,db":                   "db1 web1 web2 web3",
		"eu":                       "db1 web1 web2 web3",
		"web*.example.org":         "web1 web2 web3",
		"w*":                       "web1 web2 web3",
		"web?.example.org":         "web1 web2 web3",
		"web[!2].example.org":      "web1 web3",
		"~web[12]":                 "web1 web2",
		"~(db|alone)":              "alone db1 web3",
		"~^d":                      "db1 web3",
		"~eb1":                     "",
		"web[0]":                   "web1",
		"web[-1]":                  "web3",
		"web[1:2]":                 "web2 web3",
		"web[1:]":                  "web2 web3",
		"ungrouped":                "alone",
		"web1.example.org":         "web1",
		"nothing":                  "",
		"eu:!web:!db":              "",
		"2001:db8::1":              "",
	}
	for pattern, want := range tests {
		hosts, err := inv.selected([]string{pattern})
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		got := strings.ReplaceAll(strings.Join(slices.Sorted(maps.Keys(hosts)), " "), ".example.org", "")
		if got != want {
			t.Errorf("%s is for %q, not %q", pattern, got, want)
		}
	}
}

func TestNamesOfHosts(t *testing.T) {
	for entry, want := range map[string]string{
		"a.example.org": "a.example.org", "a.example.org:2222": "a.example.org 2222", "192.0.2.1:22": "192.0.2.1 22", "2001:db8::1": "2001:db8::1", "[2001:db8::1]:22": "2001:db8::1 22",
		"a[1:3]": "a1,a2,a3", "a[01:03]": "a01,a02,a03", "a[1:5:2]": "a1,a3,a5", "a[b:d]x": "abx,acx,adx", "a[1:2]b[3:4].org:22": "a1b3.org,a1b4.org,a2b3.org,a2b4.org 22",
		"a[8:11]": "a8,a9,a10,a11", "a[1:1]": "a1",
	} {
		names, port, err := expandHosts(entry, 100)
		if got := strings.TrimSpace(strings.Join(names, ",") + " " + port); err != nil || got != want {
			t.Errorf("%s: %q, %v", entry, got, err)
		}
	}
	for _, wrong := range []string{"a[1:101]", "a[1:99999999999999999999]", "a[0:99]b[0:99]", "a[3:1]", "a[1:b]", "a[1:2:0]"} {
		if names, _, err := expandHosts(wrong, 100); err == nil {
			t.Errorf("%s: %d hosts", wrong, len(names))
		}
	}
}

// Ansible refuses groups that are in themselves; here they end no run.
func TestGroupsInThemselves(t *testing.T) {
	for name, hosts := range map[string]string{
		"itself":    "[web]\na.example.org\n[web:children]\nweb\n",
		"a loop":    "[web]\na.example.org\n[web:children]\nb\n[b:children]\nc\n[c:children]\nweb\n",
		"elsewhere": "[web]\na.example.org\n[x:children]\ny\n[y:children]\nx\n",
	} {
		_, found := Read(folder(map[string]string{"hosts": hosts, "p.yml": useRole}), Options{})
		if len(found.Errors()) == 0 || found[0].Rule != "import/loop" || found[0].Line == 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
	_, found := Read(folder(map[string]string{"hosts.yml": "all: &a\n  hosts: {a.example.org: }\n  children: {b: *a}\n", "p.yml": useRole}), Options{})
	if len(found.Errors()) == 0 {
		t.Error("a group with itself as an alias is taken")
	}
}

// As many groups and hosts as a file may have, in a chain and each in each.
func TestLargeInventories(t *testing.T) {
	var chain, wide strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&chain, "[g%d:children]\ng%d\n", i, i+1)
	}
	chain.WriteString("[g50000]\na.example.org\n[web:children]\ng0\n")
	for i := range 300 {
		fmt.Fprintf(&wide, "[g%d]\nh[1:300]\n[g%d:children]\n", i, i)
		for j := i + 1; j < 300; j++ {
			fmt.Fprintf(&wide, "g%d\n", j)
		}
	}
	wide.WriteString("[web:children]\ng0\n")
	for name, hosts := range map[string]string{"a chain": chain.String(), "each in each": wide.String()} {
		in, found := Read(fstest.MapFS{"hosts": {Data: []byte(hosts)}, "p.yml": {Data: []byte(useRole)}}, Options{})
		if name == "a chain" && (found.Err() != nil || in.variable(hostVariable).Value.Value != "a.example.org") {
			t.Errorf("%s: %v", name, found)
		} else if name != "a chain" && (found.Err() == nil || !strings.HasPrefix(found[0].Message, "is for several hosts: h1, ") || len(found[0].Message) > 500) {
			t.Errorf("%s: %v", name, found)
		}
	}
}
