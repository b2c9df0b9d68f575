//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"
)

// Each periodic job of the suite is there, runs where it is to run, and ends well; one that fails says so in its service's log.
func TestMailJobs(t *testing.T) {
	s := mailSuite(t)
	jobs := 0
	for _, service := range s.services() {
		table := s.file.Services[service].Environment["SCHEDULED_JOBS"]
		if table == nil {
			continue
		}
		if out := s.exec(t, service, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"); !strings.Contains(out, "with-jobs --loop") {
			t.Errorf("nothing runs the jobs of %s:\n%s", service, out)
		}
		for line := range strings.Lines(*table) {
			fields := strings.SplitN(strings.TrimSpace(line), "\t", 3)
			if len(fields) != 3 {
				t.Fatalf("%s: no job: %q", service, line)
			}
			jobs++
			if out, err := s.compose(2*time.Minute, "exec", "-T", service, "unprivileged", "sh", "-c", fields[2]); err != nil {
				t.Errorf("%s: %s: %v\n%s", service, fields[1], err, out)
			}
		}
		// The very program with a table of its own: what fails is named, what works runs.
		var out string
		both := func() bool {
			return strings.Contains(out, "jobs: broken FAILED with status 7") && strings.Contains(out, "fine has run")
		}
		for _, seconds := range []string{"8", "60"} { // the second where the machine is slow
			if !both() {
				out, _ = s.compose(2*time.Minute, "exec", "-T", "-e", "SCHEDULED_JOBS=every 2\tbroken\texit 7\nevery 2\tfine\techo fine has run >&2", service,
					"sh", "-c", "with-jobs sleep "+seconds+" 2>&1")
			}
		}
		if !both() || strings.Contains(out, "fine FAILED") {
			t.Errorf("%s: a job that fails, and one that does not:\n%s", service, out)
		}
	}
	if jobs == 0 {
		t.Error("the suite has no jobs")
	}
}

// What is left of logins in the directory goes once it opens nothing any more, however much that is, and nothing before.
func TestMailIdentityForgetsEndedLogins(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "canaille", "openldap")
	session := s.loggedIn(t, anna)
	give := func() string {
		return s.token(t, session, "sogo", s.secret(t, "openid_sogo_secret"), s.webOrigin("webmail")+"/SOGo/", "openid profile email")
	}
	token := give()
	give()
	kept := func(kind string) int {
		return strings.Count(s.exec(t, "openldap", "ldapsearch", "-Q", "-LLL", "-b", "ou=oauth,dc=mail,dc=localhost", "(objectClass="+kind+")", "1.1"), "dn: ")
	}
	before := kept("oauthToken")
	s.exec(t, "canaille", "python", "-m", "tidy")
	if err := s.opens(t, anna, token); err != nil || kept("oauthToken") < 2 {
		t.Errorf("of %d tokens %d are left, and a new one opens no mailbox: %v", before, kept("oauthToken"), err)
	}
	// As late as it is when a login is over. With one at a time it has to ask again for each.
	s.exec(t, "canaille", "python", "-c", "import datetime, tidy; tidy.MOST = 1; tidy.main(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=40))")
	if tokens, codes, clients := kept("oauthToken"), kept("oauthAuthorizationCode"), kept("oauthClient"); tokens+codes != 0 || clients == 0 {
		t.Errorf("40 days later there are %d tokens, %d codes and %d clients", tokens, codes, clients)
	}
	if err := s.opens(t, anna, token); err == nil {
		t.Error("a token that is gone opens a mailbox")
	}
	if err := s.opens(t, anna, give()); err != nil {
		t.Errorf("no new login: %v", err)
	}
}

// Attachments of a mail that somebody began and never sent do not fill webmail's memory for ever; those of one that is written now stay.
func TestMailAttachmentsThatWereLeft(t *testing.T) {
	s := mailSuite(t)
	const folder = "/var/spool/sogo/e2e/draft"
	s.exec(t, "sogo", "sh", "-c", "mkdir -p "+folder+" && echo new >"+folder+"/new && echo old >"+folder+"/old && touch -d '2 days ago' "+folder+"/old")
	for line := range strings.Lines(*s.file.Services["sogo"].Environment["SCHEDULED_JOBS"]) {
		if fields := strings.SplitN(strings.TrimSpace(line), "\t", 3); fields[1] == "remove-left-attachments" {
			s.exec(t, "sogo", "sh", "-c", fields[2])
		}
	}
	if left := strings.TrimSpace(s.exec(t, "sogo", "ls", folder)); left != "new" {
		t.Errorf("left are %q, and not the new one alone", left)
	}
	s.exec(t, "sogo", "rm", "-r", "/var/spool/sogo/e2e")
}
