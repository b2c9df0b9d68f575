//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Every list and every form of the dashboard opens, and every address of the API that needs no more than a token answers:
// a module that is only half there shows here.
func TestEveryPageOpens(t *testing.T) {
	s := shared(t)
	s.watch(t, "dashboard", "nginx")
	var pages []string
	s.django(t, `
from django.contrib import admin
from django.test import RequestFactory
from django.contrib.auth import get_user_model
from django.urls import reverse
request = RequestFactory().get("/")
request.user = get_user_model().objects.get(username="admin")
pages = [reverse("admin:index")]
for model, page in admin.site._registry.items():
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    if page.has_view_permission(request):
        pages.append(reverse(name + "_changelist"))
    if page.has_add_permission(request):
        pages.append(reverse(name + "_add"))
answer(pages)
`, &pages)
	if len(pages) < 50 {
		t.Errorf("the dashboard has %d pages", len(pages))
	}
	client := s.login(t)
	for _, page := range pages {
		got := must(fetch(client, "GET", s.origin("dashboard")+page, ""))(t)
		if got.status != http.StatusOK || !strings.Contains(got.body, "</html>") {
			t.Errorf("%s: %s", page, got)
		}
	}
	t.Logf("%d pages of the dashboard", len(pages))
}

func TestEveryListOfTheAPIAnswers(t *testing.T) {
	s := shared(t)
	s.watch(t, "api", "nginx")
	shown := must(fetch(s.login(t), "GET", s.origin("dashboard")+"/api/v1/docs/?format=openapi", ""))(t)
	var description struct {
		BasePath string
		Paths    map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(shown.body), &description); err != nil {
		t.Fatalf("%v: %s", err, shown)
	}
	client, token := s.client(t), s.token(t)
	asked := 0
	for path, methods := range description.Paths {
		// What RADIUS asks takes the organization's token only.
		if strings.Contains(path, "{") || strings.Contains(path, "/freeradius/") || methods["get"] == nil {
			continue
		}
		asked++
		path = strings.TrimSuffix(description.BasePath, "/") + path
		got := must(fetch(client, "GET", s.origin("api")+path, "", "Authorization", "Bearer "+token))(t)
		if got.status != http.StatusOK {
			t.Errorf("%s: %s", path, got)
		}
	}
	if asked < 30 {
		t.Errorf("the API describes %d lists", asked)
	}
	t.Logf("%d lists of the API", asked)
}
