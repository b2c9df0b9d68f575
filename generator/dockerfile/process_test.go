package dockerfile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProcess(t *testing.T) {
	base := Process{[]string{"tini", "--"}, []string{"sh"}}
	for name, c := range map[string]struct {
		text string
		want Process
	}{
		"nothing of its own":             {"FROM base\nRUN true\n", base},
		"another command":                {"FROM base\nCMD [\"serve\", \"-x\"]\n", Process{base.Entrypoint, []string{"serve", "-x"}}},
		"another entry point":            {"FROM base\nENTRYPOINT [\"start\"]\n", Process{[]string{"start"}, nil}},
		"both, the command first":        {"FROM base\nCMD [\"a\"]\nENTRYPOINT [\"start\"]\n", Process{[]string{"start"}, []string{"a"}}},
		"no entry point":                 {"FROM base\nENTRYPOINT []\nCMD [\"start\"]\n", Process{nil, []string{"start"}}},
		"the words of a shell":           {"FROM base\nCMD serve $X\n", Process{base.Entrypoint, []string{"/bin/sh", "-c", "serve $X"}}},
		"a stage that another begins":    {"FROM base AS build\nCMD [\"wrong\"]\nFROM base\n", base},
		"a stage that begins with it":    {"FROM base AS first\nCMD [\"right\"]\nFROM first\nRUN true\n", Process{base.Entrypoint, []string{"right"}}},
		"a file that is no Dockerfile":   {"nonsense\n", base},
		"the last of several commands":   {"FROM base\nCMD [\"a\"]\nCMD [\"b\"]\n", Process{base.Entrypoint, []string{"b"}}},
		"entry point above an old stage": {"FROM base AS first\nCMD [\"a\"]\nFROM first\nENTRYPOINT [\"e\"]\n", Process{[]string{"e"}, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			got := ParseFile(File{Path: "Dockerfile", Data: []byte(c.text)}).Process(base)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
