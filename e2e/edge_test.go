//go:build e2e

package e2e

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// strangers are not the edge, and have nothing to ask the application by themselves: two that are published, and workers, who
// share networks of datastores with it.
var strangers = []string{"freeradius", "openvpn", "celery", "celery-monitoring", "celerybeat", "postfix"}

// say sends bytes from inside a service's network, and returns what came back.
func (s *stack) say(t testing.TB, service, address, message string) string {
	t.Helper()
	cmd := inside(t, must(s.container(service))(t).State.Pid, "send", address)
	cmd.Stdin = strings.NewReader(message)
	cmd.Stderr = os.Stderr
	return string(must(cmd.Output())(t))
}

// holds opens so many connections from inside a service's network, sends one of the messages on each, in turn, and returns when all are sent. They
// stay until the test ends.
func (s *stack) holds(t testing.TB, service, address string, number int, messages ...string) {
	t.Helper()
	cmd := inside(t, must(s.container(service))(t).State.Pid, "hold", append([]string{address, fmt.Sprint(number)}, messages...)...)
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%s does not hold %d connections to %s: %v", service, number, address, err)
	}
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
	for _, to := range []string{"api", "dashboard"} {
		if found := s.reachable(t, "nginx", []string{to + ":8000", to + ":8001", to + ":3031"}); len(found) > 0 {
			t.Errorf("the edge reaches %v", found)
		}
		if got := s.say(t, "nginx", to+":8080", packet); strings.Contains(got, "HTTP/1.1 2") || strings.Contains(got, "openwisp") {
			t.Errorf("%s has an answer for a uwsgi packet: %q", to, got)
		}
	}
	if got := s.say(t, "freeradius", innerAddress, packet); strings.Contains(got, "HTTP/1.1 2") || strings.Contains(got, "openwisp") {
		t.Errorf("the edge has an answer for a uwsgi packet: %q", got)
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

// innerAddress is where the RADIUS server asks the application, and tunnelAddress where the VPN server does.
const (
	innerAddress  = "nginx.inner-radius:8089"
	tunnelAddress = "nginx.inner-tunnel:8090"
)

// topologyPath is what the VPN server reports to.
const topologyPath = "/api/v1/network-topology/topology/00000000-0000-4000-8000-000000000000/receive/"

// request is a request as bytes, whose path nobody has looked at.
func request(method, path, body string, header ...string) string {
	out := method + " " + path + " HTTP/1.1\r\nHost: api\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	for i := 0; i < len(header); i += 2 {
		out += header[i] + ": " + header[i+1] + "\r\n"
	}
	return fmt.Sprintf("%sContent-Length: %d\r\nConnection: close\r\n\r\n%s", out, len(body), body)
}

// status is the code of an answer.
func status(answer string) string {
	_, rest, _ := strings.Cut(answer, " ")
	code, _, _ := strings.Cut(rest, " ")
	return code
}

// Nobody but the edge opens a connection to the application, by whatever name or address, on whatever network.
func TestStrangersDoNotReachTheApplication(t *testing.T) {
	s := shared(t)
	ports := map[string]string{"api": "8080", "dashboard": "8080", "websocket": "8002"}
	var addresses, atTheEdge []string
	for service, port := range ports {
		addresses = append(addresses, net.JoinHostPort(service, port))
		atTheEdge = append(atTheEdge, net.JoinHostPort(s.address(t, service, "app").String(), port))
		for _, network := range must(s.container(service))(t).NetworkSettings.Networks {
			addresses = append(addresses, net.JoinHostPort(network.IPAddress, port))
		}
	}
	// The edge does: else the rest would prove nothing.
	if found := s.reachable(t, "nginx", atTheEdge); len(found) != len(ports) {
		t.Fatalf("the edge reaches only %v of %v", found, atTheEdge)
	}
	for _, from := range append(strangers, "postgres", "redis", "influxdb") {
		if found := s.reachable(t, from, addresses); len(found) > 0 {
			t.Errorf("%s reaches %v", from, found)
		}
	}
}

// Through the edge published services ask the paths that they declare, by the methods that they declare, and nothing else.
func TestOnlyWhatIsDeclaredIsAsked(t *testing.T) {
	s := shared(t)
	s.watch(t, "api", "nginx")
	if got := s.say(t, "freeradius", innerAddress, request("POST", radiusPath, radiusBody)); status(got) != "200" {
		t.Fatalf("the RADIUS server is not heard: %s", got)
	}
	for _, x := range [][2]string{
		{"GET", "/"}, {"GET", "/admin/"}, {"GET", "/admin/login/"}, {"POST", "/api/v1/users/token/"}, {"GET", "/api/v1/"}, {"GET", "/healthz"},
		{"GET", "/status"}, {"GET", "/static/"}, {"GET", "/media/"}, {"GET", "/ws/"}, {"POST", "/controller/register/"}, {"GET", radiusPath}, {"PUT", radiusPath},
		{"POST", radiusPath + "x/"}, {"POST", radiusPath + "..%2f..%2fusers/token/"}, {"POST", radiusPath + "../../users/token/"},
		{"POST", "/x" + radiusPath}, {"POST", radiusPath + "%0a"},
	} {
		for from, address := range map[string]string{"freeradius": innerAddress, "openvpn": tunnelAddress} {
			if got := s.say(t, from, address, request(x[0], x[1], "")); status(got) != "403" && status(got) != "404" && status(got) != "400" {
				t.Errorf("%s asks %s %s: %s", from, x[0], x[1], got)
			}
		}
	}
	if got := s.say(t, "freeradius", innerAddress, request("POST", radiusPath, strings.Repeat("x", 1<<20+1))); status(got) != "413" {
		t.Errorf("the body has no limit: %s", status(got))
	}
	// What one may ask the other may not.
	for from, x := range map[string][2]string{"freeradius": {innerAddress, topologyPath + "?key=x"}, "openvpn": {tunnelAddress, radiusPath}} {
		if got := s.say(t, from, x[0], request("POST", x[1], radiusBody)); status(got) != "403" || !strings.Contains(got, "has not declared") {
			t.Errorf("%s asks %s: %s", from, x[1], got)
		}
	}
	if got := s.say(t, "openvpn", tunnelAddress, request("POST", topologyPath+"?key=x", "")); status(got) == "403" && strings.Contains(got, "has not declared") {
		t.Errorf("the VPN server is not heard: %s", got)
	}
	// Who does not ask is not answered, also where the edge is met otherwise.
	for _, from := range []string{"api", "dashboard", "postfix", "celery"} {
		s.unheard(t, from, "8089", "8090")
	}
}

// unheard finds answers of the edge to a service at ports that are not for it, at any address of the edge.
func (s *stack) unheard(t *testing.T, from string, ports ...string) {
	t.Helper()
	for _, network := range must(s.container("nginx"))(t).NetworkSettings.Networks {
		for _, port := range ports {
			address := net.JoinHostPort(network.IPAddress, port)
			if found := s.reachable(t, from, []string{address}); len(found) == 0 {
				continue
			}
			for _, path := range []string{radiusPath, topologyPath + "?key=x"} {
				if got := s.say(t, from, address, request("POST", path, radiusBody)); status(got) != "403" || strings.Contains(got, radiusRefusal) {
					t.Errorf("%s asks %s at %s: %s", from, path, address, got)
				}
			}
		}
	}
}

// A VPN server that was taken over is not heard in the RADIUS server's place, by whatever way it comes: it has NET_ADMIN, and so
// any route and any address. The other way round it is the same.
func TestOneAskerIsNotTheOther(t *testing.T) {
	s := shared(t)
	s.unheard(t, "freeradius", "8090")
	s.unheard(t, "openvpn", "8089")
	edge := func(network string) string { return s.address(t, "nginx", network).String() }
	pid := fmt.Sprint(must(s.container("openvpn"))(t).State.Pid)
	ip := func(args ...string) error {
		_, err := command(patience, "", "", "nsenter", append([]string{"-t", pid, "-n", "ip"}, args...)...)
		return err
	}
	// To the edge's address on the other's network by its own, and as the RADIUS server's address.
	if err := ip("route", "replace", edge("inner-radius")+"/32", "via", edge("inner-tunnel")); err != nil {
		t.Fatal(err)
	}
	defer ip("route", "del", edge("inner-radius")+"/32")
	s.unheard(t, "openvpn", "8089")
	radius := s.address(t, "freeradius", "inner-radius").String()
	if err := ip("address", "add", radius+"/32", "dev", "lo"); err != nil {
		t.Fatal(err)
	}
	defer ip("address", "del", radius+"/32", "dev", "lo")
	if err := ip("route", "replace", edge("inner-radius")+"/32", "via", edge("inner-tunnel"), "src", radius); err != nil {
		t.Fatal(err)
	}
	s.unheard(t, "openvpn", "8089")
}

// A VPN server that was taken over holds its own share of the API, and leaves the RADIUS server the one that it has.
func TestOneAskerLeavesTheOtherItsShare(t *testing.T) {
	s := shared(t)
	whole := request("POST", topologyPath+"?key=x", strings.Repeat("x", 1000))
	s.holds(t, "openvpn", tunnelAddress, 60, whole[:len(whole)-5])
	for range 20 {
		if got := s.say(t, "freeradius", innerAddress, request("POST", radiusPath, radiusBody)); status(got) != "200" {
			t.Errorf("the RADIUS server is refused: %s", got)
		}
	}
}

// However many requests a published service opens, and however slowly it sends them, others are served meanwhile.
func TestOneServiceCannotHoldTheApplication(t *testing.T) {
	s := shared(t)
	whole := request("POST", "/api/v1/freeradius/authorize/", "username=nobody&password=wrong")
	// Some are real work, others never end.
	s.holds(t, "freeradius", innerAddress, 60, whole, whole[:len(whole)-5])
	for range 10 {
		began := time.Now()
		got := must(fetch(s.client(t), "GET", s.origin("api")+"/api/v1/controller/device/", ""))(t)
		if took := time.Since(began); got.status != 401 || took > 5*time.Second {
			t.Errorf("the API answers others after %s: %s", took, got)
		}
	}
}

// Nobody's word for an address counts but the edge's: who asks through it is who it is, and who connects as the edge does has no key.
func TestStrangersAreWhoTheyAre(t *testing.T) {
	s := shared(t)
	s.watch(t, "api")
	radius := s.address(t, "freeradius", "inner-radius").String()
	claims := append(forged(radius), "X-Forwarded-Port", "443", "X-Client-IP", radius, "CF-Connecting-IP", radius, "X-Edge-Query", "a=b")
	if got := s.say(t, "nginx", "api:8080", request("POST", radiusPath, radiusBody, claims...)); status(got) != "403" || !strings.Contains(got, radiusRefusal) {
		t.Errorf("who connects as the edge does passes for the RADIUS server: %s", got)
	}
	if got := s.say(t, "openvpn", tunnelAddress, request("POST", radiusPath, radiusBody, claims...)); status(got) != "403" || !strings.Contains(got, "has not declared") {
		t.Errorf("the VPN server passes for the RADIUS server: %s", got)
	}
	guessed := append(claims, "X-Edge-Key", "guessed")
	if got := s.say(t, "nginx", "api:8080", request("POST", radiusPath, radiusBody, guessed...)); status(got) != "503" {
		t.Errorf("who guesses a key passes for the edge: %s", got)
	}
	// The edge overwrites what it is told.
	if got := s.say(t, "freeradius", innerAddress, request("POST", radiusPath, radiusBody, append(guessed, "X-Forwarded-For", "203.0.113.7")...)); status(got) != "200" {
		t.Errorf("what the RADIUS server says of itself counts: %s", got)
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
