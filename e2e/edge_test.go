//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"
)

// strangers share a network with the application, and are not the edge: two that are published, and a worker.
var strangers = []string{"freeradius", "openvpn", "celery"}

// say sends bytes from inside a service's network, and returns what came back.
func (s *stack) say(t testing.TB, service, address, message string) string {
	t.Helper()
	cmd := inside(t, must(s.container(service))(t).State.Pid, "send", address, base64.StdEncoding.EncodeToString([]byte(message)))
	cmd.Stderr = os.Stderr
	return string(must(cmd.Output())(t))
}

// uwsgiPacket speaks the uwsgi protocol, in which a client sets any variable of a request, and code to load.
func uwsgiPacket(variables ...string) string {
	var body []byte
	for _, text := range variables {
		body = append(binary.LittleEndian.AppendUint16(body, uint16(len(text))), text...)
	}
	head := binary.LittleEndian.AppendUint16([]byte{0}, uint16(len(body)))
	return string(append(append(head, 0), body...))
}

// Who speaks the uwsgi protocol decides what runs, and who asks. Nobody understands it any more.
func TestNobodySpeaksUwsgi(t *testing.T) {
	s := shared(t)
	packet := uwsgiPacket("REQUEST_METHOD", "GET", "PATH_INFO", "/api/v1/", "SERVER_NAME", "api", "HTTP_HOST", "api", "SERVER_PORT", "80",
		"REMOTE_ADDR", "203.0.113.7", "UWSGI_FILE", "exec://touch /opt/openwisp/private/owned", "UWSGI_APPID", "e2e")
	for _, from := range strangers {
		for _, to := range []string{"api", "dashboard"} {
			if found := s.reachable(t, from, []string{to + ":8000", to + ":8001", to + ":3031"}); len(found) > 0 {
				t.Errorf("%s reaches %v", from, found)
			}
			if got := s.say(t, from, to+":8080", packet); strings.Contains(got, "HTTP/1.1 2") || strings.Contains(got, "openwisp") {
				t.Errorf("%s has an answer for %s's uwsgi packet: %q", to, from, got)
			}
		}
	}
	if out, err := s.compose(patience, "exec", "-T", "dashboard", "ls", "/opt/openwisp/private/owned"); err == nil {
		t.Errorf("a packet ran a command: %s", out)
	}
}

// A request that the API answers without a login to the RADIUS server's address alone, and what it says to others.
const (
	radiusPath    = "/api/v1/freeradius/accounting/"
	radiusBody    = "status_type=Accounting-Off"
	radiusRefusal = "is not in the list of IP addresses"
)

// Nobody's word for an address counts but the edge's: strangers claim to be the RADIUS server, or to come by HTTPS.
func TestStrangersAreWhoTheyAre(t *testing.T) {
	s := shared(t)
	s.watch(t, "api")
	radius := s.address(t, "freeradius", "app").String()
	ask := func(header ...string) string {
		request := "POST " + radiusPath + " HTTP/1.1\r\nHost: api\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		for i := 0; i < len(header); i += 2 {
			request += header[i] + ": " + header[i+1] + "\r\n"
		}
		return fmt.Sprintf("%sContent-Length: %d\r\nConnection: close\r\n\r\n%s", request, len(radiusBody), radiusBody)
	}
	status := func(answer string) string {
		_, rest, _ := strings.Cut(answer, " ")
		code, _, _ := strings.Cut(rest, " ")
		return code
	}
	// The RADIUS server itself is heard: else the rest would prove nothing.
	if got := s.say(t, "freeradius", "api:8080", ask()); status(got) != "200" {
		t.Fatalf("the RADIUS server is not heard: %s", got)
	}
	claims := append(forged(radius), "X-Forwarded-Port", "443", "X-Client-IP", radius, "CF-Connecting-IP", radius, "X-Edge-Query", "a=b")
	for _, from := range []string{"openvpn", "celery", "nginx"} {
		if got := s.say(t, from, "api:8080", ask(claims...)); status(got) != "403" || !strings.Contains(got, radiusRefusal) {
			t.Errorf("%s passes for the RADIUS server: %s", from, got)
		}
		if got := s.say(t, from, "api:8080", ask(append(claims, "X-Edge-Key", "guessed")...)); status(got) != "503" {
			t.Errorf("%s passes for the edge: %s", from, got)
		}
	}
	// The edge passes on what nobody can take for something else.
	for _, path := range []string{"/api/v1/controller/device/%3Fa=b", "/api//v1/controller/device/?q=%0d%0aX-Edge-Key:%20x", "/api/v1/%2e%2e/v1/controller/device/?a=%20+%26", "/api/v1/controller/device/%0aX:%20y"} {
		got := must(fetch(s.client(t), "GET", s.origin("dashboard")+path, ""))(t)
		if got.status != 401 && got.status != 404 {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// The key that makes the edge the edge is in no other container, and in no configuration that somebody could read.
func TestEdgeKeyIsTheEdges(t *testing.T) {
	s := shared(t)
	for service, definition := range s.file.Services {
		has := false
		for _, secret := range definition.Secrets {
			has = has || secret.Source == "edge_key"
		}
		if want := service == "nginx" || service == "api" || service == "dashboard"; has != want {
			t.Errorf("%s mounts the edge's key: %v", service, has)
		}
	}
}
