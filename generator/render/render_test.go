package render

import (
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
)

func renderer(t *testing.T, flags ...string) (*Renderer, *plan.Plan) {
	t.Helper()
	c, found := catalog.Read(catalog.Layer{Name: "testdata", FS: os.DirFS("../../testdata/catalog")})
	schema, _ := settings.NewSchema(c.Settings())
	in, f := profile.Read(profile.Source{Profile: "all", Set: flags,
		Named: fstest.MapFS{"all.yaml": {Data: []byte("services: {store: true, web: true, worker: true}")}}})
	found.Add(f...)
	v, f := schema.Resolve(in.Layers)
	found.Add(f...)
	p, f := plan.Make(c, v)
	if found.Add(f...); len(found) > 0 {
		t.Fatal(found)
	}
	return NewTemplates().For(p, nil), p
}

func TestTemplates(t *testing.T) {
	r, p := renderer(t, "web.greeting=a$b'c\"")
	tests := []struct{ service, template, want string }{
		{"web", `{{ .Settings.web.greeting }}`, `a$b'c"`},
		{"web", `{{ scalar .Settings.web.greeting }}`, `"a$$b'c\""`},
		{"web", `{{ shell .Settings.web.greeting }}`, `'a$b'\''c"'`},
		{"web", `{{ json .Settings.web.greeting }}`, `"a$b'c\""`},
		{"web", `{{ (cap "sql").Host }}:{{ (cap "sql").Port }}`, "store:5432"},
		{"web", `{{ (cap "checks").Address }} in {{ (cap "checks").Subnet }}`, "172.28.0.250 in 172.28.0.0/24"},
		{"web", `{{ has "sql" }} {{ has "mail" }}`, "true false"},
		{"web", `{{ secret "sql_password" }}`, "/run/secrets/sql_password"},
		{"web", `{{ hasSecret "other" }}`, "false"},
		{"web", `{{ range routes }}{{ .Path }} {{ end }}`, "/checks/ / "},
		{"web", `{{ json jobs }}`, `[{"Name":"sweep","Service":"worker","Task":"sweep.all","Command":null,"Schedule":"0 3 * * *","Args":[30,"all"]}]`},
		{"web", `{{ origin "main" }} {{ host "main" }} {{ scheme }}`, "https://main.example.test main.example.test https"},
		{"web", `{{ (intent "pages").Subnet }}`, "10.8.0.0/24"},
		{"worker", `{{ .Service.Name }} of {{ .Project }}`, "worker of test"},
	}
	for _, test := range tests {
		got, f := r.Text("x.tmpl", []byte(test.template), p.Service(test.service))
		if f != nil {
			t.Errorf("%s: %s", test.template, f)
		} else if diff := cmp.Diff(test.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.template, diff)
		}
	}
}

func TestMistakesInTemplates(t *testing.T) {
	r, p := renderer(t)
	tests := []struct{ template, want string }{
		{"a\n{{ .Settings.web.greting }}", `x.tmpl:2: error: map has no entry for key "greting" [render/template]`},
		{"{{ .Settings.nothing.here }}", `x.tmpl:1: error: map has no entry for key "nothing" [render/template]`},
		{`{{ secret "other" }}`, `x.tmpl:1: error: error calling secret: the secret other is not mounted here [render/template]`},
		{`{{ (cap "mail").Host }}`, `x.tmpl:1: error: error calling cap: nothing provides mail; ask with has first [render/template]`},
		{`{{ intent "front" }}`, `x.tmpl:1: error: error calling intent: no intent front: nobody provides what it is about, or service.yaml does not declare it [render/template]`},
		{`{{ host "other" }}`, `x.tmpl:1: error: error calling host: hosts.other is no setting [render/template]`},
		{"{{ if }}", `x.tmpl:1: error: missing value for if [render/template]`},
	}
	for _, test := range tests {
		_, f := r.Text("x.tmpl", []byte(test.template), p.Service("web"))
		if f == nil {
			t.Errorf("%s is taken", test.template)
			continue
		}
		got, _, _ := cut(f.String())
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.template, diff)
		}
	}
}

func cut(s string) (string, string, bool) {
	for i := range s {
		if s[i] == '\n' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// What reads the environment, the clock, the network or randomness, what follows a map's order, and what
// hides a missing key would make two runs differ or a mistake pass.
func TestForbiddenFunctions(t *testing.T) {
	forbidden := []string{
		"env", "expandenv", "getHostByName", "now", "date", "dateInZone", "dateModify", "ago", "htmlDate", "unixEpoch", "toDate", "mustToDate",
		"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randInt", "randBytes", "uuidv4", "shuffle", "htpasswd", "bcrypt", "derivePassword",
		"genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "buildCustomCert", "encryptAES", "decryptAES",
		"keys", "values", "pluck", "get", "dig", "default", "hasKey", "coalesce", "empty", "set", "unset", "osBase", "osDir", "fail",
	}
	r, _ := renderer(t)
	for _, name := range r.Functions() {
		if slices.Contains(forbidden, name) {
			t.Errorf("templates may call %s", name)
		}
	}
	for name, f := range r.funcs(nil) {
		if f == nil {
			t.Errorf("%s is allowed and does not exist", name)
		}
	}
}

func TestFolderHoldsTheContextOnly(t *testing.T) {
	r, p := renderer(t)
	s := p.Service("web")
	s.Summary = `Shows "pages" for 5$`
	s.Files = map[string][]byte{"Dockerfile.tmpl": []byte("FROM {{ .Service.Name }}"), "files/a": []byte("{{ raw }}"), "files/b.conf.tmpl": []byte("{{ .Project }}"), "README.md": nil, "compose.yaml.tmpl": nil}
	got, found := r.Folder(s)
	if len(found) > 0 {
		t.Fatal(found)
	}
	labels := `
LABEL org.opencontainers.image.title="web" \
      org.opencontainers.image.description="Shows \"pages\" for 5\$" \
      org.opencontainers.image.version="13" \
      org.opencontainers.image.base.name="root-image"
`
	want := map[string][]byte{"Dockerfile": []byte("FROM web" + labels), "files/a": []byte("{{ raw }}"), "files/b.conf": []byte("test")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
