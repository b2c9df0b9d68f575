//go:build unix

package output

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

// An attack is a bundle whose journal somebody else has planted, beside a file that it is after.
type attack struct {
	dir, victim string
}

func attacked(t *testing.T) attack {
	t.Helper()
	dir := generated(t, bundled(map[string]string{"a": "1", "d/b": "2"}))
	a := attack{dir, filepath.Join(filepath.Dir(dir), "victim")}
	write(t, filepath.Dir(dir), map[string]string{"victim/w": "precious"})
	must(t, os.Mkdir(a.at(bundle.WorkFolder), 0o700))
	return a
}

func (a attack) at(p string) string { return filepath.Join(a.dir, filepath.FromSlash(p)) }

// journal is one as owgen would have left it here, with steps of the attacker's.
func (a attack) journal(t *testing.T, steps ...step) []byte {
	t.Helper()
	info, err := os.Lstat(a.at(bundle.WorkFolder))
	must(t, err)
	data, err := json.Marshal(journal{Format: journalFormat, Place: identity(info), Backup: backupFolder + "/x", Steps: steps})
	must(t, err)
	return data
}

// plant puts a journal there as owgen does.
func (a attack) plant(t *testing.T, data []byte) {
	t.Helper()
	must(t, os.WriteFile(a.at(journalPath), data, 0o600))
}

func writes(p string) step {
	return step{Path: p, New: &bundle.File{Data: []byte("pwned"), Mode: 0o644}}
}

// fails wants the commands that write to refuse the journal, those that read to say so, and nothing to be touched.
func (a attack) fails(t *testing.T, want string) {
	t.Helper()
	root := filepath.Dir(a.dir)
	before := names(t, root)
	_, recovered := Recover(a.dir)
	_, written := WriteUsersFiles(a.dir, map[string]bundle.File{"owgen.yaml": {Data: []byte("x"), Mode: 0o644}}, false, time.Now())
	_, applied := Apply(compare(t, a.dir, bundled(map[string]string{"a": "11"})), forced())
	unfinished, err := Unfinished(a.dir)
	must(t, err)
	for what, err := range map[string]error{"Recover": recovered, "WriteUsersFiles": written, "Apply": applied, "Unfinished": unfinished.Err()} {
		var found diag.List
		if !errors.As(err, &found) || found[0].Rule != ruleJournal || found[0].Hint == "" || !strings.Contains(found[0].Message, want) {
			t.Errorf("%s: got %v, want a finding about %q", what, err, want)
		}
	}
	equal(t, "everything", before, names(t, root))
}

// names lists all that is below a folder, links included, with what is in the files.
func names(t *testing.T, root string) tree {
	t.Helper()
	out := tree{}
	must(t, filepath.Walk(root, func(p string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		out[p] = info.Mode().String()
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(p)
			out[p] += " " + string(data)
			return err
		}
		return nil
	}))
	return out
}

func TestPlantedJournalsReachNothing(t *testing.T) {
	for _, p := range []string{"../victim/w", "d/../../victim/w", "/etc/owgen-victim", "", ".", "./a", "d//b", `..\victim`, "a\x00b",
		".git/hooks/post-checkout", "d/.GIT/config", ".owgen/journal", ".owgen/lock", ".Owgen/x", ".owgen/backup/../x", "docker-compose.override.yml"} {
		a := attacked(t)
		a.plant(t, a.journal(t, writes("a"), writes(p)))
		a.fails(t, "which is not a path that owgen writes")
	}
}

func TestAJournalOfAnotherMakeIsRefused(t *testing.T) {
	cases := map[string]string{
		"{":             "cannot be read",
		`{"format":99}`: "another version",
		`{"format":1,"steps":[{"path":"../victim/w","new":{"Data":"cHduZWQK","Mode":420}}]}`: "its format is 1",
		`{"format":2,"steps":[{"path":"a","new":{"Data":"cHduZWQK","Mode":420}}]}`:           "not written in this folder",
	}
	for text, want := range cases {
		a := attacked(t)
		a.plant(t, []byte(text))
		a.fails(t, want)
	}
	a := attacked(t)
	text := strings.Replace(string(a.journal(t, writes("a"))), backupFolder+"/x", "../victim", 1)
	a.plant(t, []byte(text))
	a.fails(t, "no folder for copies")
}

func TestAJournalLeadsThroughNoLink(t *testing.T) {
	for _, at := range []string{"d", "d/b", "new/deep", ".owgen/backup", ".owgen/backup/x"} {
		a := attacked(t)
		must(t, os.RemoveAll(a.at(at)))
		must(t, os.MkdirAll(filepath.Dir(a.at(at)), 0o755))
		must(t, os.Symlink(a.victim, a.at(at)))
		a.plant(t, a.journal(t, writes(at+"/w")))
		a.fails(t, "a symbolic link has taken the place")
	}
}

func TestAJournalIsAPlainFileOfOurs(t *testing.T) {
	cases := map[string]func(t *testing.T, a attack){
		"it is a symbolic link": func(t *testing.T, a attack) {
			must(t, os.WriteFile(filepath.Join(a.victim, "j"), a.journal(t, writes("a")), 0o600))
			must(t, os.Symlink(filepath.Join(a.victim, "j"), a.at(journalPath)))
		},
		"it is a named pipe": func(t *testing.T, a attack) { must(t, syscall.Mkfifo(a.at(journalPath), 0o600)) },
		"it is a folder":     func(t *testing.T, a attack) { must(t, os.Mkdir(a.at(journalPath), 0o700)) },
		"it is a hard link": func(t *testing.T, a attack) {
			must(t, os.WriteFile(filepath.Join(a.victim, "j"), a.journal(t, writes("a")), 0o600))
			must(t, os.Link(filepath.Join(a.victim, "j"), a.at(journalPath)))
		},
		"it has not the mode": func(t *testing.T, a attack) {
			must(t, os.WriteFile(a.at(journalPath), a.journal(t, writes("a")), 0o644))
		},
		".owgen: it has not the mode": func(t *testing.T, a attack) {
			a.plant(t, a.journal(t, writes("a")))
			must(t, os.Chmod(a.at(bundle.WorkFolder), 0o777))
		},
		"it is larger than": func(t *testing.T, a attack) {
			a.plant(t, nil)
			must(t, os.Truncate(a.at(journalPath), maxFile+1))
		},
	}
	for want, prepare := range cases {
		t.Run(want, func(t *testing.T) {
			if want == "it is larger than" { // names reads it, and it has no content
				a := attacked(t)
				prepare(t, a)
				if _, err := Recover(a.dir); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v", err)
				}
				return
			}
			a := attacked(t)
			prepare(t, a)
			a.fails(t, want)
		})
	}
}

func TestAJournalOfAnotherUserIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	a := attacked(t)
	a.plant(t, a.journal(t, writes("a")))
	must(t, os.Chown(a.at(journalPath), 12345, -1))
	a.fails(t, "it belongs to another user")
}

func TestAJournalInACloneIsRefused(t *testing.T) {
	git := func(dir string, args ...string) {
		t.Helper()
		command := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@y"}, args...)...)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", args, out)
		}
	}
	a := attacked(t)
	a.plant(t, a.journal(t, writes("a")))
	git(a.dir, "init", "-q")
	git(a.dir, "add", "-f", ".owgen/journal")
	a.fails(t, "git tracks it")

	// Its number fits by chance, and its modes do.
	git(a.dir, "add", "-A")
	git(a.dir, "commit", "-qm", "x")
	clone := attack{filepath.Join(t.TempDir(), "clone"), a.victim}
	git(filepath.Dir(clone.dir), "clone", "-q", a.dir, clone.dir)
	must(t, os.Chmod(clone.at(bundle.WorkFolder), 0o700))
	clone.plant(t, clone.journal(t, writes("a")))
	must(t, os.Chmod(clone.at(journalPath), 0o600))
	if _, err := Recover(clone.dir); err == nil || !strings.Contains(err.Error(), "git tracks it") {
		t.Errorf("got %v", err)
	}
}

// A copy of the folder has the journal of the original, and not its place.
func TestAJournalThatWasCopiedIsRefused(t *testing.T) {
	a := attacked(t)
	a.plant(t, a.journal(t, writes("a")))
	other := attacked(t)
	data, err := os.ReadFile(a.at(journalPath))
	must(t, err)
	other.plant(t, data)
	other.fails(t, "it was not written in this folder")
}

// The lock is opened for writing: a planted one leads nowhere.
func TestAPlantedLockIsNotWrittenTo(t *testing.T) {
	for what, plant := range map[string]func(victim, lock string) error{
		"link": os.Symlink, "hard link": os.Link,
		"pipe": func(_, lock string) error { return syscall.Mkfifo(lock, 0o600) },
	} {
		a := attacked(t)
		victim := filepath.Join(a.victim, "w")
		must(t, plant(victim, a.at(lockPath)))
		if _, err := Apply(compare(t, a.dir, bundled(map[string]string{"a": "11"})), forced()); err == nil {
			t.Errorf("%s: no error", what)
		}
		if data, _ := os.ReadFile(victim); string(data) != "precious" {
			t.Errorf("%s: the victim holds %q", what, data)
		}
	}
}

// The right ones: what reading commands say of a run that was killed, and that they repair nothing.
func TestUnfinished(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2"}))
	found, err := Unfinished(dir)
	must(t, err)
	equal(t, "findings of a whole folder", 0, len(found))
	interrupted(t, dir, compare(t, dir, bundled(map[string]string{"a": "11", "b": "22"})), "rename", "b")
	old := snapshot(t, dir)
	found, err = Unfinished(dir)
	must(t, err)
	equal(t, "findings", []string{"output/journal warning .owgen/journal: an earlier owgen was killed while it wrote 3 files, and the folder may be half written"}, lines(found))
	equal(t, "tree", old, snapshot(t, dir))
	equal(t, "outcome", Completed, recovered(t, dir).Outcome)
	if found, err = Unfinished(dir); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
}

func TestUnfinishedWhileAnotherIsAtWork(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	l, err := open(dir).lock()
	must(t, err)
	defer l.release()
	var locked *LockedError
	if _, err := Unfinished(dir); !errors.As(err, &locked) {
		t.Errorf("got %v", err)
	}
}
