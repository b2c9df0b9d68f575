package lint_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
)

// TestSARIF checks what the schema of SARIF 2.1.0 demands of a log, and what readers make of it.
func TestSARIF(t *testing.T) {
	text, err := lint.SARIF("1.2.3", diag.List{
		{Rule: "privileged", File: "my app/compose.yml", Line: 3, Path: "services.web.privileged", Message: "is privileged", Hint: "do not"},
		{Rule: "from-unpinned", Severity: diag.Warning, File: "/abs/Dockerfile", Message: "no version"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID                                      string
						ShortDescription, FullDescription, Help struct{ Text string }
						DefaultConfiguration                    struct{ Level string }
					}
				}
			}
			Results []struct {
				RuleID              string
				RuleIndex           int
				Level               string
				Message             struct{ Text string }
				PartialFingerprints map[string]string
				Locations           []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI, URIBaseID string }
						Region           *struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || run.Tool.Driver.Name != "owgen" || len(run.Tool.Driver.Rules) != len(lint.Rules()) {
		t.Errorf("%s", text)
	}
	seen := map[string]bool{}
	for _, rule := range run.Tool.Driver.Rules {
		level := rule.DefaultConfiguration.Level
		if seen[rule.ID] || rule.ShortDescription.Text == "" || rule.FullDescription.Text == "" || rule.Help.Text == "" || level != "error" && level != "warning" {
			t.Errorf("rule %+v", rule)
		}
		seen[rule.ID] = true
	}
	first, second := run.Results[0], run.Results[1]
	if run.Tool.Driver.Rules[first.RuleIndex].ID != "privileged" || first.Level != "error" || second.Level != "warning" {
		t.Errorf("%+v", run.Results)
	}
	at := first.Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "my%20app/compose.yml" || at.ArtifactLocation.URIBaseID != "%SRCROOT%" || at.Region.StartLine != 3 {
		t.Errorf("%+v", at)
	}
	at = second.Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "file:///abs/Dockerfile" || at.Region != nil {
		t.Errorf("%+v", at)
	}
	if first.Message.Text != "services.web.privileged: is privileged. Hint: do not" || first.PartialFingerprints["owgen/v1"] == "" {
		t.Errorf("%+v", first)
	}
	none, err := lint.SARIF("1.2.3", nil)
	if err != nil || !bytes.Contains(none, []byte(`"results": []`)) {
		t.Errorf("%v, %s", err, none)
	}
}
