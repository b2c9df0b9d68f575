//go:build e2e

package e2e

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// extraTask is one that no service declares, for the setting schedules.extra.
const extraTask = "celery.backend_cleanup"

// Each periodic job names a task that the workers know: a job whose task is gone would fail every night without a word.
func TestJobsNameTasksThatExist(t *testing.T) {
	s := shared(t)
	var jobs []struct{ Name, Task string }
	if err := json.Unmarshal([]byte(s.exec(t, "celerybeat", "cat", "/opt/openwisp/jobs.json")), &jobs); err != nil || len(jobs) < 10 {
		t.Fatalf("%d jobs: %v", len(jobs), err)
	}
	if !slices.ContainsFunc(jobs, func(job struct{ Name, Task string }) bool { return job.Task == extraTask }) {
		t.Errorf("the operator's own task %s is not among the jobs", extraTask)
	}
	var tasks []string
	s.django(t, "from openwisp.celery import app\napp.loader.import_default_modules()\nanswer(sorted(app.tasks))", &tasks)
	known := map[string]bool{}
	for _, task := range tasks {
		known[task] = true
	}
	for _, job := range jobs {
		if !known[job.Task] {
			t.Errorf("the job %s calls %s, which does not exist", job.Name, job.Task)
		}
	}
}

// manage.py works as people know it, and finds nothing to complain about.
func TestManagementCommands(t *testing.T) {
	s := shared(t)
	for _, args := range [][]string{
		{"check"},
		{"makemigrations", "--check", "--dry-run"},
		{"showmigrations", "--plan"},
	} {
		if _, err := s.compose(3*time.Minute, append([]string{"exec", "-T", "dashboard", "python", "manage.py"}, args...)...); err != nil {
			t.Errorf("manage.py %v: %v", args, err)
		}
	}
}

// The runbook's way to another password works, and the one in secrets/ does not count any more.
func TestRunbookSetsAnotherPassword(t *testing.T) {
	s := shared(t)
	s.django(t, "from django.contrib.auth import get_user_model\nget_user_model().objects.create_superuser('runbook', 'runbook@example.org', 'before-Xy7!')", nil)
	out, err := command(2*time.Minute, s.dir, "after-Xy7!q\nafter-Xy7!q\n", "docker", "compose", "exec", "-T", "dashboard", "python", "-c",
		"import getpass, sys\ngetpass.getpass = lambda *a, **k: sys.stdin.readline().strip()\nsys.argv = ['manage.py', 'changepassword', 'runbook']\nexec(open('manage.py').read())")
	if err != nil {
		t.Fatalf("changepassword: %v\n%s", err, out)
	}
	var right []bool
	s.django(t, "from django.contrib.auth import authenticate\nanswer([bool(authenticate(username='runbook', password=p)) for p in ('before-Xy7!', 'after-Xy7!q')])", &right)
	if len(right) != 2 || right[0] || !right[1] {
		t.Errorf("the old password and the new one are taken: %v", right)
	}
}

// The Python code of the images, by its own tests, inside the image that it is part of.
func TestPythonCode(t *testing.T) {
	s := shared(t)
	must(command(5*time.Minute, "", "", "sh", "../dockerfiles/python/tests/run.sh", s.file.Services["openwisp-python"].Image))(t)
}
