package doctor_test

import (
	"errors"
	"maps"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// What others look up of a mail server is looked at, without any traffic from here, and each lack is told with what to do.
func TestOutside(t *testing.T) {
	built.plan(t, nil) // prepares the catalogue
	diagnose := func(t *testing.T, m *machine, flags ...string) string {
		made, found := built.Generate(t.Context(), profile.Source{Profile: "groupware", Set: flags, Named: profiles.FS, ReadFile: os.ReadFile})
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		results, _ := doctor.Check(t.Context(), doctor.Patient{Plan: made.Plan}, m, m)
		return text(results)
	}
	right := map[string][]string{
		"MX example.org": {"mail.example.org."}, "MX debian.org": {"mx.example.net."},
		"TXT example.org":        {"something else", "v=spf1 mx -all"},
		"TXT _dmarc.example.org": {"v=DMARC1; p=none"}, "TXT owgen._domainkey.example.org": {"v=DKIM1; k=rsa; p=MII"},
		"PTR 192.0.2.7": {"Mail.Example.Org."},
	}
	day := func(key string, values ...string) func(*machine) {
		return func(m *machine) {
			m.records[key] = values
			if len(values) == 0 {
				delete(m.records, key)
			}
		}
	}
	for name, c := range map[string]struct {
		day   func(*machine)
		flags []string
		want  []string
		never string
	}{
		"all is well": {func(*machine) {}, nil, []string{"ok dns: the MX record of example.org is mail.example.org", "ok dns: the TXT record of example.org is v=spf1",
			"ok dns: the TXT record of _dmarc.example.org", "ok dns: the TXT record of owgen._domainkey.example.org", "ok dns: the reverse DNS of mail.example.org",
			"ok outward: port 25"}, "warning dns"},
		"no MX":             {day("MX example.org"), nil, []string{"warning dns: example.org has no MX record | publish example.org. IN MX 10 mail.example.org."}, ""},
		"MX elsewhere":      {day("MX example.org", "mx.old.example."), nil, []string{"warning dns: the MX record of example.org is not mail.example.org, but mx.old.example."}, ""},
		"no SPF":            {day("TXT example.org", "something else"), nil, []string{"warning dns: the TXT record of example.org is not v=spf1, but something else"}, ""},
		"no DMARC":          {day("TXT _dmarc.example.org"), nil, []string{"warning dns: _dmarc.example.org has no TXT record"}, ""},
		"no DKIM":           {day("TXT owgen._domainkey.example.org"), nil, []string{"warning dns: owgen._domainkey.example.org has no TXT record | publish what"}, ""},
		"another selector":  {func(*machine) {}, []string{"mail.dkim_selector=s2"}, []string{"warning dns: s2._domainkey.example.org has no TXT record"}, ""},
		"no reverse DNS":    {day("PTR 192.0.2.7"), nil, []string{"warning dns: 192.0.2.7 has no reverse DNS (PTR) | have whoever gave you the address"}, ""},
		"another's reverse": {day("PTR 192.0.2.7", "host7.provider.example."), nil, []string{"warning dns: the reverse DNS (PTR) of 192.0.2.7 is not mail.example.org, but host7.provider.example."}, ""},
		"the DNS is away":   {day("MX example.org", "?"), nil, []string{"unknown dns: nobody can tell the MX record of example.org"}, "warning dns: example.org"},
		"port 25 blocked":   {func(m *machine) { m.unreached = errors.New("i/o timeout") }, nil, []string{"warning outward: port 25 of others is not reached: i/o timeout | have your provider"}, ""},
		"by a relay":        {func(m *machine) { m.unreached = errors.New("i/o timeout") }, []string{"mail.relayhost=[smtp.example.net]:587"}, nil, "outward"},
		"private":           {func(m *machine) { m.names["mail.example.org"] = []netip.Addr{netip.MustParseAddr("10.0.0.7")} }, nil, []string{"unknown dns: mail.example.org has no public address"}, "PTR"},
		"further domains": {func(m *machine) {
			for _, kind := range []string{"MX ", "TXT ", "TXT _dmarc."} {
				m.records[kind+"b.example"] = m.records[kind+"example.org"]
			}
			m.records["MX c.example"] = []string{"mx.old.example."}
		}, []string{"mail.domains=[b.example, c.example, Example.org]"}, []string{
			"ok dns: the MX record of example.org is mail.example.org", "ok dns: the MX record of b.example is mail.example.org", "ok dns: the TXT record of b.example is v=spf1",
			"ok dns: the TXT record of _dmarc.b.example is v=DMARC1", "warning dns: owgen._domainkey.b.example has no TXT record | publish what",
			"warning dns: the MX record of c.example is not mail.example.org, but mx.old.example. | publish c.example. IN MX 10 mail.example.org.",
			"warning dns: c.example has no TXT record | publish c.example. IN TXT", "warning dns: _dmarc.c.example has no TXT record | publish _dmarc.c.example. IN TXT \"v=DMARC1; p=quarantine; rua=mailto:postmaster@c.example\"",
			"warning dns: owgen._domainkey.c.example has no TXT record"}, "Example.org"},
		"a test's domain": {func(m *machine) { m.records = nil }, []string{"domain=mail.localhost"}, nil, "dns"},
	} {
		t.Run(name, func(t *testing.T) {
			m := healthy()
			m.names["mail.example.org"], m.records = []netip.Addr{netip.MustParseAddr("192.0.2.7")}, maps.Clone(right)
			c.day(m)
			got := diagnose(t, m, append([]string{"domain=example.org"}, c.flags...)...)
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			for line := range strings.Lines(got) {
				if c.never != "" && strings.Contains(line, c.never) {
					t.Errorf("unexpected: %s", line)
				}
			}
		})
	}
}
