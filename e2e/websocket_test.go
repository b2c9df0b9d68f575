//go:build e2e

package e2e

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
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

// A page that is open for long keeps its websocket, though nothing is sent on it.
func TestIdleWebsocketStaysOpen(t *testing.T) {
	s := shared(t)
	s.watch(t, "websocket", "redis")
	origin := s.origin("dashboard")
	response := openWebsocket(t, s.login(t), origin+"/ws/notification/", origin)
	defer response.Body.Close()
	if response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the websocket is answered with %s", response.Status)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, response.Body)
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Errorf("the server closed it: %v", err)
	case <-time.After(17 * time.Second): // before the first ping that wants an answer
	}
	if log := s.logs(t, "websocket"); strings.Contains(log, "Timeout reading from redis") {
		t.Errorf("the channel layer gives up waiting:\n%s", lastLines(log, 5))
	}
}

// handshake asks to open a websocket, and returns the answer's status.
func handshake(t *testing.T, client *http.Client, address, origin string) int {
	t.Helper()
	response := openWebsocket(t, client, address, origin)
	response.Body.Close()
	return response.StatusCode
}

// openWebsocket asks to open a websocket, as a page of an origin.
func openWebsocket(t *testing.T, client *http.Client, address, origin string) *http.Response {
	t.Helper()
	// Websockets begin with HTTP/1.1.
	transport := client.Transport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = false
	transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	transport.TLSClientConfig.NextProtos = []string{"http/1.1"}
	t.Cleanup(transport.CloseIdleConnections)
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
	return must((&http.Client{Transport: transport, Jar: client.Jar}).Do(request))(t)
}
