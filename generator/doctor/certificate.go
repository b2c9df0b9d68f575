package doctor

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"time"
)

// endsSoon is what a certificate of the user's should have left at least: others take their time to sign another.
const endsSoon = 14 * 24 * time.Hour

// checkCertificate says whether the user's own certificate is valid now, and for all names that it is shown for. Its key is not read.
func (c *checkup) checkCertificate() {
	if len(c.Certificate) == 0 {
		return
	}
	file := c.Plan.Values.String("tls.certificate_file")
	const pair = "the server's certificate has to be the first in tls.certificate_file, as PEM, and its intermediates follow"
	block, _ := pem.Decode(c.Certificate)
	if block == nil || block.Type != "CERTIFICATE" {
		c.add("certificate", Problem, file+" does not begin with a certificate in PEM form", pair)
		return
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		c.add("certificate", Problem, file+" is damaged: "+err.Error(), pair)
		return
	}
	var missing []string
	for _, name := range c.certified() {
		if certificate.VerifyHostname(name) != nil {
			missing = append(missing, name)
		}
	}
	now, end := c.machine.Now(), certificate.NotAfter.UTC().Format("2006-01-02 15:04 UTC")
	switch {
	case now.Before(certificate.NotBefore):
		c.add("certificate", Problem, file+" is not valid before "+certificate.NotBefore.UTC().Format("2006-01-02 15:04 UTC"), "look at the clock, or take the one before")
	case now.After(certificate.NotAfter):
		c.add("certificate", Problem, file+" ended on "+end, "put a renewed one and its key in their places")
	case len(missing) > 0:
		c.add("certificate", Warning, file+" is not for "+strings.Join(missing, ", "), "take a certificate for all names, or give what has such a name one that this certificate has (hosts.NAME)")
	case now.Add(endsSoon).After(certificate.NotAfter):
		c.add("certificate", Warning, file+" ends on "+end, "put a renewed one and its key in their places; it is in use within half a minute")
	default:
		c.add("certificate", OK, file+" is for all names, until "+end, "")
	}
}

// certified are the names for which a certificate is shown: those of the pages, and those that services ask one for.
func (c *checkup) certified() []string {
	var names []string
	for _, r := range c.Plan.Routes {
		names = append(names, r.Host)
	}
	for _, s := range c.started() {
		names = append(names, c.Plan.NamesOf(s)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
