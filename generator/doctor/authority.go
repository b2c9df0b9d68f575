package doctor

import (
	"fmt"
	"slices"

	"github.com/owgen/owgen/generator/secret"
)

// checkAuthority says what the authority that people import into browsers may sign: names of this installation, and no other.
func (c *checkup) checkAuthority() {
	at := slices.IndexFunc(c.Plan.Secrets, func(s secret.Spec) bool { return s.Kind == secret.Authority })
	if at < 0 || len(c.Authority) == 0 {
		return
	}
	const renew = "delete ca.crt and secrets/ca_key, then owgen generate, restart the services, and import the new ca.crt everywhere (the runbook says how)"
	certificate, err := secret.ReadAuthority(c.Authority)
	if err != nil {
		c.add("authority", Problem, "ca.crt is no certificate: "+err.Error(), "restore it and secrets/ca_key from the same backup")
		return
	}
	if secret.SignsAll(certificate) {
		c.add("authority", Warning, "ca.crt may sign any name, and whoever has its key can pose as any site before those who imported it", renew)
		return
	}
	if names := secret.Unsigned(certificate, c.Plan.Secrets[at].Names); len(names) > 0 {
		c.add("authority", Problem, fmt.Sprintf("ca.crt may not sign %s: browsers and devices refuse it", names[0]), renew)
		return
	}
	c.add("authority", OK, "ca.crt may sign the names of this installation alone", "")
}
