package generator

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// masked does to a line of the edge's error log what the edge's start script has sed do to it.
func masked(t *testing.T, script, line string) string {
	t.Helper()
	_, program, _ := strings.Cut(script, "sed -u -E '")
	program, _, found := strings.Cut(program, "' <")
	if !found {
		t.Fatal("the error log goes through nothing")
	}
	for command := range strings.SplitSeq(program, "; ") {
		parts := strings.Split(command, "#")
		if len(parts) != 4 || parts[0] != "s" || parts[3] != "g" {
			t.Fatalf("what is %q?", command)
		}
		line = regexp.MustCompile(parts[1]).ReplaceAllString(line, strings.ReplaceAll(parts[2], `\1`, "${1}"))
	}
	return line
}

// What opens something in a path, such as a link for a new password, is in no error log: neither as it was asked for nor as it was passed on.
func TestTheErrorLogHasNothingThatOpens(t *testing.T) {
	script := string(generateFrom(t, "mail-enabled").Files["dockerfiles/nginx/files/bin/nginx-start"].Data)
	for path, want := range map[string]string{
		"/reset/anna/s3cr3t":                           "/reset/***",
		"/reset/anna/s3cr3t?again=s3cr3t":              "/reset/***?***",
		"/email-confirmation/s3cr3t/s3cr3t":            "/email-confirmation/***",
		"/register/s3cr3t/s3cr3t":                      "/register/***",
		"/accounts/password/reset/key/1-s3cr3t/":       "/accounts/password/reset/key/***",
		"/controller/checksum/1234/?key=s3cr3t":        "/controller/checksum/1234/?***",
		"/controller/register/":                        "/controller/register/",
		"/api/v1/users/user/1234/password/reset/again": "/api/v1/users/user/1234/password/reset/again",
	} {
		line := func(path string) string {
			return `2026/11/28 12:00:00 [error] 12#12: *1 upstream timed out, client: 192.0.2.7, server: id.example.org, request: "GET ` + path +
				` HTTP/2.0", upstream: "http://172.28.1.5:8080` + path + `", host: "id.example.org", referrer: "https://id.example.org` + path + `"`
		}
		if diff := cmp.Diff(line(want), masked(t, script, line(path))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", path, diff)
		}
	}
}
