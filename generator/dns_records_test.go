package generator

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What operators are told to publish: who sends for the domain, and all names by which this machine has to be found.
func TestRecordsToPublish(t *testing.T) {
	names := []string{"autoconfig", "autodiscover", "id", "imap", "mail", "meet", "rest", "webmail"}
	beside := append([]string{"api", "dashboard"}, names...)
	acme := []string{"tls.mode=acme", "tls.acme_email=noc@example.org"}
	for name, c := range map[string]struct {
		profile string
		flags   []string
		spf     string
		names   []string
	}{
		"mail":                   {"groupware", nil, "v=spf1 mx -all", names},
		"by a relay":             {"groupware", []string{"mail.relayhost=[Smtp.example.net]:587"}, "v=spf1 mx a:smtp.example.net ~all", names},
		"by a relay's domain":    {"groupware", []string{"mail.relayhost=example.net"}, "v=spf1 mx a:example.net ~all", names},
		"by a relay's address":   {"groupware", []string{"mail.relayhost=[192.0.2.25]:465"}, "v=spf1 mx ip4:192.0.2.25 ~all", names},
		"a public certificate":   {"groupware", acme, "v=spf1 mx -all", append([]string{"ldap"}, names...)},
		"a directory elsewhere":  {"mail-enabled", append(acme, "external.directory.host=ldap.example.net", "external.directory.password_file=secrets/directory", "services.canaille=false", "services.rest-api=false"), "v=spf1 mx -all", slices.DeleteFunc(append([]string{"openvpn"}, beside...), func(n string) bool { return n == "id" || n == "rest" })},
		"OpenWISP":               {"mail-enabled", nil, "v=spf1 mx -all", append([]string{"openvpn"}, beside...)},
		"the VPN by its address": {"mail-enabled", []string{"hosts.vpn=192.0.2.7"}, "v=spf1 mx -all", beside},
		"OpenWISP without a VPN": {"mail-enabled", []string{"services.openvpn=false"}, "v=spf1 mx -all", beside},
	} {
		t.Run(name, func(t *testing.T) {
			script := string(generateFrom(t, c.profile, append([]string{"domain=example.org"}, c.flags...)...).Files["dockerfiles/rspamd/files/dns-records"].Data)
			if !strings.HasPrefix(script, "#!/bin/sh\n") {
				t.Errorf("this is no script:\n%s", script)
			}
			if found := regexp.MustCompile(`v=spf1[^\\]*`).FindAllString(script, -1); !slices.Equal(found, []string{c.spf}) {
				t.Errorf("SPF: %q, not %q", found, c.spf)
			}
			if _, host, by := strings.Cut(c.spf, ":"); by != strings.Contains(script, "Mail leaves by "+strings.TrimSuffix(host, " ~all")+":") {
				t.Errorf("who knows what a relay sends from?\n%s", script)
			}
			_, list, _ := strings.Cut(script, "for name in ")
			list, _, _ = strings.Cut(list, ";")
			var want []string
			for _, name := range slices.Sorted(slices.Values(c.names)) {
				want = append(want, name+".example.org")
			}
			if diff := cmp.Diff(want, strings.Split(list, " ")); diff != "" {
				t.Errorf("names (-want +got)\n%s", diff)
			}
		})
	}
}
