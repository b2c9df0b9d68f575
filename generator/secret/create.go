package secret

import (
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"
)

const (
	// DefaultLength is the length of a Random secret that names none: 238 bits.
	DefaultLength = 40
	// MinLength is the shortest Random secret that Create makes: 95 bits.
	MinLength = 16
	// DefaultSubject is the common name of an Authority that names none.
	DefaultSubject = "owgen certificate authority"
	// CertificatePath is where a bundle keeps the certificate of its Authority.
	CertificatePath = "ca.crt"

	alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// Material is a new secret: the private part, which goes into secrets/NAME byte by byte, and the
// files that may be public, by their path in the bundle.
type Material struct {
	Private []byte
	Public  map[string][]byte
}

// Public lists the files that belong to a secret of this kind and lie in the open.
func (k Kind) Public() []string {
	if k == Authority {
		return []string{CertificatePath}
	}
	return nil
}

// Create makes a new secret. All that is secret comes from random, so the same bytes give the
// same secret; now dates a certificate. It fails where random fails, on a Provided secret, which
// only the user can make, and on a specification that makes no sense.
func Create(spec Spec, random io.Reader, now time.Time) (Material, error) {
	m, err := create(spec, random, now)
	if err != nil {
		return Material{}, fmt.Errorf("secret %s: %w", spec.Name, err)
	}
	return m, nil
}

func create(spec Spec, random io.Reader, now time.Time) (Material, error) {
	switch spec.Kind {
	case Random:
		private, err := characters(spec.Length, random)
		return Material{Private: private}, err
	case UUID:
		id, err := uuid.NewRandomFromReader(random)
		return Material{Private: []byte(id.String())}, err
	case SSHKey:
		private, err := sshKey(spec.Name, random)
		return Material{Private: private}, err
	case Authority:
		return authority(spec, random, now)
	case Provided:
		return Material{}, fmt.Errorf("it comes from the user")
	}
	return Material{}, fmt.Errorf("%q is not a kind of secret", spec.Kind)
}

// characters picks from the alphabet, without a newline at the end, so that the file can be used
// verbatim. Bytes beyond the last multiple of the alphabet's size are thrown away: a remainder of
// all 256 would make the first letters likelier.
func characters(length int, random io.Reader) ([]byte, error) {
	if length == 0 {
		length = DefaultLength
	}
	if length < MinLength {
		return nil, fmt.Errorf("%d characters are too few, %d are the least", length, MinLength)
	}
	const fair = 256 / len(alphabet) * len(alphabet)
	out := make([]byte, 0, length)
	buffer := make([]byte, length)
	for len(out) < length {
		chunk := buffer[:length-len(out)]
		if _, err := io.ReadFull(random, chunk); err != nil {
			return nil, err
		}
		for _, b := range chunk {
			if int(b) < fair {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return out, nil
}

// sshKey makes an ed25519 key in the format that ssh-keygen writes.
func sshKey(comment string, random io.Reader) ([]byte, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(ed25519.NewKeyFromSeed(seed), comment)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(block), nil
}
