//go:build e2e

package e2e

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// The smallest bundle runs: all that is optional off, the stores somebody else's, a private domain, and a proxy in
// front that ends TLS. Then the same installation gets another face: no TLS, an address instead of a domain.
func TestMinimalWithExternalStores(t *testing.T) {
	own := external(t, "postgres", "redis")
	settings := append(append(externalSettings(own), everythingOff...), elsewhere...)
	s := newStack(t, "minimal", append(settings, "domain=corp.lan", "tls.mode=proxy", "tls.trusted_proxies=["+smallPool+"]")...)
	if names, want := s.services(), []string{"api", "celery", "celerybeat", "dashboard", "nginx", "websocket"}; !slices.Equal(names, want) {
		t.Errorf("the bundle has the services %v, and not %v", names, want)
	}
	if err := s.build(); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if err := s.up(4 * time.Minute); err != nil {
		t.Fatal(err)
	}
	t.Logf("up after %.0f s", time.Since(started).Seconds())
	if err := s.up(4 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if log := s.logs(t, "migrate"); !strings.Contains(log, "nothing to do") {
		t.Errorf("the second up brings the database to the release once more:\n%s", lastLines(log, 10))
	}
	s.watch(t, "nginx", "dashboard", "celery", "migrate")

	password := s.secret(t, "admin_password")
	if err := s.tryLogin(behindProxy(t, own), password); err != nil {
		t.Errorf("through the proxy: %v", err)
	}
	s.queuesAnswer(t, 2*patience)
	a := s.agent(t, "e2e-minimal")
	a.client = behindProxy(t, own)
	a.enroll(t)

	if err := s.generate("tls.mode=none", "domain=plain.example", "hosts.dashboard=127.0.0.1", "hosts.api=127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	if err := s.up(4 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if origin := s.origin("dashboard"); origin != "http://127.0.0.1:20080" {
		t.Errorf("the dashboard believes its address is %s", origin)
	}
	if err := s.tryLogin(clientFor(nil, "127.0.0.1"), password); err != nil {
		t.Errorf("without TLS: %v", err)
	}
	a.client, a.base = clientFor(nil, "127.0.0.1"), s.origin("api")
	if got := must(a.checksum(""))(t); got.status != 200 {
		t.Errorf("the device from before gets %s", got)
	}
}

// behindProxy returns a client that reaches the bundle through a proxy that ends TLS, as operators put in front.
func behindProxy(t *testing.T, own *authority) *http.Client {
	t.Helper()
	certificate, key := own.issue(t, "dashboard.corp.lan", "api.corp.lan")
	pair := must(tls.LoadX509KeyPair(certificate, key))(t)
	listener := must(tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}}))(t)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: "127.0.0.1:20080"})
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}
	server := &http.Server{Handler: proxy, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Log("the proxy:", err)
		}
	}()
	t.Cleanup(func() { _ = server.Shutdown(context.Background()) })
	client := clientFor(own.pool(), "127.0.0.1")
	transport := client.Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, listener.Addr().String())
	}
	return client
}
