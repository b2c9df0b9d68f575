package lint

import "github.com/owgen/owgen/generator/project"

// readingRules are the findings of reading a project.
func readingRules() []Rule {
	return []Rule{
		{ID: "compose-syntax", Summary: "The compose file is YAML.",
			Reason: "Nothing can be made of a file that cannot be parsed.",
			Fix:    project.Fix("compose-syntax")},
		{ID: "compose-schema", Summary: "Every key of the compose file exists, with a value of the right type.",
			Reason: "Compose refuses the whole project for one unknown key.",
			Fix:    project.Fix("compose-schema")},
		{ID: "compose-invalid", Summary: "The project can be loaded as Compose loads it.",
			Reason: "What compose-go refuses, `docker compose` refuses as well.",
			Fix:    project.Fix("compose-invalid")},
		{ID: "env-syntax", Summary: "The .env file can be read by Compose.",
			Reason: "Compose refuses the whole project for one line of .env that it cannot read.",
			Fix:    project.Fix("env-syntax")},
	}
}
