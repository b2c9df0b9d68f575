package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in the scripts")

// TestMain lets scripts and tests call owgen as a user does.
// patient names the variable by which a test gives the program as much patience as a busy machine needs.
const patient = "OWGEN_TEST_PATIENCE"

func TestMain(m *testing.M) {
	quiet() // as main does
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") == "owgen" {
		if given, err := time.ParseDuration(os.Getenv(patient)); err == nil {
			patience = given
		}
		main()
	}
	testscript.Main(installed{m}, map[string]func(){"docker": fakeDocker, "kubectl": fakeDocker})
}

// installed puts owgen beside the fake docker in $PATH. If testscript did, each line of a script would start a process.
type installed struct{ *testing.M }

func (i installed) Run() int {
	docker, err := exec.LookPath("docker")
	if err == nil {
		err = os.Link(docker, filepath.Join(filepath.Dir(docker), "owgen"+filepath.Ext(docker)))
	}
	if err != nil {
		say(os.Stderr, "owgen cannot be put into $PATH: %s\n", err)
		return exitEnvironment
	}
	return i.M.Run()
}

// TestScripts runs testdata/script: the good and the bad days of each command. A line with owgen calls what main calls, in
// this process: a third of the time of a new one. Where a process is meant, with a terminal or /dev/stdout, it says `exec owgen`.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(".") // owgen changes it, and it has to come back
	environ := os.Environ()
	t.Cleanup(func() { setEnviron(environ) })
	deadline, _ := t.Deadline()
	testscript.RunT(inSeries{t}, testscript.Params{
		Dir:           filepath.Join(root, "testdata", "script"),
		Deadline:      deadline,
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			// As CONTRIBUTING.md says: the example is copied to a folder with the service's name.
			catalog := filepath.Join(e.WorkDir, ".catalog")
			e.Setenv("WHOAMI", catalog)
			if err := os.CopyFS(filepath.Join(catalog, "whoami"), os.DirFS(filepath.Join(root, "dockerfiles", "_example"))); err != nil {
				return err
			}
			e.Setenv("IMPORT", filepath.Join(root, "testdata", "import"))
			e.Setenv("TESTDATA", filepath.Join(root, "testdata"))
			e.Setenv("FAKE_DOCKER", "")
			e.Setenv("DOCKER_HOST", "")
			e.Values["environ"] = slices.Clone(e.Vars)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"owgen": owgen, "same": same, "mode": mode, "has": has},
	})
}

// inSeries runs one script after the other: the working folder and the environment belong to the whole process.
type inSeries struct{ *testing.T }

func (inSeries) Parallel()     {}
func (inSeries) Verbose() bool { return testing.Verbose() }
func (s inSeries) Run(name string, script func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { script(inSeries{t}) })
}

// owgen ARGUMENTS runs a command line as main does, in the script's folder, with the variables that Setup has named and
// the values that the script gave them.
func owgen(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.Chdir(ts.MkAbs(".")))
	var environ []string
	for _, entry := range ts.Value("environ").([]string) {
		name, _, _ := strings.Cut(entry, "=")
		environ = append(environ, name+"="+ts.Getenv(name))
	}
	setEnviron(environ)
	if code := run(args, ts.Stdout(), ts.Stderr()); (code == 0) == neg {
		ts.Fatalf("owgen ended with exit code %d", code)
	}
}

func setEnviron(environ []string) {
	os.Clearenv()
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); name != "" {
			_ = os.Setenv(name, value)
		}
	}
}

// same A B compares two folders, names, modes and bytes; ! same expects a difference.
func same(ts *testscript.TestScript, neg bool, args []string) {
	a, b := snapshot(ts, args[0]), snapshot(ts, args[1])
	equal := len(a) == len(b)
	for path, content := range a {
		if b[path] != content {
			equal = false
			if !neg {
				ts.Logf("%s differs", path)
			}
		}
	}
	if equal == neg {
		ts.Fatalf("%s and %s: same is %v", args[0], args[1], equal)
	}
}

func snapshot(ts *testscript.TestScript, dir string) map[string]string {
	out := map[string]string{}
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		out[rel] = info.Mode().String() + string(data)
		return err
	}))
	return out
}

// mode FILE PERMISSIONS checks a file's mode as ls prints it.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if (info.Mode().String() == args[1]) == neg {
		ts.Fatalf("%s has mode %s", args[0], info.Mode())
	}
}

// has FILE TEXT wants exactly the text in the file, without a newline at its end, as secrets are.
func has(ts *testscript.TestScript, neg bool, args []string) {
	if (ts.ReadFile(args[0]) == args[1]) == neg {
		ts.Fatalf("%s holds %q", args[0], ts.ReadFile(args[0]))
	}
}
