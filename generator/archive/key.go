package archive

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
)

// NewKey makes a key to sign with: the private half in PKCS#8, the public one in PKIX, both as PEM, as
// `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` make them.
func NewKey(random io.Reader) (private, public []byte, err error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, nil, err
	}
	key := ed25519.NewKeyFromSeed(seed)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	open, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: open}), nil
}

// Signer reads a private key. The signature that it makes is the plain one of 64 bytes.
func Signer(text []byte) (func([]byte) []byte, error) {
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, errors.New("it is no PEM file")
	case block.Type != "PRIVATE KEY":
		return nil, errors.New("it holds a " + block.Type + ", not an unencrypted PRIVATE KEY")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("it is no ed25519 key")
	}
	return func(message []byte) []byte { return ed25519.Sign(key, message) }, nil
}

// Verifier reads a public key, or the public half of a private one.
func Verifier(text []byte) (func(message, signature []byte) bool, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is no PEM file")
	}
	var parsed crypto.PublicKey
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "PRIVATE KEY":
		var private any
		if private, err = x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if signer, ok := private.(crypto.Signer); ok {
				parsed = signer.Public()
			}
		}
	default:
		return nil, errors.New("it holds a " + block.Type + ", not a PUBLIC KEY")
	}
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("it is no ed25519 key")
	}
	return func(message, signature []byte) bool { return ed25519.Verify(key, message, signature) }, nil
}
