package secret

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/netip"
	"time"
)

const (
	// authorityYears is how long the certificate of an authority is valid.
	authorityYears = 10
	// skew is how far the clock of a machine that checks the certificate may lag behind.
	skew = time.Hour
)

// authority makes the EC P-256 key of a certificate authority and its self-signed certificate,
// which can sign certificates of servers and clients but of no further authority.
func authority(spec Spec, random io.Reader, now time.Time) (Material, error) {
	key, err := ecKey(random)
	if err != nil {
		return Material{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Material{}, err
	}
	certificate, err := selfSigned(key, spec, random, now)
	if err != nil {
		return Material{}, err
	}
	return Material{
		Private: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		Public:  map[string][]byte{CertificatePath: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})},
	}, nil
}

// ecKey reads scalars until one is in the range of P-256, nearly always the first.
// ecdsa.GenerateKey would not do: since Go 1.26 it ignores the source of randomness that it gets.
func ecKey(random io.Reader) (*ecdsa.PrivateKey, error) {
	order := elliptic.P256().Params().N.FillBytes(make([]byte, 32))
	scalar := make([]byte, 32)
	for {
		if _, err := io.ReadFull(random, scalar); err != nil {
			return nil, err
		}
		if bytes.Compare(scalar, order) < 0 && !bytes.Equal(scalar, make([]byte, 32)) {
			return ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
		}
	}
}

// selfSigned returns the certificate in DER. The signature is the deterministic one of RFC 6979,
// so it needs no randomness.
func selfSigned(key *ecdsa.PrivateKey, spec Spec, random io.Reader, now time.Time) ([]byte, error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(random, serial); err != nil {
		return nil, err
	}
	serial[0] = serial[0]&0x7F | 0x40 // positive, and always of the same length
	now = now.UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               pkix.Name{CommonName: cmp.Or(spec.Subject, DefaultSubject)},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.AddDate(authorityYears, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLen:            0,
		MaxPathLenZero:        true,
	}
	constrain(template, spec.Names)
	return x509.CreateCertificate(nil, template, template, key.Public(), key)
}

// constrain makes an authority, which people import into browsers, good for these names and addresses alone; without any, for
// everything. The extension is not critical: mbedTLS, which many routers have, refuses an authority with one that it must
// understand, and all who understand it obey it either way.
func constrain(c *x509.Certificate, names []string) {
	if len(names) == 0 {
		return
	}
	for _, name := range names {
		if address, err := netip.ParseAddr(name); err == nil {
			c.PermittedIPRanges = append(c.PermittedIPRanges, network(netip.PrefixFrom(address, address.BitLen())))
		} else {
			c.PermittedDNSDomains = append(c.PermittedDNSDomains, name)
		}
	}
	if len(c.PermittedDNSDomains) == 0 {
		// A kind of which nothing is permitted would be free.
		c.PermittedDNSDomains = []string{"invalid"}
	}
	if len(c.PermittedIPRanges) == 0 {
		c.ExcludedIPRanges = []*net.IPNet{network(netip.MustParsePrefix("0.0.0.0/0")), network(netip.MustParsePrefix("::/0"))}
	}
	c.PermittedEmailAddresses = c.PermittedDNSDomains[:1]
	c.PermittedURIDomains = c.PermittedDNSDomains[:1]
}

func network(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
