package output

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// renewed refuses a file that is mounted by its folder where that would show a service all secrets of the bundle: which folder
// an absolute path, or one that leads out and back, means is known here alone.
func (c *inspection) renewed() error {
	own, err := resolved(c.dir)
	if err != nil {
		return err
	}
	for _, s := range c.bundle.Secrets {
		folder, inside := s.Renewal()
		if folder == "" || !bytes.Contains(c.bundle.Files[bundle.ComposeFile].Data, []byte(secret.RenewedPath+"/"+s.Name)) {
			continue
		}
		if folder = filepath.FromSlash(folder); !filepath.IsAbs(folder) {
			folder = filepath.Join(own, folder)
		}
		if folder, err = resolved(folder); err != nil {
			return err
		}
		if !lies(own, folder) && !lies(folder, filepath.Join(own, bundle.SecretsFolder)) {
			continue
		}
		hint := "put the file into a folder of its own outside of the bundle, or name it by its path from the bundle's folder"
		if local, err := filepath.Rel(own, filepath.Join(folder, strings.TrimPrefix(inside, secret.RenewedPath+"/"+s.Name))); err == nil && filepath.IsLocal(local) {
			hint += ": " + filepath.ToSlash(local)
		}
		f := diag.Finding{Rule: ruleRenewed, File: s.File, Hint: hint,
			Message: "it is mounted by its folder, so that a renewed one is seen, and in that folder lie the secrets of this bundle"}
		if s.Asked.File != "" {
			f.Message = s.File + ": " + f.Message
		}
		c.NeededFindings.Add(f.At(s.Asked))
	}
	return nil
}

// resolved is a folder without links, as far as it is there.
func resolved(name string) (string, error) {
	whole, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	for above, rest := whole, ""; ; above, rest = filepath.Dir(above), filepath.Join(filepath.Base(above), rest) {
		if found, err := filepath.EvalSymlinks(above); err == nil {
			return filepath.Join(found, rest), nil
		}
		if filepath.Dir(above) == above {
			return whole, nil
		}
	}
}

// lies tells whether a path is a folder, or lies in it.
func lies(name, folder string) bool {
	way, err := filepath.Rel(folder, name)
	return err == nil && (way == "." || filepath.IsLocal(way))
}
