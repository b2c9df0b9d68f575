//go:build e2e

package e2e

import (
	"net"
	"slices"
	"strings"
	"testing"
)

// What believes whoever asks it is reached by the mail server alone, by the filter, or by the REST API; the directory by those that read it;
// what the filter remembers by the filter; and the provider of logins believes who asks on behalf of whom on the edge's network alone.
func TestMailIsolation(t *testing.T) {
	s := mailSuite(t)
	asked := map[string][]string{"dovecot": {"2003", "12345", "12340"}, "rspamd": {"11332"}, "clamav": {"3310"}, "openldap": {"6636"}, "mta": {"2525"}, "sogo": {"20003"}, "filter-store": {"6379"}, "canaille": {"8080"}}
	allowed := map[string][]string{
		"mta":     {"dovecot", "rspamd", "clamav", "openldap", "mta"},
		"dovecot": {"dovecot", "rspamd", "clamav", "openldap", "mta"},
		"rspamd":  {"dovecot", "rspamd", "clamav", "mta", "filter-store"},
		"clamav":  {"dovecot", "rspamd", "clamav", "mta"},
		// On none of their networks
		"postgres": {},
		"openldap": {"openldap"},
		"nginx":    {"canaille"},
		// What the filter remembers, which it alone asks
		"filter-store": {"filter-store"},
		// The calendars believe it alone. It is where the edge is, as all that has pages.
		"rest-api": {"sogo", "canaille"},
	}
	addresses := map[string][]string{}
	var all []string
	for service, ports := range asked {
		for _, network := range must(s.container(service))(t).NetworkSettings.Networks {
			for _, port := range ports {
				addresses[service] = append(addresses[service], net.JoinHostPort(network.IPAddress, port))
			}
		}
		all = append(all, addresses[service]...)
	}
	for from, may := range allowed {
		found := s.reachable(t, from, all)
		for service := range asked {
			reached := slices.ContainsFunc(addresses[service], func(a string) bool { return slices.Contains(found, a) })
			if reached != slices.Contains(may, service) {
				t.Errorf("%s reaches %s: %v, by %v of %v", from, service, reached, found, addresses[service])
			}
		}
	}
	// On one network alone, wherever else they are
	for _, service := range []string{"dovecot", "rspamd", "clamav", "mta", "sogo", "filter-store", "canaille"} {
		reached := s.reachable(t, service, addresses[service])
		if len(reached) != len(asked[service]) {
			t.Errorf("%s listens at %v", service, reached)
		}
	}
}

// The filter reads what strangers send: whoever breaks into it finds no store of OpenWISP's, where sessions are, and no password of one.
func TestMailFilterReachesNoStoreOfOpenWISP(t *testing.T) {
	s := openwispSuite(t)
	var addresses []string
	for _, service := range []string{"redis", "postgres"} {
		addresses = append(addresses, net.JoinHostPort(service, datastores[service]))
		for _, network := range must(s.container(service))(t).NetworkSettings.Networks {
			addresses = append(addresses, net.JoinHostPort(network.IPAddress, datastores[service]))
		}
	}
	// Who may reach them does, and the filter reaches its own: else the rest would prove nothing.
	if found := s.reachable(t, "dashboard", addresses); len(found) != len(addresses) {
		t.Fatalf("the dashboard reaches only %v of %v", found, addresses)
	}
	if found := s.reachable(t, "rspamd", []string{"filter-store:6379"}); len(found) != 1 {
		t.Fatal("the filter does not reach its own store")
	}
	for _, service := range []string{"rspamd", "filter-store"} {
		if found := s.reachable(t, service, addresses); len(found) > 0 {
			t.Errorf("%s reaches %v", service, found)
		}
		if got := strings.Fields(s.exec(t, service, "ls", "/run/secrets")); !slices.Equal(got, []string{"filter_store_password"}) {
			t.Errorf("%s has the secrets %v", service, got)
		}
	}
}
