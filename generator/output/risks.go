package output

import (
	"fmt"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// risks finds what stays as it is when the bundle changes, and does not fit to it then: the authority, and what data was made with.
func (c *inspection) risks() error {
	for _, spec := range c.bundle.Secrets {
		if spec.Kind != secret.Authority || spec.File != "" {
			continue
		}
		if err := c.signs(spec); err != nil {
			return err
		}
	}
	for _, l := range c.bundle.Lasting {
		if was, known := c.Record.Lasting[l.Key]; known && was != l.Value {
			old := l
			old.Value = was
			c.Risks.Add(diag.Finding{Rule: ruleLasting, Severity: diag.Warning, File: bundle.ManifestFile, Path: l.Key,
				Message: fmt.Sprintf("%s was %q and becomes %q: %s", l.Key, was, l.Value, l.Why),
				Hint:    "where there are data that are to stay, keep the old value, in " + bundle.InputFile + ": " + old.Keep()}.At(l.Asked))
		}
	}
	c.Risks = c.Risks.Sort()
	return nil
}

// signs wants the authority that is there to sign for the names that there are now: without that no certificate is issued, and
// nothing that serves one starts.
func (c *inspection) signs(spec secret.Spec) error {
	const file = secret.CertificatePath
	if info, err := c.disk.stat(file); absent(err) || err == nil && !info.Mode().IsRegular() {
		return nil
	} else if err != nil {
		return err
	}
	text, err := c.disk.read(file)
	if err != nil {
		return err
	}
	authority, err := secret.ReadAuthority(text)
	if err != nil {
		c.Risks.Add(diag.Finding{Rule: ruleAuthority, File: file, Message: "it is no certificate: " + err.Error(),
			Hint: "restore it and " + bundle.SecretPath(spec.Name) + " from the same backup"})
		return nil
	}
	names := secret.Unsigned(authority, spec.Names)
	if len(names) == 0 {
		return nil
	}
	c.Risks.Add(diag.Finding{Rule: ruleAuthority, File: file,
		Message: fmt.Sprintf("%s may not sign %s: it was made for other names, so that nothing gets a certificate for the new ones", file, strings.Join(names, ", ")),
		Hint: fmt.Sprintf("take the change back; or make a new authority as \"Trust\" in README.md says: delete %s and %s, then owgen generate, and import the new %s everywhere",
			file, bundle.SecretPath(spec.Name), file)}.At(spec.NamedAt[names[0]]))
	return nil
}
