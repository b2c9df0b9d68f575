package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/collect"
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
	release, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer release.Close()
	if c.Output != "" { // before the work
		if _, err := t.place(ctx, c.Output, release.Protected()...); err != nil {
			return err
		}
	}
	if err := c.images(ctx, t, release); err != nil {
		return err
	}
	sealed, err := release.Seal(sign)
	if err != nil {
		return err
	}
	return c.write(ctx, t, release, sealed)
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

// open takes the bundle that is packed.
func (c packageCmd) open(ctx context.Context, t *terminal) (*collect.Release, error) {
	request, err := inputFlags{catalogFlag: c.catalogFlag}.own(ctx, c.Dir)
	if err != nil {
		return nil, err
	}
	release, err := collect.Open(ctx, c.Dir, request, collect.Options{Key: c.Key, Images: c.looksIntoImages(), Force: c.Force, Warn: t.show})
	var different *collect.DifferentError
	var notPlain *collect.NotPlainError
	switch {
	case errors.As(err, &different):
		return nil, c.refuse(t, different)
	case errors.As(err, &notPlain):
		return nil, difference{notPlain.Error(), "put the file itself there instead of a link"}
	}
	return release, folderError(environment(err))
}

// refuse says how a bundle differs that is not packed therefore.
func (c packageCmd) refuse(t *terminal, different *collect.DifferentError) error {
	if !c.JSON {
		t.deviations(different.Report)
	} else if err := printJSON(t.out, different.Report); err != nil {
		return err
	}
	return difference{different.Error() + ", and a release has to be", "`owgen check` says how it differs; generate it anew, or pack it as it is with --force"}
}

// looksIntoImages says whether the engine is needed.
func (c packageCmd) looksIntoImages() bool { return c.WithImages || c.Packages }

// images looks into the built images, and adds them if they are wanted.
func (c packageCmd) images(ctx context.Context, t *terminal, release *collect.Release) error {
	if !c.looksIntoImages() {
		return nil
	}
	err := release.LookIntoImages(ctx)
	var absent *collect.AbsentError
	if errors.As(err, &absent) {
		return difference{absent.Error() + ": " + strings.Join(absent.Images, ", "), "build them with `" + absent.Build + "` in " + c.Dir}
	}
	if err != nil || !c.WithImages {
		return engineError(err)
	}
	place, err := t.place(ctx, c.file(release, nil), release.Protected()...)
	if err != nil {
		return err
	}
	return engineError(release.AddImages(ctx, place.Scratch()))
}

// write writes the archive.
func (c packageCmd) write(ctx context.Context, t *terminal, release *collect.Release, sealed []archive.Entry) error {
	file := c.file(release, sealed)
	place, err := t.place(ctx, file, release.Protected()...)
	if err != nil {
		return err
	}
	var sum string
	err = place.Write(ctx, func(f io.ReadWriteSeeker) error {
		err := archive.Write(f, release.Plan.Project, sealed)
		if err == nil {
			sum, err = archive.Checksum(f)
		}
		return err
	})
	if err != nil {
		return folderError(err)
	}
	if place.Stream() {
		t = &terminal{out: t.errs, errs: t.errs}
	}
	return c.print(t, packed{Archive: file, SHA256: sum, Files: len(sealed), Signed: c.Key != ""})
}

// file is the archive's name.
func (c packageCmd) file(release *collect.Release, sealed []archive.Entry) string {
	return cmp.Or(c.Output, release.Plan.Project+"-"+archive.Fingerprint(sealed)+".tar.gz")
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
