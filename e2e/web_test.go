//go:build e2e

package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// origin returns the public address of a host of the bundle, such as https://dashboard.openwisp.localhost.
func (s *stack) origin(host string) string {
	if at := s.away(); at != nil {
		return at.origin(host)
	}
	name := strings.ToUpper(host) + "_ORIGIN"
	if value := s.file.Services["dashboard"].Environment[name]; value != nil {
		return *value
	}
	panic("the dashboard has no " + name)
}

// published returns the host's port for a port of a container.
func (s *stack) published(service string, target int) string {
	if at := s.away(); at != nil {
		return at.published(target)
	}
	for _, port := range s.file.Services[service].Ports {
		if port.Target == target {
			return port.Published
		}
	}
	panic(fmt.Sprintf("%s does not publish %d", service, target))
}

// secret returns what a file of secrets/ holds.
func (s *stack) secret(t testing.TB, name string) string {
	t.Helper()
	return strings.TrimRight(string(must(os.ReadFile(filepath.Join(s.dir, "secrets", name)))(t)), "\n")
}

// authorities trusts the bundle's ca.crt alone. A bundle whose certificate comes from elsewhere has none.
func (s *stack) authorities(t testing.TB) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	certificate, err := os.ReadFile(filepath.Join(s.dir, "ca.crt"))
	if errors.Is(err, fs.ErrNotExist) {
		return pool
	}
	if err != nil || !pool.AppendCertsFromPEM(certificate) {
		t.Fatalf("ca.crt holds no certificate: %v", err)
	}
	return pool
}

// client returns an HTTP client that trusts the bundle's authority, keeps cookies, follows no redirect, and finds every
// name on the loopback interface, or on a machine with an edge.
func (s *stack) client(t testing.TB) *http.Client {
	t.Helper()
	return clientFor(s.authorities(t), s.edge())
}

// clientFor trusts some authorities, and finds every name at one address.
func clientFor(authorities *x509.CertPool, at string) *http.Client {
	jar, _ := cookiejar.New(nil)
	dialer := net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{
		Jar:     jar,
		Timeout: 40 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: authorities},
			ForceAttemptHTTP2: true,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				return dialer.DialContext(ctx, network, net.JoinHostPort(at, port))
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, abridge(a.body)) }

// fetch sends a request; header is a list of names and values.
func fetch(client *http.Client, method, address, body string, header ...string) (answer, error) {
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(content)}, err
}

var csrfField = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`)

// submit fills in a page's form, with the token against forgery that the page holds.
func submit(client *http.Client, page string, form url.Values) (answer, error) {
	shown, err := fetch(client, "GET", page, "")
	if err != nil {
		return answer{}, err
	}
	token := csrfField.FindStringSubmatch(shown.body)
	if token == nil {
		return answer{}, fmt.Errorf("no form on %s: %s", page, shown)
	}
	form.Set("csrfmiddlewaretoken", token[1])
	return fetch(client, "POST", page, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Referer", page)
}

// login returns a client with the administrator's session.
func (s *stack) login(t testing.TB) *http.Client {
	t.Helper()
	client := s.client(t)
	if err := s.tryLogin(client, s.secret(t, "admin_password")); err != nil {
		t.Fatal(err)
	}
	return client
}

func (s *stack) tryLogin(client *http.Client, password string) error {
	got, err := submit(client, s.origin("dashboard")+"/admin/login/", url.Values{"username": {"admin"}, "password": {password}, "next": {"/admin/"}})
	if err != nil {
		return err
	}
	if got.status != http.StatusFound || got.header.Get("Location") != "/admin/" {
		return errors.New("the login was refused: " + got.String())
	}
	return nil
}

// token returns the administrator's token for the REST API, which itself gives no more than 20 a day.
func (s *stack) token(t testing.TB) string {
	t.Helper()
	var token string
	s.django(t, `
from django.contrib.auth import get_user_model
from rest_framework.authtoken.models import Token
answer(Token.objects.get_or_create(user=get_user_model().objects.get(username="admin"))[0].key)
`, &token)
	return token
}
