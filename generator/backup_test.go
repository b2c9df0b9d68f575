package generator

import (
	"slices"
	"strings"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/render"
	"github.com/owgen/owgen/generator/target"
)

// Backups hold keys and mail, so each lies in the folder that is closed and that git ignores; and what one step writes,
// another reads.
func TestBackupsStayInTheirFolder(t *testing.T) {
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	backups := 0
	for _, s := range c.Services {
		for _, v := range s.Volumes {
			var written, read []string
			for _, step := range v.Backup {
				written = append(written, step.To)
			}
			for _, step := range v.Restore {
				read = append(read, step.From)
			}
			if backups += len(written); !slices.Equal(written, read) || slices.Contains(written, "") {
				t.Errorf("%s: the volume %s is saved to %q and restored from %q", s.Name, v.Name, written, read)
			}
		}
	}
	if backups < 5 {
		t.Errorf("only %d backups were looked at", backups)
	}
	if ignored := string(c.Bundle[".gitignore"+render.Suffix]); !strings.Contains(ignored, "\n/"+target.Backup+"\n") {
		t.Errorf("git does not ignore %s:\n%s", target.Backup, ignored)
	}
}
