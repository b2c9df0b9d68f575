package archive

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"slices"

	"github.com/owgen/owgen/generator/lazy"
)

// keyLength is how far the beginning of a private key reaches, in which it is known.
const keyLength = 8 << 10

// The forms in which private keys are kept: PEM, also as one line with \n in JSON and YAML, PuTTY's, JSON Web Keys, those of
// OpenPGP, OpenVPN, WireGuard and age.
var (
	otherKey = lazy.Regexp(`-----BEGIN (PGP PRIVATE KEY BLOCK|OpenVPN (Static|tls-crypt-v2 (client|server)) key( V1)?)-----\s|\bAGE-SECRET-KEY-1[0-9A-Z]{50}|(?m:^\s*PrivateKey\s*=\s*[A-Za-z0-9+/]{43}=)`)
	pemKey   = lazy.Regexp(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(\s|\\r|\\n|[A-Za-z-]+: [^\n\\]*)+[A-Za-z0-9+/=]{40}`)
	puttyKey = lazy.Regexp(`PuTTY-User-Key-File-[0-9]+:[^\n]*\n(?s:.*?)Private-Lines: *[0-9]`)
	jsonKey  = lazy.Regexp(`"kty"\s*:\s*"(RSA|EC|OKP)"[^}]*?"d"\s*:\s*"[A-Za-z0-9_-]{20}|"d"\s*:\s*"[A-Za-z0-9_-]{20,}"[^}]*?"kty"\s*:\s*"(RSA|EC|OKP)"`)
)

// holdsKey says whether a text holds a private key in one of the forms.
func holdsKey(text []byte) bool {
	return bytes.Contains(text, []byte("PRIVATE KEY-----")) && pemKey().Match(text) ||
		bytes.Contains(text, []byte("PuTTY-User-Key-File-")) && puttyKey().Match(text) ||
		bytes.Contains(text, []byte(`"kty"`)) && jsonKey().Match(text) || isOther(text) || isStore(text) || isDER(text) || isDER(decoded(text))
}

// beginnings are what the other forms have in common; to look for them first is many times as fast.
var beginnings = []string{"BEGIN PGP PRIVATE", "BEGIN OpenVPN ", "AGE-SECRET-KEY-1", "PrivateKey"}

func isOther(text []byte) bool {
	return slices.ContainsFunc(beginnings, func(begin string) bool { return bytes.Contains(text, []byte(begin)) }) && otherKey().Match(text)
}

// keyBags are the object identifiers 1.2.840.113549.1.12.10.1.1 and .2, in front of each private key of a PKCS#12 file.
var keyBags = []string{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02"}

// isStore says whether a file is a key store, whose password is all that stands before the key: PKCS#12, or one of Java's.
func isStore(text []byte) bool {
	return bytes.HasPrefix(text, []byte("\xfe\xed\xfe\xed\x00\x00\x00")) || bytes.HasPrefix(text, []byte("\xce\xce\xce\xce\x00\x00\x00")) ||
		bytes.HasPrefix(text, []byte{0x30}) && (bytes.Contains(text, []byte(keyBags[0])) || bytes.Contains(text, []byte(keyBags[1])))
}

// decoded is what a text in base64 stands for; nil for others.
func decoded(text []byte) []byte {
	text = bytes.TrimSpace(text)
	if len(text) < 40 || len(text) > keyLength || text[0] != 'M' { // as all of DER that is longer than a few bytes
		return nil
	}
	data, err := base64.StdEncoding.DecodeString(string(text)) // which passes over line breaks
	if err != nil {
		return nil
	}
	return data
}

// isDER says whether a file is a private key in binary form, alone in its file, as such keys are.
func isDER(text []byte) bool {
	var whole asn1.RawValue
	if len(text) < 40 || len(text) > keyLength || text[0] != 0x30 {
		return false
	}
	if rest, err := asn1.Unmarshal(text, &whole); err != nil || len(bytes.TrimSpace(rest)) > 0 {
		return false
	}
	der := whole.FullBytes
	_, err8 := x509.ParsePKCS8PrivateKey(der)
	_, err1 := x509.ParsePKCS1PrivateKey(der)
	_, errEC := x509.ParseECPrivateKey(der)
	return err8 == nil || err1 == nil || errEC == nil || encrypted(der)
}

// encrypted says whether it is a key in PKCS#8 under a password: one of the schemes of PKCS#5 and PKCS#12, and then
// the secret part.
func encrypted(der []byte) bool {
	var key struct {
		Scheme struct {
			ID         asn1.ObjectIdentifier
			Parameters asn1.RawValue
		}
		Data []byte
	}
	rest, err := asn1.Unmarshal(der, &key)
	if err != nil || len(rest) > 0 {
		return false
	}
	id := key.Scheme.ID.String()
	return len(id) > 18 && (id[:19] == "1.2.840.113549.1.5." || id[:19] == "1.2.840.113549.1.12")
}
