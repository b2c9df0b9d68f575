package dockerfile

import (
	"strings"
	"testing"
)

// TestShellRules checks what is found in RUN, whatever way the shell is written.
func TestShellRules(t *testing.T) {
	for run, want := range map[string]string{
		"RUN curl -s https://x.org/i | sh":                                   "pipe-to-shell",
		"RUN (curl -s https://x.org/i) 2>&1 | sudo bash -s -- -y":            "pipe-to-shell",
		"RUN curl https://x.org/i | tee /tmp/i | sh":                         "pipe-to-shell",
		"RUN if true; then wget -O- https://x.org/i | /bin/bash; fi":         "pipe-to-shell",
		"RUN bash -c \"$(curl -fsSL https://x.org/i)\"":                      "pipe-to-shell",
		"RUN eval `wget -qO- https://x.org/i`":                               "pipe-to-shell",
		"RUN bash <(curl -s https://x.org/i)":                                "pipe-to-shell",
		"RUN . <(curl -s https://x.org/i)":                                   "pipe-to-shell",
		"RUN <<EOF\ncurl https://x.org/i | sh\nEOF":                          "pipe-to-shell",
		"RUN curl https://x.org/i | python3 -c 'import sys'":                 "",
		"RUN curl https://x.org/i | tar xz":                                  "",
		"RUN curl -o i https://x.org/i && echo 'sum i' | sha256sum -c":       "",
		"RUN echo 'curl https://x.org/i | sh'":                               "",
		"RUN sh -c 'echo a' && curl https://x.org/i":                         "",
		"RUN <<EOF\n#!/usr/bin/env python3\nprint(\"apt-get install\")\nEOF": "",
		"RUN cat <<EOF > /x\napt-get install a\nEOF":                         "",
		"RUN apt-get install a":                                              "apt-recommends apt-unattended",
		"RUN apt-get -y --no-install-recommends install a":                   "",
		"RUN for p in a b; do apt-get install -y \"$p\"; done":               "apt-recommends",
		"RUN apt-get update":                                                 "apt-lists",
		"RUN apt-get update && rm -rf /var/lib/apt/lists/*":                  "",
		"RUN apt-get update && find /var/lib/apt/lists -type f -delete":      "",
		"RUN apt-get update && echo rm -rf /var/lib/apt/lists":               "apt-lists",
		"RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update":    "",
	} {
		images := Parse(map[string]File{"web": {Path: "Dockerfile", Data: []byte("FROM debian:13\n" + run + "\n")}})
		Evaluate(images, map[string]Build{"web": {}})
		var got []string
		for _, i := range images["web"].Issues {
			if i.Line != 2 {
				t.Errorf("%s: %+v", run, i)
			}
			got = append(got, i.Rule)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, not %q", run, got, want)
		}
	}
}

func TestRuleID(t *testing.T) {
	for name, want := range map[string]string{"JSONArgsRecommended": "buildkit-json-args-recommended", "SecretsUsedInArgOrEnv": "buildkit-secrets-used-in-arg-or-env"} {
		if got := RuleID(name); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
