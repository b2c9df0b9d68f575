//go:build e2e

package e2e

import (
	"net"
	"slices"
	"testing"
)

// What believes whoever asks it is reached by the mail server alone, by the filter, or by the REST API; the directory by those that read it.
func TestMailIsolation(t *testing.T) {
	s := mailSuite(t)
	asked := map[string][]string{"dovecot": {"2003", "12345", "12340"}, "rspamd": {"11332"}, "clamav": {"3310"}, "openldap": {"6636"}, "mta": {"2525"}, "sogo": {"20003"}}
	allowed := map[string][]string{
		"mta":     {"dovecot", "rspamd", "clamav", "openldap", "mta"},
		"dovecot": {"dovecot", "rspamd", "clamav", "openldap", "mta"},
		"rspamd":  {"dovecot", "rspamd", "clamav", "mta"},
		"clamav":  {"dovecot", "rspamd", "clamav", "mta"},
		// On none of their networks
		"redis":    {},
		"openldap": {"openldap"},
		"nginx":    {},
		// The calendars believe it alone.
		"rest-api": {"sogo"},
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
	for _, service := range []string{"dovecot", "rspamd", "clamav", "mta", "sogo"} {
		reached := s.reachable(t, service, addresses[service])
		if len(reached) != len(asked[service]) {
			t.Errorf("%s listens at %v", service, reached)
		}
	}
}
