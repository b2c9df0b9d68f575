package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"path"
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// The parts of SARIF 2.1.0 that findings need.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		SemanticVersion string      `json:"semanticVersion"`
		InformationURI  string      `json:"informationUri"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifMessage `json:"shortDescription"`
		Full    sarifMessage `json:"fullDescription"`
		Help    sarifMessage `json:"help"`
		HelpURI string       `json:"helpUri,omitempty"`
		Default struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifMessage struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI    string `json:"uri"`
				BaseID string `json:"uriBaseId,omitempty"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
)

// SARIF renders findings as a SARIF 2.1.0 log, which code hosts show beside the lines. Every rule is in it, with
// its help.
func SARIF(version string, found diag.List) ([]byte, error) {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "owgen", SemanticVersion: version, InformationURI: "https://github.com/owgen/owgen"}
	index := map[string]int{}
	for i, rule := range Rules() {
		index[rule.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule.sarif())
	}
	for _, f := range found {
		i, known := index[f.Rule]
		if !known {
			i = -1
		}
		run.Results = append(run.Results, sarifOf(f, i))
	}
	log := sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
	text, err := json.MarshalIndent(log, "", "  ")
	return append(text, '\n'), err
}

func (r Rule) sarif() sarifRule {
	out := sarifRule{ID: r.ID, HelpURI: r.Docs}
	out.Short.Text = r.Summary
	out.Full.Text = r.Summary + " " + r.Reason
	out.Help.Text = r.Reason + "\n\nTo mend it: " + r.Fix + ".\n\nTo allow it in one place, with a reason: # " + excuseMark + " " + r.ID + ": the reason"
	out.Help.Markdown = r.Reason + "\n\n**To mend it:** " + r.Fix + ".\n\n**To allow it in one place**, with a reason, above the line:\n\n```yaml\n# " +
		excuseMark + " " + r.ID + ": the reason\n```"
	out.Default.Level = r.Severity.String()
	return out
}

func sarifOf(f diag.Finding, rule int) sarifResult {
	out := sarifResult{RuleID: f.Rule, RuleIndex: rule, Level: f.Severity.String()}
	out.Message.Text = f.Message
	if f.Path != "" {
		out.Message.Text = f.Path + ": " + f.Message
	}
	if f.Hint != "" {
		out.Message.Text += ". Hint: " + f.Hint
	}
	var location sarifLocation
	location.Physical.Artifact.URI = uri(f.File)
	if !path.IsAbs(f.File) {
		location.Physical.Artifact.BaseID = "%SRCROOT%"
	}
	if f.Line > 0 {
		location.Physical.Region = &sarifRegion{StartLine: f.Line}
	}
	out.Locations = []sarifLocation{location}
	// Without the line, so that a finding stays the same when something is written above it.
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, f.File, f.Path, f.Message}, "\x00")))
	out.Fingerprints = map[string]string{"owgen/v1": hex.EncodeToString(sum[:])}
	return out
}

// uri is a path as a reference: its colons and spaces must not be taken for something else.
func uri(file string) string {
	if path.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: file}).String()
	}
	return (&url.URL{Path: file}).String()
}
