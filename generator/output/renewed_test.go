package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/secret"
)

// No service sees the bundle's folder, or what is above it, by the way of a file that is renewed: whatever words lead there.
func TestRenewedFilesAmongTheSecrets(t *testing.T) {
	above := t.TempDir()
	dir, link := filepath.Join(above, "bundle"), filepath.Join(t.TempDir(), "link")
	write(t, dir, map[string]string{"tls/cert.pem": "x", "secrets/tls/cert.pem": "x"})
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	for file, refused := range map[string]bool{
		filepath.Join(dir, "cert.pem"):                true,
		filepath.Join(link, "cert.pem"):               true,
		filepath.Join(above, "cert.pem"):              true,
		filepath.Join(dir, "secrets", "tls", "c.pem"): true,
		filepath.Join(dir, "secrets", "cert.pem"):     true,
		"../bundle/cert.pem":                          true,
		filepath.Join(dir, "tls", "cert.pem"):         false,
		filepath.Join(above, "tls", "cert.pem"):       false,
		filepath.Join(above, "bundle-2", "cert.pem"):  false,
		"tls/cert.pem":                                false,
		"secrets/tls/cert.pem":                        false, // mounted by itself
		"cert.pem":                                    false,
	} {
		spec := secret.Spec{Name: "cert", Kind: secret.Provided, File: filepath.ToSlash(file), Renewed: true, Asked: asked(3, "tls.file")}
		folder, _ := spec.Renewal()
		mount := ""
		if folder != "" {
			mount = "target: " + secret.RenewedPath + "/cert\n"
		}
		b := bundled(map[string]string{bundle.ComposeFile: mount})
		b.Secrets = []secret.Spec{spec}
		found := placed(compare(t, dir, b).NeededFindings)
		if refused != (len(found) == 1 && strings.Contains(found[0], "error owgen.yaml:3 tls.file: "+spec.File+": it is mounted by its folder")) || len(found) > 1 {
			t.Errorf("%s: %v", file, found)
		}
		b.Files[bundle.ComposeFile] = bundle.File{Data: []byte("services: {}\n"), Mode: 0o644} // of another target, which mounts no folders
		if found := compare(t, dir, b).NeededFindings; len(found) > 0 {
			t.Errorf("%s, which nobody mounts: %v", file, found)
		}
	}
}
