package generator

import (
	"regexp"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
)

// Backups hold keys and mail, so each lies in the folder that is closed and that git ignores.
func TestBackupsStayInTheirFolder(t *testing.T) {
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile(`[<>]\s*(\S+)`)
	backups := 0
	for _, s := range c.Services {
		for _, v := range s.Volumes {
			if v.Backup == "" {
				continue
			}
			backups++
			to, from := written.FindAllStringSubmatch(v.Backup, -1), written.FindAllStringSubmatch(v.Restore, -1)
			if len(to) != 1 || len(from) != 1 || to[0][1] != from[0][1] || !regexp.MustCompile(`^backup/[a-z_-]+\.[a-z]+$`).MatchString(to[0][1]) {
				t.Errorf("%s: the volume %s is saved by %q and restored by %q", s.Name, v.Name, v.Backup, v.Restore)
			}
		}
	}
	if backups < 5 {
		t.Errorf("only %d backups were looked at", backups)
	}
}
