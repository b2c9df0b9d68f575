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
func authority(subject string, random io.Reader, now time.Time) (Material, error) {
	key, err := ecKey(random)
	if err != nil {
		return Material{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Material{}, err
	}
	certificate, err := selfSigned(key, cmp.Or(subject, DefaultSubject), random, now)
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
func selfSigned(key *ecdsa.PrivateKey, subject string, random io.Reader, now time.Time) ([]byte, error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(random, serial); err != nil {
		return nil, err
	}
	serial[0] = serial[0]&0x7F | 0x40 // positive, and always of the same length
	now = now.UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               pkix.Name{CommonName: subject},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.AddDate(authorityYears, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLen:            0,
		MaxPathLenZero:        true,
	}
	return x509.CreateCertificate(nil, template, template, key.Public(), key)
}
