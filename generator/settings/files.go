package settings

import (
	"slices"
	"strings"
)

// A SecretFile is a secret of the catalogue, as whoever takes it for a setting may call it.
type SecretFile struct {
	Name  string
	Also  []string // other names: by the store that it opens, by who provides that, by other installations
	Given string   // the setting that names a file of the user's; empty where owgen makes the secret
}

// SetSecrets says which secrets there are, for who writes one into the input.
func (s *Schema) SetSecrets(all []SecretFile) { s.secrets = all }

// notASetting says where a secret goes that somebody has written as a setting. It names no file that nobody reads.
func (s *Schema) notASetting(path string) string {
	name := strings.ToLower(strings.NewReplacer(".", "_", "-", "_").Replace(path))
	var made, known []string
	called, shared := map[string]SecretFile{}, map[string]bool{}
	for _, x := range s.secrets {
		for _, also := range x.Also {
			if other, taken := called[also]; taken && other.Name != x.Name {
				shared[also] = true
			}
			called[also] = x
		}
		if x.Given == "" {
			made = append(made, "secrets/"+x.Name)
		}
	}
	for also := range shared { // it would be a guess
		delete(called, also)
	}
	for _, x := range s.secrets {
		called[x.Name] = x
	}
	for also := range called {
		known = append(known, also)
	}
	slices.Sort(known)
	x, there := called[name]
	if !there {
		x, there = called[Closest(name, known)]
	}
	switch {
	case there && x.Given != "":
		return "no secret stands in the input: write it into a file, and name that with " + x.Given
	case there:
		return "secrets are no settings: each is a file in secrets/, and this one is secrets/" + x.Name + "; write its value there"
	case len(made) > 0:
		return "secrets are no settings: each is a file in secrets/, such as " + strings.Join(made, ", ")
	}
	return "secrets are no settings: each is a file in secrets/"
}
