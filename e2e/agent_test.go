//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5" //nolint:gosec // the agents' protocol has it
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// agent does what openwisp-config does on a device: the same requests, in the same order.
type agent struct {
	client *http.Client
	base   string
	secret string // the organization's
	name   string
	mac    string
	id     string
	key    string
}

// agent makes a device with an address of its own that knows the organization's shared secret.
func (s *stack) agent(t testing.TB, name string) *agent {
	t.Helper()
	var number [5]byte
	_, _ = rand.Read(number[:])
	mac := fmt.Sprintf("02:%02x:%02x:%02x:%02x:%02x", number[0], number[1], number[2], number[3], number[4])
	return &agent{
		client: s.client(t),
		base:   s.origin("api"),
		secret: s.sharedSecret(t),
		name:   name + "-" + hex.EncodeToString(number[:2]),
		mac:    mac,
	}
}

var sharedSecrets = map[string]string{}

// sharedSecret is what the default organization's devices register with.
func (s *stack) sharedSecret(t testing.TB) string {
	t.Helper()
	if sharedSecrets[s.project] == "" {
		var secret string
		s.django(t, `
from swapper import load_model
answer(load_model("config", "OrganizationConfigSettings").objects.get(organization__slug="default").shared_secret)
`, &secret)
		sharedSecrets[s.project] = secret
	}
	return sharedSecrets[s.project]
}

func (a *agent) send(method, path string, form url.Values, header ...string) (answer, error) {
	header = append(header, "Content-Type", "application/x-www-form-urlencoded")
	if method == http.MethodGet {
		return fetch(a.client, method, a.base+path+"?"+form.Encode(), "", header...)
	}
	return fetch(a.client, method, a.base+path, form.Encode(), header...)
}

// register asks for an identifier; the agent gives up for good on an answer without the controller's header.
func (a *agent) register() (answer, error) {
	sum := md5.Sum([]byte(a.mac + "+" + a.secret)) //nolint:gosec // see above
	return a.send(http.MethodPost, "/controller/register/", url.Values{
		"secret":      {a.secret},
		"name":        {a.name},
		"mac_address": {a.mac},
		"backend":     {"netjsonconfig.OpenWrt"},
		"key":         {hex.EncodeToString(sum[:])},
		"hardware_id": {a.mac},
		"model":       {"e2e"},
		"os":          {"e2e 1.0"},
		"system":      {"e2e"},
	})
}

// enroll registers, and remembers what it was given.
func (a *agent) enroll(t testing.TB) {
	t.Helper()
	got := must(a.register())(t)
	if got.status != http.StatusCreated || got.header.Get("X-Openwisp-Controller") != "true" {
		t.Fatalf("%s could not register: %s", a.name, got)
	}
	for line := range strings.Lines(got.body) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "uuid":
			// Agents are given it without hyphens, which other addresses want.
			a.id = uuid.MustParse(value).String()
		case "key":
			a.key = value
		}
	}
	if a.id == "" || a.key == "" {
		t.Fatalf("%s was given no identifier or no key: %s", a.name, got)
	}
}

// checksum asks whether there is a new configuration, and tells the address in the tunnel if there is one.
func (a *agent) checksum(managementIP string) (answer, error) {
	form := url.Values{"key": {a.key}}
	if managementIP != "" {
		form.Set("management_ip", managementIP)
	}
	return a.send(http.MethodGet, "/controller/checksum/"+a.id+"/", form)
}

// download fetches the configuration, and returns the archive as it came and the files in it.
func (a *agent) download() (raw string, files map[string]string, err error) {
	got, err := a.send(http.MethodGet, "/controller/download-config/"+a.id+"/", url.Values{"key": {a.key}})
	if err != nil {
		return "", nil, err
	}
	if got.status != http.StatusOK {
		return "", nil, errors.New("download-config: " + got.String())
	}
	files, err = untar([]byte(got.body))
	return got.body, files, err
}

func untar(archive []byte) (map[string]string, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return nil, err
		}
		files[strings.TrimPrefix(header.Name, "./")] = string(content)
	}
}

// report tells how it went with the configuration: applied or error.
func (a *agent) report(status string) (answer, error) {
	return a.send(http.MethodPost, "/controller/report-status/"+a.id+"/", url.Values{"key": {a.key}, "status": {status}})
}
