// Package secret creates, keeps and checks the secrets of a bundle.
package secret

import "github.com/owgen/owgen/generator/diag"

// A Kind says what a secret is made of.
type Kind string

// The kinds of secrets.
const (
	Random    Kind = "random"   // alphanumeric characters
	UUID      Kind = "uuid"     // a random UUID, version 4
	Authority Kind = "ca"       // the PEM key of an EC P-256 certificate authority; its certificate is public, in ca.crt
	SSHKey    Kind = "ssh-key"  // an ed25519 private key in OpenSSH's format
	Provided  Kind = "provided" // a file of the user's
)

// Kinds are all of them.
var Kinds = []Kind{Random, UUID, Authority, SSHKey, Provided}

// A Spec describes one secret; it never holds its value.
type Spec struct {
	Name        string // its name below /run/secrets, and in secrets/ where it is generated
	Kind        Kind
	Length      int        // characters of a Random secret; 0: DefaultLength
	Description string     // what it opens
	File        string     // the user's file, relative to the bundle or absolute; empty: secrets/NAME
	Asked       diag.Place // where the input asks for a file of the user's
	Subject     string     // the common name of an Authority; empty: DefaultSubject
	Renewed     bool       // File is replaced while services run
	Public      bool       // File holds nothing that others must not see: a certificate
	Names       []string   // what an Authority may sign certificates for; empty: everything

	NamedAt map[string]diag.Place // where the input gives them
}
