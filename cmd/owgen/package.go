package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/checkup"
	"github.com/owgen/owgen/generator/collect"
	"github.com/owgen/owgen/generator/export"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/read"
)

type packageCmd struct {
	Dir        string `arg:"" optional:"" default:"." placeholder:"DIR" help:"The bundle's folder."`
	Output     string `short:"o" placeholder:"FILE" help:"The archive. By default PROJECT-CHECKSUM.tar.gz in this folder."`
	Key        string `placeholder:"FILE" help:"Private ed25519 key (PEM, PKCS#8) that signs the archive."`
	NewKey     string `placeholder:"FILE" help:"Make such a key, and FILE.pub for those who verify, and pack nothing."`
	WithImages bool   `help:"Add the built images and a script that loads them, for sites without internet."`
	Packages   bool   `help:"List the Debian packages of the built images in the bill of materials. --with-images does so anyway."`
	Force      bool   `help:"Pack what lies there, even if it is not what its input gives."`
	catalogFlag
	jsonFlag
}

// Run packs a bundle into a release.
func (c packageCmd) Run(ctx context.Context, t *terminal) error {
	if c.NewKey != "" {
		return c.makeKey(t)
	}
	sign, err := c.signer(ctx, t)
	if err != nil {
		return err
	}
	made, entries, err := c.collect(ctx, t)
	if err != nil {
		return err
	}
	if c.Output != "" { // before the work
		if _, err := c.place(ctx, t, c.Output, made); err != nil {
			return err
		}
	}
	images, cleanup, err := c.images(ctx, t, made, &entries)
	defer cleanup()
	if err != nil {
		return err
	}
	build, _ := debug.ReadBuildInfo()
	record, err := bundle.ReadManifest(made.Files[bundle.ManifestFile].Data)
	if err != nil {
		return err
	}
	bill, err := archive.Bill(archive.Material{Project: made.Plan.Project, Version: generator.Version, Build: build, Digest: record.Input, Entries: entries, Images: images})
	if err != nil {
		return err
	}
	sealed, err := archive.Seal(append(entries, archive.Entry{Path: archive.BillPath, Data: bill}), sign)
	if err != nil {
		return err
	}
	return c.write(ctx, t, made, sealed, sign != nil)
}

// makeKey makes a key, and never replaces one.
func (c packageCmd) makeKey(t *terminal) error {
	private, public, err := archive.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	for _, half := range []struct {
		file string
		text []byte
		mode os.FileMode
	}{{c.NewKey, private, 0o600}, {c.NewKey + ".pub", public, 0o644}} {
		f, err := os.OpenFile(half.file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, half.mode)
		if err != nil {
			return folderError(err)
		}
		_, err = f.Write(half.text)
		if err = errors.Join(err, f.Close()); err != nil {
			return folderError(err)
		}
	}
	say(t.out, "%s signs: keep it out of the bundle and of git\n%s.pub verifies: give it to those who install, by another way than the archive\n", c.NewKey, c.NewKey)
	return nil
}

// signer reads the key, if one is given.
func (c packageCmd) signer(ctx context.Context, t *terminal) (func([]byte) []byte, error) {
	if c.Key == "" {
		return nil, nil
	}
	text, err := read.File(ctx, c.Key, read.Text)
	if err != nil {
		return nil, folderError(err)
	}
	sign, err := archive.Signer(text)
	if err != nil {
		return nil, usageError{c.Key + " cannot sign: " + err.Error(), "`owgen package --new-key FILE` makes a key"}
	}
	return sign, nil
}

// collect takes the bundle's files from its folder, and refuses a bundle that is not what its input gives, or
// that would give a secret away.
func (c packageCmd) collect(ctx context.Context, t *terminal) (*generator.Deployment, []archive.Entry, error) {
	in, err := inputFlags{catalogFlag: c.catalogFlag}.own(ctx, c.Dir)
	if err != nil {
		return nil, nil, err
	}
	unfinished, err := output.Unfinished(c.Dir)
	if err != nil {
		return nil, nil, environment(err)
	}
	if err := unfinished.Err(); err != nil {
		return nil, nil, err
	}
	t.show(unfinished)
	made, found := generator.GenerateUnchecked(ctx, in)
	if err := found.Err(); err != nil {
		return nil, nil, err
	}
	planned, err := output.Compare(c.Dir, &made.Bundle)
	if err != nil {
		return nil, nil, environment(err)
	}
	r := checkup.Make(c.Dir, made, planned)
	same := !r.First && r.Clean && r.Findings.Err() == nil
	if !same || c.WithImages || c.Packages { // what differs was never validated, and images are named in the loaded project
		if made, found = generator.Generate(ctx, in); found.Err() != nil {
			return nil, nil, found.Err()
		}
	}
	if !same && !c.Force {
		if c.JSON {
			if err := printJSON(t.out, r); err != nil {
				return nil, nil, err
			}
		} else {
			t.deviations(r)
		}
		return nil, nil, difference{r.Bundle + " is not what its input gives, and a release has to be", "`owgen check` says how it differs; generate it anew, or pack it as it is with --force"}
	}
	entries, err := collect.Entries(ctx, planned)
	var notPlain *collect.NotPlainError
	if errors.As(err, &notPlain) {
		return nil, nil, difference{notPlain.Error(), "put the file itself there instead of a link"}
	}
	if err != nil {
		return nil, nil, folderError(err)
	}
	var keys []string
	if c.Key != "" {
		keys = append(keys, c.Key)
	}
	secrets, err := collect.Secrets(ctx, c.Dir, made.Secrets, keys...)
	if err != nil {
		return nil, nil, folderError(err)
	}
	leaks, err := archive.Leaks(ctx, entries, secrets)
	if err != nil {
		return nil, nil, folderError(err)
	}
	if err := leaks.Err(); err != nil {
		return nil, nil, err
	}
	return made, entries, nil
}

// write writes the archive.
func (c packageCmd) write(ctx context.Context, t *terminal, made *generator.Deployment, sealed []archive.Entry, signed bool) error {
	project := made.Plan.Project
	file := c.file(project, fingerprint(sealed))
	place, err := c.place(ctx, t, file, made)
	if err != nil {
		return err
	}
	var sum string
	err = place.Write(ctx, func(f io.ReadWriteSeeker) error {
		if err := archive.Write(f, project, sealed); err != nil {
			return err
		}
		var err error
		sum, err = checksum(f)
		return err
	})
	if err != nil {
		return folderError(err)
	}
	if place.Stream() {
		t = &terminal{out: t.errs, errs: t.errs}
	}
	return c.print(t, packed{Archive: file, SHA256: sum, Files: len(sealed), Signed: signed})
}

// file is the archive's name.
func (c packageCmd) file(project, fingerprint string) string {
	if c.Output != "" {
		return c.Output
	}
	return project + "-" + fingerprint + ".tar.gz"
}

// place is where the archive goes: never over a secret.
func (c packageCmd) place(ctx context.Context, t *terminal, file string, made *generator.Deployment) (export.Place, error) {
	var secrets []string
	if c.Key != "" {
		secrets = append(secrets, c.Key)
	}
	for _, s := range made.Secrets {
		if s.File != "" {
			secrets = append(secrets, collect.In(c.Dir, s.File))
		}
	}
	return t.place(ctx, file, secrets...)
}

// checksum is the SHA-256 of a file.
func checksum(f io.ReadSeeker) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err := io.Copy(hash, f)
	return hex.EncodeToString(hash.Sum(nil)), err
}

// fingerprint names a release by what is in it.
func fingerprint(sealed []archive.Entry) string {
	for _, e := range sealed {
		if e.Path == archive.SumsPath {
			return strings.TrimPrefix(bundle.Digest(e.Data), bundle.Algorithm)[:12]
		}
	}
	return ""
}

// packed is what was packed.
type packed struct {
	Archive string `json:"archive"`
	SHA256  string `json:"sha256"`
	Files   int    `json:"files"`
	Signed  bool   `json:"signed"`
}

func (c packageCmd) print(t *terminal, p packed) error {
	if c.JSON {
		return printJSON(t.out, p)
	}
	signed := "not signed"
	if p.Signed {
		signed = "signed"
	}
	say(t.out, "%s: %d files, %s\nsha256:%s\n", p.Archive, p.Files, signed, p.SHA256)
	return nil
}
