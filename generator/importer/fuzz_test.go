package importer

import (
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"

	"github.com/owgen/owgen/generator/dotenv"
)

// FuzzEnv proves that whatever stands in the file, each variable has the value that Compose gives it.
func FuzzEnv(f *testing.F) {
	for _, env := range []string{"A=1\n", "\ufeffexport A=1\r\n", "A='x\ny'\nB=2", "A=\"\\\"\nB=\"", "A", "=", "A==b", "A: b\nA:c", "'A'=1", "A=$A$$#", "A=1 #b\n#C=2", "\"", "A='", "A=\"x\\\\\"\nB=1", "a.b=1\na-b=2\n", "export\tA=1"} {
		f.Add(env)
	}
	logrus.SetOutput(io.Discard)
	f.Fuzz(func(t *testing.T, env string) {
		want, err := dotenv.Parse([]byte(env))
		in, found := Read(folder(map[string]string{".env": env}), Options{})
		if (err == nil) != (found.Err() == nil) {
			t.Fatalf("Compose says %v, and this %v", err, found)
		}
		if err != nil {
			return
		}
		got := map[string]string{}
		for _, v := range in.Variables {
			if _, twice := got[v.Name]; twice {
				t.Errorf("%q is there twice", v.Name)
			}
			got[v.Name] = v.Value.Value
		}
		delete(want, "")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}
