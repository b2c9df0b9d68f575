//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What lies in custom/ counts, and is checked before it does: a file that is wrong is named, and what ran goes on.

func TestCustomNginxIsChecked(t *testing.T) {
	s := shared(t)
	address := s.origin("dashboard") + "/e2e-custom"
	snippet := s.custom(t, "nginx/dashboard-e2e.conf", "location = /e2e-custom { return 200 first; }\n")
	answers := func(want string) {
		t.Helper()
		eventually(t, patience, "nginx answers "+want, func() error {
			got, err := fetch(s.client(t), "GET", address, "")
			if err == nil && got.body != want {
				err = errors.New("it answers " + got.String())
			}
			return err
		})
	}
	answers("first")

	snippet("location = /e2e-custom { return 200 second; }\nnonsense on;\n")
	eventually(t, patience, "nginx names the file and the line", func() error {
		log := s.logs(t, "nginx")
		if !strings.Contains(log, "custom/nginx/dashboard-e2e.conf:2") || !strings.Contains(log, "NOT IN EFFECT") {
			return errors.New(lastLines(log, 5))
		}
		return nil
	})
	answers("first")
	snippet("location = /e2e-custom { return 200 third; }\n")
	answers("third")
}

func TestCustomFreeradiusIsChecked(t *testing.T) {
	s := shared(t)
	check := func() (string, error) { return s.compose(time.Minute, "exec", "-T", "freeradius", "check") }
	policy := s.custom(t, "freeradius/policies/e2e.conf", "e2e_policy {\n\tupdate reply {\n\t\tReply-Message := \"e2e\"\n\t}\n}\n")
	if out, err := check(); err != nil {
		t.Errorf("a correct policy is refused: %v\n%s", err, out)
	}
	policy("e2e_policy {\n\tif (nonsense\n")
	if out, err := check(); err == nil || !strings.Contains(err.Error()+out, "custom/freeradius/policies/e2e.conf") {
		t.Errorf("a broken policy: %v\n%s", err, out)
	}
}

func TestCustomDjangoIsChecked(t *testing.T) {
	s := shared(t)
	s.custom(t, "templates/e2e/custom.txt", "custom {{ word }}")
	s.custom(t, "static/e2e/custom.css", "body { color: teal }\n")
	settings := s.custom(t, "django/e2e.py", "E2E_CUSTOM = 'counts'\n")
	var got struct{ Setting, Template string }
	s.django(t, `
from django.conf import settings
from django.template.loader import render_to_string
answer({"Setting": settings.E2E_CUSTOM, "Template": render_to_string("e2e/custom.txt", {"word": "template"})})
`, &got)
	if got.Setting != "counts" || got.Template != "custom template" {
		t.Errorf("the setting is %q, the template gives %q", got.Setting, got.Template)
	}
	if got := must(fetch(s.client(t), "GET", s.origin("dashboard")+"/static/e2e/custom.css", ""))(t); got.status != 200 || !strings.Contains(got.body, "teal") {
		t.Errorf("the static file: %s", got)
	}
	for wrong, want := range map[string]string{
		"E2E = 1\nE2E = = 2\n":         "custom/django/e2e.py:2:",
		"E2E = 1\n\nE2E = unknown\n":   "custom/django/e2e.py:3:",
		"INSTALLED_APPS = []\n":        "INSTALLED_APPS lacks openwisp",
		"E2E = open('/nowhere/e2e')\n": "custom/django/e2e.py:1:",
		"CELERY_BEAT_SCHEDULE = {}\n":  "schedules.extra",
	} {
		settings(wrong)
		out, err := s.compose(time.Minute, "exec", "-T", "dashboard", "python", "manage.py", "check")
		if err == nil || !strings.Contains(err.Error()+out, want) {
			t.Errorf("%q: expected %q, got %v\n%s", wrong, want, err, lastLines(out, 5))
		}
	}
}

// custom writes a file below custom/, which goes when the test ends, and returns what writes it anew.
func (s *stack) custom(t testing.TB, name, content string) func(string) {
	t.Helper()
	path := filepath.Join(s.dir, "custom", name)
	write := func(content string) {
		t.Helper()
		if err := writeFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	write(content)
	t.Cleanup(func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	})
	return write
}
