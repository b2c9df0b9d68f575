package plan

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
)

// The edge sees what routes hand out, read-only and once each, and copies from the images that they name.
func TestFilesAreAtTheEdge(t *testing.T) {
	files := maps.Clone(asking)
	files["app/service.yaml"] = strings.Replace(files["app/service.yaml"], "routes: [", `volumes: [{name: uploads, path: /data, contains: x}], binds: [{source: custom/look, path: /look}],
  settings: [{key: app.open, type: bool, default: true}],
  routes: [{host: main, path: /up/, protocol: files, when: {app.open: true}, files: {volume: uploads, policy: inert}},
  {host: main, path: /look/, protocol: files, files: {image: image, folder: /srv/look, over: custom/look, names: hashed}}, `, 1)
	p, found := planAsking(t, files)
	if len(found) > 0 {
		t.Fatal(found)
	}
	edge := p.Service("edge")
	if diff := cmp.Diff([]catalog.Volume{{Name: "uploads", Path: "/srv/www/up", ReadOnly: true}}, edge.Volumes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]catalog.Bind{{Source: "custom/look", Path: "/srv/custom/look"}}, edge.Binds); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"image"}, edge.Copies); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := p.Handed(); len(got) != 2 || got[0].Path != "/look/" || got[1].Path != "/up/" {
		t.Errorf("handed out: %+v", got)
	}
	if p, _ := planAsking(t, files, "services.app=false"); len(p.Service("edge").Copies) > 0 {
		t.Errorf("nobody hands anything out, and the edge copies from %v", p.Service("edge").Copies)
	}
	if p, _ := planAsking(t, files, "app.open=false"); len(p.Service("edge").Volumes) > 0 {
		t.Errorf("closed, and still there: %v", p.Service("edge").Volumes)
	}
}

// A service may hand out files of its own image, and says how a request reaches it: the path there, and headers.
func TestRouteToAnotherPath(t *testing.T) {
	files := maps.Clone(asking)
	files["app/service.yaml"] = strings.Replace(files["app/service.yaml"], "routes: [", `routes: [
  {host: main, path: /Web.woa/Files/, protocol: files, files: {image: app, folder: /srv/look}},
  {host: main, path: /from, protocol: http, port: 1, to: /there/x, policy: "default-src 'none'", permissions: "camera=(self), usb=()", own_pages: [^/from$], headers: {X-Whole: "{origin}", X-Never: ""}},
  {host: main, path: /gone, protocol: redirect, to: /from}, `, 1)
	p, found := planAsking(t, files)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if diff := cmp.Diff([]string{"app"}, p.Service("edge").Copies); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, r := range p.Routes {
		switch r.Path {
		case "/from":
			if r.To != "/there/x" || r.Policy != "default-src 'none'" || r.Permissions != "camera=(self), usb=()" || !slices.Equal(r.OwnPages, []string{"^/from$"}) || r.Headers["X-Whole"] != "{origin}" || len(r.Headers) != 2 {
				t.Errorf("passed on: %+v", r)
			}
		case "/gone":
			if r.Protocol != catalog.ProtocolRedirect || r.To != "/from" {
				t.Errorf("redirected: %+v", r)
			}
		}
	}
}
