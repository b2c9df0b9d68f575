package main

import (
	"context"
	"fmt"

	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

type verifyCmd struct {
	File string `arg:"" placeholder:"FILE" help:"An archive that owgen package wrote."`
	Key  string `placeholder:"FILE" help:"Public ed25519 key (PEM) of whoever must have signed it."`
	jsonFlag
}

// Run verifies an archive, and unpacks nothing.
func (c verifyCmd) Run(ctx context.Context, t *terminal) error {
	var check func(message, signature []byte) bool
	if c.Key != "" {
		text, err := read.File(ctx, c.Key, read.Text)
		if err != nil {
			return folderError(err)
		}
		if check, err = archive.Verifier(text); err != nil {
			return usageError{c.Key + " cannot verify: " + err.Error(), "give the public key of whoever signed the archive"}
		}
	}
	f, _, err := read.Open(c.File, 0)
	if read.IsFolder(err) {
		return usageError{c.File + " is a folder", "give the archive; `sha256sum -c SHA256SUMS` checks an unpacked one"}
	}
	if err != nil {
		return folderError(err)
	}
	defer f.Close()
	r := archive.Verify(ctx, f, check)
	if c.JSON {
		return c.print(t, r)
	}
	if n := len(r.Found.Errors()); n > 0 {
		for _, finding := range r.Found {
			say(t.errs, "%s\n", paint(t.colour, "31", painted(finding.String())))
		}
		return difference{message: fmt.Sprintf("%s is not to be trusted: %d %s", c.File, n, plural(n, "fault", "faults"))}
	}
	t.findings(r.Found)
	signed := "not signed"
	switch {
	case check != nil:
		signed = "signed by this key"
	case r.Signed:
		signed = "signed, which --key would check"
	}
	images := ""
	if r.Images > 0 {
		images = fmt.Sprintf(", %d %s", r.Images, plural(r.Images, "image", "images"))
	}
	say(t.out, "%s is whole: %s, %d files%s, %s\n", c.File, r.Folder, r.Files, images, signed)
	return nil
}

func (c verifyCmd) print(t *terminal, r archive.Report) error {
	findings := r.Found
	if findings == nil {
		findings = diag.List{}
	}
	err := printJSON(t.out, struct {
		Archive  string    `json:"archive"`
		Bundle   string    `json:"bundle"`
		Files    int       `json:"files"`
		Images   int       `json:"images"`
		Signed   bool      `json:"signed"`
		Checked  bool      `json:"signature_checked"`
		Findings diag.List `json:"findings"`
	}{c.File, r.Folder, r.Files, r.Images, r.Signed, c.Key != "", findings})
	if err == nil && r.Found.Err() != nil {
		return difference{message: c.File + " is not to be trusted"}
	}
	return err
}
