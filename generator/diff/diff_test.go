package diff_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/project"
)

var update = flag.Bool("update", false, "write what Compare says into the archives")

// side loads the files of an archive below a folder.
func side(t *testing.T, archive *txtar.Archive, folder string) diff.Side {
	t.Helper()
	s := diff.Side{Files: map[string][]byte{}}
	for _, file := range archive.Files {
		if name, ok := strings.CutPrefix(file.Name, folder+"/"); ok {
			s.Files[name] = file.Data
		}
	}
	if s.Files["docker-compose.yml"] == nil {
		return s
	}
	project, found := project.Load(t.Context(), project.Sources{File: "docker-compose.yml", Compose: s.Files["docker-compose.yml"],
		EnvFile: ".env", Env: s.Files[".env"], EnvFiles: s.Files})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	s.Project = project
	return s
}

// TestChanges runs testdata/*.txtar: two sides, and what Compare says of them.
func TestChanges(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(err, "no archives")
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var options diff.Options
			want := ""
			for _, file := range archive.Files {
				switch file.Name {
				case "want":
					want = string(file.Data)
				case "replaced":
					options.Replaced = strings.Fields(string(file.Data))
				case "known":
					service, rest, _ := strings.Cut(strings.TrimSpace(string(file.Data)), " ")
					variable, rest, _ := strings.Cut(rest, " ")
					cost, why, _ := strings.Cut(rest, ": ")
					known := diff.Known{Variable: variable, Service: service, Why: why}
					if strings.Contains(variable, ".") {
						known.Setting, known.Variable = variable, ""
					}
					if err := known.Cost.UnmarshalText([]byte(cost)); err != nil {
						t.Fatal(err)
					}
					options.Known = append(options.Known, known)
				}
			}
			r := diff.Compare(side(t, archive, "old"), side(t, archive, "new"), options)
			got := r.Text(diff.Plain)
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestMarkdown holds the comment of a pull request against what GitHub makes of it.
func TestMarkdown(t *testing.T) {
	r := diff.Report{Cost: diff.DataAtRisk,
		Notes:    []diff.Reason{{Cost: diff.DataAtRisk, What: "volume a_b: gone"}},
		Services: []diff.Consequence{{Name: "web", Change: diff.Changed, Cost: diff.DataAtRisk, Reasons: []diff.Reason{{Cost: diff.DataAtRisk, What: "a | b <c>"}, {Cost: diff.Restart, What: "x: `a|b_c`"}}}},
		Files:    []diff.File{{Path: "f", Change: diff.Changed, Added: 1, Lines: "@@\n+````\n"}, {Path: "g", Change: diff.Added, Added: 3}}}
	want := "### `b`: DATA AT RISK\n\nData is left behind, or may not be readable any longer: make a backup first.\n\n" +
		"* **DATA AT RISK**: volume a\\_b: gone\n\n" +
		"1 service changed.\n\n| Service | | Cost | Why |\n|---|---|---|---|\n" +
		"| `web` | changed | **DATA AT RISK** | a \\| b &lt;c&gt;<br>x: `a\\|b_c` (restart) |\n" +
		"\n<details><summary>1 file changed, 1 file added</summary>\n\n* changed `f` +1\n* added `g` +3\n" +
		"\n`f`\n\n`````diff\n@@\n+````\n`````\n\n</details>\n"
	if got := r.Markdown("`b`"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := (diff.Report{}).Markdown("`b`"); got != "### `b`: nothing changes\n" {
		t.Error(got)
	}
	for range 100 {
		r.Files = append(r.Files, diff.File{Path: "f", Lines: strings.Repeat("+x\n", 1000)})
	}
	if got := r.Markdown("b"); len(got) > 65_000 || !strings.Contains(got, "Not shown") {
		t.Errorf("a comment of %d bytes", len(got))
	}
}

// TestCosts checks that a cost survives JSON.
func TestCosts(t *testing.T) {
	for _, cost := range diff.Costs() {
		text, err := json.Marshal(cost)
		var back diff.Cost
		if err != nil || json.Unmarshal(text, &back) != nil || back != cost {
			t.Errorf("%v became %s, and then %v", cost, text, back)
		}
	}
	if json.Unmarshal([]byte(`"free"`), new(diff.Cost)) == nil {
		t.Error("an unknown cost was read")
	}
}
