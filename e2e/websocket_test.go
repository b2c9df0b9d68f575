//go:build e2e

package e2e

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
)

// Each module's websocket is there for who is logged in, and for nobody else.
func TestWebsocketsNeedLogin(t *testing.T) {
	s := shared(t)
	s.watch(t, "websocket", "nginx")
	device := s.agent(t, "e2e-websocket")
	device.enroll(t)
	var topology string
	s.django(t, `
from swapper import load_model
answer(str(load_model("topology", "Topology").objects.first().pk))
`, &topology)
	admin, stranger := s.login(t), s.client(t)
	origin := s.origin("dashboard")
	for _, path := range []string{
		"/ws/notification/",
		"/ws/controller/device/" + device.id + "/command",
		"/ws/firmware-upgrader/device/" + device.id + "/",
		"/ws/network-topology/topology/" + topology + "/",
		"/ws/loci/location/",
	} {
		if status := handshake(t, admin, origin+path, origin); status != http.StatusSwitchingProtocols {
			t.Errorf("%s answers the administrator with %d", path, status)
		}
		if status := handshake(t, admin, origin+path, "https://elsewhere.example.org"); status == http.StatusSwitchingProtocols {
			t.Errorf("%s is open to pages of other sites", path)
		}
		if status := handshake(t, stranger, origin+path, origin); status == http.StatusSwitchingProtocols {
			t.Errorf("%s is open to strangers", path)
		}
	}
}

// handshake asks to open a websocket, as a page of an origin, and returns the answer's status.
func handshake(t *testing.T, client *http.Client, address, origin string) int {
	t.Helper()
	// Websockets begin with HTTP/1.1.
	transport := client.Transport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = false
	transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	transport.TLSClientConfig.NextProtos = []string{"http/1.1"}
	defer transport.CloseIdleConnections()
	request := must(http.NewRequestWithContext(t.Context(), "GET", address, strings.NewReader("")))(t)
	for name, value := range map[string]string{
		"Connection":            "Upgrade",
		"Upgrade":               "websocket",
		"Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key":     "ZW5kLXRvLWVuZCB0ZXN0IQ==",
		"Origin":                origin,
	} {
		request.Header.Set(name, value)
	}
	response := must((&http.Client{Transport: transport, Jar: client.Jar, Timeout: patience}).Do(request))(t)
	response.Body.Close()
	return response.StatusCode
}
