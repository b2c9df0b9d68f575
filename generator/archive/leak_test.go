package archive

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLeaks(t *testing.T) {
	private, _, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := "-----BEGIN CERTIFICATE-----\n" + strings.Repeat("QUFB", 40) + "\n-----END CERTIFICATE-----\n"
	secrets := []Secret{{"secrets/password", []byte("correcthorsebattery\n")}, {"secrets/short", []byte("abc")}, {"secrets/key", private}, {"secrets/ca", []byte(certificate)}}
	entries := []Entry{
		{Path: "clean", Data: []byte("abc " + certificate)},
		{Path: "plain", Data: []byte("x: correcthorsebattery")},
		{Path: "base64", Data: []byte("x: Y29ycmVjdGhvcnNlYmF0dGVyeQ==")},
		{Path: "pem", Data: private},
		{Path: "pattern", Data: []byte(`grep -e "-----BEGIN PRIVATE KEY-----"`)},
	}
	var got []string
	found, err := Leaks(t.Context(), entries, secrets)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		got = append(got, f.File+": "+f.Message)
		if strings.Contains(f.String(), "correcthorse") {
			t.Error("a finding shows the secret")
		}
	}
	want := []string{"base64: holds the value of secrets/password", "pem: holds a private key", "pem: holds the value of secrets/key", "plain: holds the value of secrets/password"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Keys of others, in whatever form they are kept; and what only looks like one.
func TestForeignKeys(t *testing.T) {
	private, public, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(private)
	open, _ := pem.Decode(public)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, err := x509.MarshalECPrivateKey(ecKey)
	if err != nil {
		t.Fatal(err)
	}
	inJSON, err := json.Marshal(map[string]string{"private_key": string(private)})
	if err != nil {
		t.Fatal(err)
	}
	d := base64.RawURLEncoding.EncodeToString(block.Bytes[:32])
	keys := map[string][]byte{
		"pem": private, "crlf": bytes.ReplaceAll(private, []byte("\n"), []byte("\r\n")), "json": inJSON,
		"old pem":  pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: block.Bytes}),
		"indented": []byte("key: |\n  " + strings.ReplaceAll(string(private), "\n", "\n  ")),
		"der":      block.Bytes, "rsa": x509.MarshalPKCS1PrivateKey(rsaKey), "ec": ecDER,
		"putty": []byte("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\nAAAA\nBBBB\nPrivate-Lines: 1\nCCCC\n"),
		"jwk":   []byte(`{"kty": "OKP", "crv": "Ed25519", "x": "abc", "d": "` + d + `"}`), "jwk turned": []byte(`{"d":"` + d + `","kty":"EC"}`),
		"base64 of der": []byte(base64.StdEncoding.EncodeToString(block.Bytes) + "\n"), "pgp": []byte("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgE\n"),
		"openvpn": []byte("<tls-auth>\n-----BEGIN OpenVPN Static key V1-----\nabc\n"), "wireguard": []byte("[Interface]\nPrivateKey = " + strings.Repeat("a", 43) + "=\n"),
		"age": []byte("# created\nAGE-SECRET-KEY-1" + strings.Repeat("Q", 58) + "\n"), "java": []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02" + strings.Repeat("x", 60)),
		"pkcs12": []byte("\x30\x82\x01\x00" + strings.Repeat("x", 40) + "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02" + strings.Repeat("x", 40)),
	}
	others := map[string][]byte{
		"public": public, "public der": open.Bytes, "text": []byte("a -----BEGIN PRIVATE KEY----- is secret, and stays where it is, as everybody knows"),
		"public jwk": []byte(`{"kty":"OKP","crv":"Ed25519","x":"` + d + `"}`), "putty public": []byte("PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 2\n"),
		"base64 of something else": []byte(base64.StdEncoding.EncodeToString(open.Bytes)), "pgp public": []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n"),
		"wireguard public": []byte("PublicKey = " + strings.Repeat("a", 43) + "=\n"), "a picture": []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("\x00x", 90)),
		"der of something else": append([]byte{0x30, 0x30}, make([]byte, 0x30)...),
	}
	holds := func(data []byte) bool {
		t.Helper()
		found, err := Leaks(t.Context(), []Entry{{Path: "x", Data: data}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(found) > 0
	}
	for name, data := range keys {
		if !holds(data) {
			t.Errorf("%s is not found", name)
		}
	}
	for name, data := range others {
		if holds(data) {
			t.Errorf("%s is taken for a key", name)
		}
	}
}

// Two keys of OpenSSH begin alike, and are not each other.
func TestAnotherKeyIsNotTheBundles(t *testing.T) {
	key := func(last byte) []byte {
		data := append([]byte("openssh-key-v1\x00"), make([]byte, 220)...)
		for i := 60; i < len(data); i++ {
			data[i] = last
		}
		return pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: data})
	}
	found, err := Leaks(t.Context(), []Entry{{Path: "other", Data: key(1)}, {Path: "same", Data: key(2)}}, []Secret{{"secrets/ssh", key(2)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, f.File+": "+f.Message)
	}
	if diff := cmp.Diff([]string{"other: holds a private key", "same: holds a private key", "same: holds the value of secrets/ssh"}, got); diff != "" {
		t.Error(diff)
	}
}

// A large file is read in pieces, and what lies across two of them is found.
func TestLargeFilesAreStreamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large")
	text := make([]byte, 2*piece+100)
	copy(text[piece-5:], "correcthorsebattery")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := OnDisk(t.Context(), "custom/large", file, info)
	if err != nil || e.Data != nil || e.Size != int64(len(text)) {
		t.Fatal(e.Size, err)
	}
	found, err := Leaks(t.Context(), []Entry{e}, []Secret{{"secrets/password", []byte("correcthorsebattery")}})
	if err != nil || len(found) != 1 {
		t.Error(found, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := OnDisk(ctx, "custom/large", file, info); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
