package render

import (
	"strings"

	"github.com/owgen/owgen/generator/plan"
)

// Labels are the last instruction of each Dockerfile: what the image is, for whoever inspects it. Nothing in them varies by run,
// and a change of them builds no other layer. The names are those of the OCI image specification.
func Labels(s *plan.Service) []byte {
	labels := []struct{ name, value string }{
		{"title", s.Name}, {"description", s.Summary}, {"version", s.Version()}, {"licenses", s.Image.Licenses}, {"base.name", s.Image.From},
	}
	var lines []string
	for _, l := range labels {
		if l.value != "" {
			lines = append(lines, "org.opencontainers.image."+l.name+`="`+quoted.Replace(l.value)+`"`)
		}
	}
	return []byte("\nLABEL " + strings.Join(lines, " \\\n      ") + "\n")
}

// quoted is a text between double quotes of a Dockerfile, where variables are not meant.
var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\n", " ")
