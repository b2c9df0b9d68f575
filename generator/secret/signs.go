package secret

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/netip"
	"slices"
	"strings"
)

// ReadAuthority reads the certificate of an authority.
func ReadAuthority(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is no certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}

// SignsAll tells whether an authority may sign any name, as those that are older than owgen 0.2.
func SignsAll(authority *x509.Certificate) bool {
	return len(authority.PermittedDNSDomains)+len(authority.PermittedIPRanges) == 0
}

// Unsigned are those of the names and addresses that an authority may not sign.
func Unsigned(authority *x509.Certificate, names []string) []string {
	if SignsAll(authority) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return permitted(authority, name) })
}

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
