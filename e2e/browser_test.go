//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestBrowser(t *testing.T) {
	s := shared(t)
	s.watch(t, "nginx", "dashboard", "api", "websocket")
	device := s.agent(t, "e2e-browser")
	device.enroll(t)
	device.post(t, time.Now())
	device.locate(t, s.token(t), 7.45, 46.95)
	b := s.browser(t)
	b.signIn(t)
	b.open(t, "dashboard", "/admin/", ".leaflet-tile-loaded")
	b.open(t, "devices", "/admin/config/device/", "#result_list")
	if listed := b.text(t, "#result_list"); !strings.Contains(listed, device.name) {
		t.Errorf("the list of devices does not show %s: %s", device.name, abridge(listed))
	}
	b.open(t, "device", "/admin/config/device/"+device.id+"/change/", "#device_form")
	b.open(t, "api", "/api/v1/docs/", ".swagger-ui .opblock")
	b.blameless(t)
}

// locate puts the device on the map.
func (a *agent) locate(t testing.TB, token string, longitude, latitude float64) {
	t.Helper()
	body := fmt.Sprintf(`{"location": {"name": %q, "type": "outdoor", "is_mobile": false, "address": "",
		"geometry": {"type": "Point", "coordinates": [%g, %g]}}}`, a.name, longitude, latitude)
	got := must(fetch(a.client, "PUT", a.base+"/api/v1/controller/device/"+a.id+"/location/", body,
		"Content-Type", "application/json", "Authorization", "Bearer "+token))(t)
	if got.status != 200 && got.status != 201 {
		t.Fatalf("the device could not be put on the map: %s", got)
	}
}
