package output

import (
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// compareSecrets finds out which secrets are there. It looks at names, sizes and modes only.
func (c *inspection) compareSecrets() error {
	for _, spec := range c.bundle.Secrets {
		s := Secret{Spec: spec, Path: spec.File}
		if spec.File == "" {
			s.Path = bundle.SecretPath(spec.Name)
		}
		info, err := c.disk.stat(s.Path)
		if err != nil && !absent(err) {
			return err
		}
		s.Present = err == nil
		_, dangling := c.disk.lstat(s.Path)
		switch {
		case s.Present:
			c.judge(s, info)
		case dangling == nil:
			c.secretFinding(diag.Error, ruleContent, s, "it is a link that leads nowhere", "mend the link, or remove it")
		case spec.File != "" || spec.Kind == secret.Provided:
			c.secretFinding(diag.Warning, ruleAbsent, s, "the file is not there", "put it there before the services start"+beginning(s.Path))
		default:
			s.Create = true
			s.Lost = slices.Contains(c.Record.Secrets, spec.Name)
		}
		if spec.File == "" {
			if err := c.public(&s); err != nil {
				return err
			}
		}
		c.Secrets = append(c.Secrets, s)
	}
	c.warnOfLost()
	return c.secretsFolder()
}

// judge looks at a secret that is there: containers must be able to read it, and something must be in it.
func (c *inspection) judge(s Secret, info fs.FileInfo) {
	switch {
	case !info.Mode().IsRegular():
		c.secretFinding(diag.Error, ruleContent, s, "it is no file", "move it away, and put the secret's file there")
	case info.Size() == 0:
		c.secretFinding(diag.Error, ruleContent, s, "the file is empty", "restore it from a backup")
	case runtime.GOOS != "windows" && info.Mode()&0o004 == 0:
		c.secretFinding(diag.Warning, ruleMode, s, "services cannot read it: they run as another user", "chmod 444 "+s.Path)
	}
}

// public wants the public half of a secret to be there exactly when the secret is: another one
// would not fit.
func (c *inspection) public(s *Secret) error {
	for _, p := range s.Spec.Kind.Public() {
		_, err := c.disk.lstat(p)
		switch {
		case err != nil && !absent(err):
			return err
		case s.Present && err != nil:
			c.authority(s.Path, p+" is not there, and it belongs to "+s.Path,
				fmt.Sprintf("restore %s from git or a backup; or move %s away, and a new authority is made", p, s.Path))
		case s.Create && err == nil:
			c.authority(p, s.Path+" is not there, which is the key of "+p,
				fmt.Sprintf("restore %s from a backup; or delete %s, and a new authority is made, which every client must import anew", s.Path, p))
		case s.Lost: // somebody took both away: what an accident takes is one of them, or all of secrets/
			s.Lost, s.Anew = false, true
			c.SecretFindings.Add(diag.Finding{Rule: ruleAnew, Severity: diag.Warning, File: p,
				Message: "a new authority is made, since " + p + " and " + s.Path + " are both gone: until they import the new " + p + ", browsers and devices refuse what it signs",
				Hint:    "\"Trust\" in README.md says how the services take it, and who has to import it; or restore both from the backup"})
		}
	}
	return nil
}

func (c *inspection) authority(file, message, hint string) {
	c.SecretFindings.Add(diag.Finding{Rule: ruleAuthority, File: file, Message: message, Hint: hint})
}

// warnOfLost warns of secrets that were there when the bundle was generated before.
func (c *inspection) warnOfLost() {
	if names := c.Lost(); len(names) > 0 {
		c.SecretFindings.Add(diag.Finding{Rule: ruleLost, Severity: diag.Warning, File: bundle.SecretsFolder,
			Message: "secrets of this bundle are not there: " + strings.Join(names, ", ") + "; new ones do not fit the volumes of a deployment that had the old ones",
			Hint:    "restore " + bundle.SecretsFolder + "/ from a backup; or let owgen generate new ones for a deployment that starts with empty volumes"})
	}
}

// secretsFolder looks at the folder that generated secrets lie in.
func (c *inspection) secretsFolder() error {
	info, err := c.disk.lstat(bundle.SecretsFolder)
	switch {
	case absent(err):
		c.folders[bundle.SecretsFolder] = nowhere
		return nil
	case err != nil:
		return err
	case !info.IsDir() && c.creates():
		c.SecretFindings.Add(diag.Finding{Rule: ruleBlocked, File: bundle.SecretsFolder,
			Message: kind(info.Mode()) + " is in the way of the secrets that have to be made", Hint: "move it away, or put the secrets there"})
	case info.IsDir() && runtime.GOOS != "windows" && info.Mode()&0o077 != 0:
		c.SecretFindings.Add(diag.Finding{Rule: ruleMode, Severity: diag.Warning, File: bundle.SecretsFolder,
			Message: "other users of this machine can look into the folder", Hint: "chmod 700 " + bundle.SecretsFolder})
	}
	return nil
}

// creates says whether a secret has to be made.
func (c *inspection) creates() bool {
	for _, s := range c.Secrets {
		if s.Create {
			return true
		}
	}
	return false
}

func (c *inspection) secretFinding(severity diag.Severity, rule string, s Secret, message, hint string) {
	f := diag.Finding{Rule: rule, Severity: severity, File: s.Path, Path: s.Spec.Name, Message: message, Hint: hint}
	if s.Spec.Asked.File != "" {
		f.Message = s.Path + ": " + message
	}
	c.SecretFindings.Add(f.At(s.Spec.Asked))
}
