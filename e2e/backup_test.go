//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The runbook's commands back up what is in the volumes and bring it back: what is made after the backup is gone, and
// what is lost after it is there again.
func TestRunbookBacksUpAndRestores(t *testing.T) {
	s := faulty(t)
	backup, restore := s.runbookCommands(t, "## Back up"), s.runbookCommands(t, "## Restore")
	s.django(t, "from django.contrib.auth import get_user_model\nget_user_model().objects.create_user('kept', 'kept@example.org', 'Xy7!kept')", nil)
	s.exec(t, "dashboard", "sh", "-c", "echo kept >/opt/openwisp/media/kept.txt")
	s.shell(t, backup)
	if info := must(os.Stat(filepath.Join(s.dir, "backup")))(t); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of the backup is %s: everybody reads the keys in it", info.Mode())
	}
	s.django(t, "from django.contrib.auth import get_user_model\nU = get_user_model()\nU.objects.get(username='kept').delete()\nU.objects.create_user('late', 'late@example.org', 'Xy7!late')", nil)
	s.exec(t, "dashboard", "rm", "/opt/openwisp/media/kept.txt")
	s.shell(t, restore)
	if err := s.up(3 * time.Minute); err != nil {
		t.Fatal(err)
	}
	var names []string
	s.django(t, "from django.contrib.auth import get_user_model\nanswer(list(get_user_model().objects.filter(username__in=['kept', 'late']).values_list('username', flat=True)))", &names)
	if fmt.Sprint(names) != "[kept]" {
		t.Errorf("after the restore there are %v of the users kept and late", names)
	}
	if got := s.exec(t, "dashboard", "cat", "/opt/openwisp/media/kept.txt"); strings.TrimSpace(got) != "kept" {
		t.Errorf("the restored upload holds %q", got)
	}
}

var codeBlock = regexp.MustCompile("(?s)```\n(.*?)```")

// runbookCommands returns the first code block below a heading of the bundle's README.md.
func (s *stack) runbookCommands(t testing.TB, heading string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), heading+"\n")
	block := codeBlock.FindStringSubmatch(section)
	if !found || block == nil {
		t.Fatalf("no commands below %q", heading)
	}
	return block[1]
}

// runbookRow are the commands in the table of a runbook's section for one thing.
func (s *stack) runbookRow(t testing.TB, heading, thing string) string {
	t.Helper()
	_, section, _ := strings.Cut(string(must(os.ReadFile(filepath.Join(s.dir, "README.md")))(t)), "\n"+heading+"\n")
	for line := range strings.Lines(section) {
		if cells := strings.Split(strings.TrimSpace(line), " | "); len(cells) > 1 && strings.Contains(cells[0], "`"+thing+"`") {
			return strings.Join(strings.Split(strings.Trim(strings.TrimSuffix(cells[1], "|"), "` "), "`, `"), "\n")
		}
	}
	t.Fatalf("nothing about %s below %s", thing, heading)
	return ""
}

// shell runs commands in the bundle, as an operator pastes them.
func (s *stack) shell(t testing.TB, commands string) {
	t.Helper()
	if out, err := command(10*time.Minute, s.dir, "", "sh", "-euc", commands); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(out, 20))
	}
}
