package sides_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/sides"
	"github.com/owgen/owgen/profiles"
)

// inputs are a bundle of each engine of several machines, as flags.
var inputs = map[string]string{
	"swarm": "images.registry=registry.example.org/o scale.api=2 " +
		"nodes={data-1:{roles:[data]},data-2:{roles:[mail]},app-1:{roles:[app]},app-2:{roles:[app]},work-1:{roles:[worker]},edge-1:{roles:[edge]}}",
	"swarm without nodes": "images.registry=registry.example.org/o",
	"kubernetes": "target=kubernetes images.registry=registry.example.org/o scale.api=2 storage.mode=class storage.class=many services.fileserver=false " +
		"kubernetes.pod_networks=[10.244.0.0/16] nodes={data-1:{roles:[data]},app-1:{roles:[app]},app-2:{roles:[app]},edge-1:{roles:[edge]}}",
	"compose": "target=compose storage.mode=local services.fileserver=false",
}

// nodes are those of the inputs with one thing changed.
func nodes(engine, old, new string) string {
	for _, word := range strings.Fields(inputs[engine]) {
		if strings.HasPrefix(word, "nodes=") {
			return strings.Replace(word, old, new, 1)
		}
	}
	return ""
}

// TestCostsOnEngines changes a bundle of each engine, and holds what diff says of single services against what the engine does.
func TestCostsOnEngines(t *testing.T) {
	p, found := generator.Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	known, err := sides.Known(p.Schema())
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]diff.Side{} // the same side before many changes is made once
	side := func(t *testing.T, set ...string) diff.Side {
		t.Helper()
		key := strings.Join(set, " ")
		if known, is := made[key]; is {
			return known
		}
		for i := range set {
			if strings.HasPrefix(set[i], "nodes=") {
				set[i] = strings.ReplaceAll(set[i], ":", ": ") // YAML wants the space, by which the words here are told apart
			}
		}
		in := profile.Source{Profile: "multi-node", Named: profiles.FS, ReadFile: os.ReadFile, Set: set}
		deployment, found := p.Generate(t.Context(), in)
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		made[key] = sides.Of(deployment)
		return made[key]
	}
	for _, c := range []struct {
		name, engine, set string
		cost              diff.Cost
		services          map[string]string // some of them: the gravest cost, and the reason of that
		untouched         string            // some to which nothing happens
		replaced          string            // a secret that is made anew
		notes             []string          // parts of them, of which each is in one
	}{
		{name: "the same", engine: "swarm", set: "scale.api=2", untouched: "api nginx postgres"},
		{name: "the same", engine: "kubernetes", set: "scale.api=2", untouched: "api nginx postgres"},
		{name: "more of one", engine: "swarm", set: "scale.celery=4", services: map[string]string{"celery": "nothing: runs 4 instead of 1"}, untouched: "api"},
		{name: "more of one", engine: "kubernetes", set: "scale.celery=4", services: map[string]string{"celery": "nothing: runs 4 instead of 1"}, untouched: "api"},
		{name: "limits", engine: "swarm", set: "resources.api.memory=700M", cost: diff.Rolled,
			services: map[string]string{"api": "rolled: deploy.resources.limits.memory: 512M becomes 700M"}, untouched: "dashboard postgres"},
		{name: "limits", engine: "kubernetes", set: "resources.dashboard.memory=700M", cost: diff.Rolled,
			services: map[string]string{"dashboard": "rolled: begin-dashboard.resources.limits.memory: 512Mi becomes 700Mi"}, untouched: "api postgres"},
		{name: "limits of data", engine: "swarm", set: "resources.postgres.memory=900M", cost: diff.Restarted,
			services: map[string]string{"postgres": "restarted: deploy.resources.limits.memory"}, untouched: "api"},
		{name: "limits of data", engine: "kubernetes", set: "resources.postgres.memory=900M", cost: diff.Restarted,
			services: map[string]string{"postgres": "restarted: "}, untouched: "api"},
		{name: "an image with a port of the machine", engine: "swarm", set: "nginx.gzip_level=9", cost: diff.Restarted,
			services: map[string]string{"nginx": "restarted: its image is built anew"}, untouched: "api postgres", notes: []string{"rolled other images: nginx; before that: `docker compose build && docker compose push`"}},
		{name: "an image behind a load balancer", engine: "kubernetes", set: "nginx.gzip_level=9", cost: diff.Rolled,
			services: map[string]string{"nginx": "rolled: its image is built anew"}, untouched: "api"},
		{name: "what all derive from", engine: "swarm", set: "build.debian_digest=sha256:" + strings.Repeat("0", 64), cost: diff.Migrate,
			services: map[string]string{"migrate": "migrate: runs with a new image", "api": "rolled: its image is built anew", "celerybeat": "restarted: its image is built anew"}},
		{name: "what all derive from", engine: "kubernetes", set: "build.debian_digest=sha256:" + strings.Repeat("0", 64), cost: diff.Migrate,
			services: map[string]string{"migrate": "migrate: runs with a new image", "api": "rolled: its image is built anew", "openvpn": "restarted: the image of celery is built anew"}},
		{name: "a node more", engine: "swarm", set: nodes("swarm", "{data-1:", "{app-3:{roles:[app]},data-1:"),
			services: map[string]string{"api": "nothing: may run on app-1, app-2, app-3, and not on app-1, app-2 alone"}, untouched: "postgres nginx celery"},
		{name: "a node more", engine: "kubernetes", set: nodes("kubernetes", "{data-1:", "{app-3:{roles:[app]},data-1:"), cost: diff.Restarted,
			services: map[string]string{"api": "rolled: place: app-1, app-2 becomes app-1, app-2, app-3"}, untouched: "postgres"},
		{name: "a node less", engine: "swarm", set: nodes("swarm", "app-2:{roles:[app]},", ""), cost: diff.Moved,
			services: map[string]string{"api": "moved: runs on app-1 instead of app-1, app-2"}, untouched: "postgres celery"},
		{name: "a home for who had many", engine: "swarm", set: nodes("swarm", "app-2:{roles:[app]}", "app-2:{roles:[app],services:[dashboard]}"), cost: diff.Moved,
			services: map[string]string{"dashboard": "moved: runs on app-2 instead of app-1, app-2"}, untouched: "api"},
		{name: "another home of data", engine: "swarm", set: nodes("swarm", "data-2:{roles:[mail]}", "data-2:{roles:[mail],services:[postgres]}"), cost: diff.DataAtRisk,
			services: map[string]string{"postgres": "DATA AT RISK: runs on data-2 instead of data-1, without its data"}, untouched: "redis api",
			notes: []string{"DATA AT RISK volume postgres_data stays on data-1, and postgres is to run on data-2: make a backup, and restore it there"}},
		{name: "a pool of data renamed", engine: "kubernetes", set: nodes("kubernetes", "data-1:", "data-9:"), cost: diff.Moved,
			services: map[string]string{"postgres": "moved: runs on data-9 instead of data-1"}, untouched: "api"},
		{name: "the role of data named by its home", engine: "swarm", set: nodes("swarm", "data-1:{roles:[data]}", "data-1:{roles:[data],services:[postgres]}"), untouched: "postgres redis api"},
		{name: "the file server's address", engine: "swarm", set: nodes("swarm", "data-1:{roles:[data]}", "data-1:{roles:[data],address:192.0.2.7}"), cost: diff.Restarted,
			services: map[string]string{"api": "rolled: the file server's address: 192.0.2.7", "nginx": "restarted: the file server's address: 192.0.2.7"}, untouched: "postgres fileserver"},
		{name: "another registry", engine: "swarm", set: "images.registry=other.example.org/x", cost: diff.Restarted, services: map[string]string{"api": "rolled: image registry."}},
		{name: "Secrets of somebody else", engine: "kubernetes", set: "kubernetes.secrets=external", cost: diff.Restarted,
			services: map[string]string{"api": "rolled: its Secrets: made by somebody else, before this is applied"}, untouched: "freeradius"},
		{name: "another file server", engine: "swarm", set: "external.files.host=192.0.2.9 external.files.path=/srv services.fileserver=false", cost: diff.DataAtRisk,
			services: map[string]string{"fileserver": "DATA AT RISK: volume files_data is no longer used", "api": "DATA AT RISK: volume media is to lie elsewhere"}, untouched: "postgres"},
		{name: "another storage class", engine: "kubernetes", set: "storage.class=other", cost: diff.DataAtRisk,
			services: map[string]string{"api": "DATA AT RISK: volume media is to lie elsewhere"}, untouched: "postgres redis",
			notes: []string{"DATA AT RISK volume media is to lie in the storage class other, shared instead of in the storage class many, shared: a claim cannot be changed"}},
		{name: "another storage mode", engine: "kubernetes", set: "storage.mode=nfs external.files.host=192.0.2.9 external.files.path=/srv", cost: diff.DataAtRisk,
			services: map[string]string{"api": "DATA AT RISK: volume media is to lie elsewhere"}, untouched: "postgres"},
		{name: "another class of data", engine: "kubernetes", set: "kubernetes.data_class=fast", cost: diff.DataAtRisk,
			services: map[string]string{"postgres": "DATA AT RISK: volume postgres-data is to lie elsewhere"}, untouched: "api"},
		{name: "a larger volume", engine: "kubernetes", set: "kubernetes.volume_sizes.postgres_data=20Gi",
			services: map[string]string{"postgres": "nothing: volume postgres-data grows"}, untouched: "api"},
		{name: "a smaller volume", engine: "kubernetes", set: "kubernetes.volume_sizes.postgres_data=2Gi", cost: diff.DataAtRisk,
			services: map[string]string{"postgres": "DATA AT RISK: volume postgres-data is to become smaller"}, untouched: "api"},
		{name: "a service with data leaves", engine: "swarm", set: "modules.monitoring=false", cost: diff.DataAtRisk,
			services: map[string]string{"influxdb": "DATA AT RISK: volume influxdb_data is no longer used", "celery-monitoring": "restarted: is removed: `./deploy` ends it"}, untouched: "postgres"},
		{name: "a service with data leaves", engine: "kubernetes", set: "modules.monitoring=false", cost: diff.DataAtRisk,
			services: map[string]string{"influxdb": "DATA AT RISK: volume influxdb-data is no longer used"}, untouched: "postgres",
			notes: []string{"nothing Service influxdb -n openwisp stays until somebody removes it: `kubectl delete service influxdb -n openwisp`"}},
		{name: "a module that makes its tables", engine: "swarm", set: "modules.firmware=false", cost: diff.Migrate, services: map[string]string{"migrate": "migrate: "}},
		{name: "a secret that is lost", engine: "swarm", replaced: "sql_password", cost: diff.DataAtRisk,
			services: map[string]string{"postgres": "DATA AT RISK: secret sql_password is made anew"}, untouched: "redis nginx"},
		{name: "a secret that is lost", engine: "kubernetes", replaced: "sql_password", cost: diff.DataAtRisk,
			services: map[string]string{"postgres": "DATA AT RISK: secret sql_password is made anew"}, untouched: "redis nginx"},
		{name: "a volume more", engine: "swarm", set: "modules.radius=false", cost: diff.DataAtRisk,
			services: map[string]string{"freeradius": "DATA AT RISK: volume radius_clients is no longer used", "celery": "DATA AT RISK: volume radius_clients is no longer used"}},
		{name: "other subnets", engine: "swarm", set: "network.pool=172.29.0.0/16", cost: diff.Restarted,
			services: map[string]string{"postgres": "restarted: network data is made anew", "api": "restarted: network app is made anew"},
			notes:    []string{"restarted network data cannot be changed while it is used (ipam.config: [{subnet: 172.28.2.0/24}] becomes [{subnet: 172.29.2.0/24}]): `docker stack rm openwisp`, then `./deploy`"}},
		{name: "encryption", engine: "swarm", set: "swarm.encrypt=false", cost: diff.Restarted, services: map[string]string{"postgres": "restarted: network data is made anew"}},
		{name: "another project", engine: "swarm", set: "project=other", cost: diff.DataAtRisk, notes: []string{"DATA AT RISK project openwisp becomes other"}},
		{name: "another project", engine: "kubernetes", set: "project=other", cost: diff.DataAtRisk, notes: []string{"DATA AT RISK project openwisp becomes other"}},
		{name: "another engine", engine: "compose", set: inputs["swarm"] + " target=swarm storage.mode=nfs services.fileserver=true", cost: diff.DataAtRisk,
			services: map[string]string{"api": "rolled: is set up anew", "fileserver": "rolled: is added"}, notes: []string{"DATA AT RISK target compose becomes swarm"}},
		{name: "another engine", engine: "swarm", set: inputs["kubernetes"], cost: diff.DataAtRisk,
			services: map[string]string{"fileserver": "restarted: is not part of it any longer"}, notes: []string{"DATA AT RISK target swarm becomes kubernetes"}},
		{name: "nodes for who had none", engine: "swarm without nodes", set: "nodes={one:{roles:[data,app,edge]}}", cost: diff.DataAtRisk,
			services: map[string]string{"postgres": "DATA AT RISK: runs on one instead of the machine of the first deployment, without its data", "dashboard": "DATA AT RISK: volume media is to lie elsewhere", "websocket": "moved: runs on one instead of any machine"}},
		{name: "a setting of the environment", engine: "swarm", set: "timezone=Europe/Rome", cost: diff.Restarted,
			services: map[string]string{"api": "rolled: environment: TZ", "postgres": "restarted: environment: TZ", "migrate": "rolled: environment: TZ"}},
		{name: "a setting of the environment", engine: "kubernetes", set: "timezone=Europe/Rome", cost: diff.Restarted,
			services: map[string]string{"api": "rolled: environment: TZ", "postgres": "restarted: environment: TZ"}},
	} {
		t.Run(c.name+" on "+c.engine, func(t *testing.T) {
			given := strings.Fields(inputs[c.engine])
			r := diff.Compare(side(t, given...), side(t, append(given, strings.Fields(c.set)...)...), diff.Options{Known: known, Replaced: strings.Fields(c.replaced)})
			if r.Cost != c.cost {
				t.Errorf("the whole costs %s, and not %s", r.Cost, c.cost)
			}
			said := map[string]string{}
			for _, s := range r.Services {
				said[s.Name] = s.Reasons[0].Cost.String() + ": " + s.Reasons[0].What
			}
			for name, want := range c.services {
				if !strings.HasPrefix(said[name], want) {
					t.Errorf("%s: %s", name, cmp.Diff(want, said[name]))
				}
			}
			for name := range strings.FieldsSeq(c.untouched) {
				if said[name] != "" {
					t.Errorf("%s: %s, and nothing happens to it", name, said[name])
				}
			}
			for _, want := range c.notes {
				if !strings.Contains(notes(r), want) {
					t.Errorf("%q is not among the notes:\n%s", want, notes(r))
				}
			}
			if text := r.Text(diff.Plain); c.engine != "compose" && strings.Contains(text[:strings.Index(text+"\n\n", "\n\n")], "compose up") {
				t.Errorf("it speaks of Compose:\n%s", text)
			}
		})
	}
}

func notes(r diff.Report) string {
	var b strings.Builder
	for _, n := range r.Notes {
		b.WriteString(n.Cost.String() + " " + n.What + "\n")
	}
	return b.String()
}
