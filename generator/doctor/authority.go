package doctor

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/secret"
)

// checkAuthority says what the authority that people import into browsers may sign: names of this installation, and no other.
func (c *checkup) checkAuthority() {
	at := slices.IndexFunc(c.Plan.Secrets, func(s secret.Spec) bool { return s.Kind == secret.Authority })
	if at < 0 || len(c.Authority) == 0 {
		return
	}
	const renew = "delete ca.crt and secrets/ca_key, then owgen generate, restart the services, and import the new ca.crt everywhere (the runbook says how)"
	block, _ := pem.Decode(c.Authority)
	if block == nil {
		c.add("authority", Problem, "ca.crt is no certificate", "restore it and secrets/ca_key from the same backup")
		return
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		c.add("authority", Problem, "ca.crt is damaged: "+err.Error(), "restore it and secrets/ca_key from the same backup")
		return
	}
	if len(certificate.PermittedDNSDomains)+len(certificate.PermittedIPRanges) == 0 {
		c.add("authority", Warning, "ca.crt may sign any name, and whoever has its key can pose as any site before those who imported it", renew)
		return
	}
	for _, name := range c.Plan.Secrets[at].Names {
		if !permitted(certificate, name) {
			c.add("authority", Problem, fmt.Sprintf("ca.crt may not sign %s: browsers and devices refuse it", name), renew)
			return
		}
	}
	c.add("authority", OK, "ca.crt may sign the names of this installation alone", "")
}

// permitted reports whether an authority may sign a name or address.
func permitted(authority *x509.Certificate, name string) bool {
	if address, err := netip.ParseAddr(name); err == nil {
		for _, network := range authority.PermittedIPRanges {
			if network.Contains(address.AsSlice()) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(authority.PermittedDNSDomains, func(domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) })
}
