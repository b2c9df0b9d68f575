//go:build e2e

package e2e

import (
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
	b := s.browser(t)
	b.signIn(t)
	b.open(t, "dashboard", "/admin/dashboard/", "#content")
	b.open(t, "devices", "/admin/config/device/", "#result_list")
	if listed := b.text(t, "#result_list"); !strings.Contains(listed, device.name) {
		t.Errorf("the list of devices does not show %s: %s", device.name, abridge(listed))
	}
	b.open(t, "device", "/admin/config/device/"+device.id+"/change/", "#device_form")
	b.blameless(t)
}
