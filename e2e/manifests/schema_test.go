package manifests

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A published module that has the schemas of an API, and its checksum: kubeconform's own schemas come from a web site.
type source struct{ module, sum, file string }

var (
	// The oldest Kubernetes that the manifests are for.
	kubernetesAPI = source{"k8s.io/kubernetes@v1.34.4", "h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=", "api/openapi-spec/swagger.json"}
	gatewayAPI    = source{"sigs.k8s.io/gateway-api@v1.4.1", "h1:NPxFutNkKNa8UfLd2CMlEuhIPMQgDQ6DXNKG9sHbJU8=", "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"}
)

// read gets a file of a module, from the module cache if it is there.
func (s source) read(t *testing.T) []byte {
	t.Helper()
	c := exec.Command("go", "mod", "download", "-json", s.module)
	c.Dir = t.TempDir() // no module of ours decides anything
	out, err := c.Output()
	var got struct{ Dir, Sum, Error string }
	if failed := json.Unmarshal(out, &got); failed != nil || got.Error != "" {
		t.Fatalf("%s: %v %v %s", s.module, err, failed, got.Error)
	}
	if got.Sum != s.sum {
		t.Fatalf("%s has the checksum %s, not %s", s.module, got.Sum, s.sum)
	}
	data, err := os.ReadFile(filepath.Join(got.Dir, s.file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// schemas writes a JSON schema for each kind of object, by which a field that the API does not know is an error, and returns
// where kubeconform finds them.
func schemas(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(group, version, kind string, schema any) {
		if group == "" {
			group = version // as kubeconform calls the core of the API
		}
		name := strings.ToLower(fmt.Sprintf("%s-%s-%s.json", kind, group, version))
		data, err := json.Marshal(schema)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var api struct{ Definitions map[string]map[string]any }
	if err := json.Unmarshal(kubernetesAPI.read(t), &api); err != nil {
		t.Fatal(err)
	}
	for _, d := range api.Definitions {
		strict(d)
	}
	for name, d := range api.Definitions {
		kinds, _ := d["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 { // those of many groups are no objects of their own
			continue
		}
		of := kinds[0].(map[string]any)
		used := map[string]any{}
		reach(api.Definitions, name, used)
		write(of["group"].(string), of["version"].(string), of["kind"].(string), map[string]any{"$ref": "#/definitions/" + name, "definitions": used})
	}
	var route struct {
		Spec struct {
			Versions []struct {
				Name   string
				Schema struct{ OpenAPIV3Schema map[string]any }
			}
		}
	}
	if err := yaml.Unmarshal(gatewayAPI.read(t), &route); err != nil {
		t.Fatal(err)
	}
	for _, v := range route.Spec.Versions {
		strict(v.Schema.OpenAPIV3Schema)
		write("gateway.networking.k8s.io", v.Name, "HTTPRoute", v.Schema.OpenAPIV3Schema)
	}
	return dir + "/{{ .ResourceKind }}-{{ .Group }}-{{ .ResourceAPIVersion }}.json"
}

// strict forbids in a schema what is not named, and lets numbers be numbers where the API takes texts as well.
func strict(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, child := range s {
			strict(child)
		}
	case map[string]any:
		if _, named := s["properties"]; named && s["additionalProperties"] == nil && s["x-kubernetes-preserve-unknown-fields"] == nil {
			s["additionalProperties"] = false
		}
		if s["format"] == "int-or-string" {
			delete(s, "format")
			s["type"] = []any{"string", "integer"}
		}
		for _, child := range s {
			strict(child)
		}
	}
}

// reach collects the definitions that one refers to.
func reach(all map[string]map[string]any, name string, into map[string]any) {
	if into[name] != nil {
		return
	}
	into[name] = all[name]
	var follow func(any)
	follow = func(schema any) {
		switch s := schema.(type) {
		case []any:
			for _, child := range s {
				follow(child)
			}
		case map[string]any:
			if to, is := s["$ref"].(string); is {
				reach(all, strings.TrimPrefix(to, "#/definitions/"), into)
			}
			for _, child := range s {
				follow(child)
			}
		}
	}
	follow(all[name])
}
