package target

import (
	"strings"

	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
)

// Backup is the folder that backups lie in: closed, and ignored by git.
const Backup = "backup/"

// Words is a program with its arguments, as a shell reads it.
func Words(command []string) string {
	quoted := make([]string, len(command))
	for i, word := range command {
		quoted[i] = dotenv.Shell(word)
	}
	return strings.Join(quoted, " ")
}

// Line is the line of a shell that does a step: the words by which an engine does it, and the file of the backup that the
// program writes or reads.
func Line(s plan.Step, words ...string) string {
	if s.To != "" {
		words = append(words, ">", dotenv.Shell(Backup+s.To))
	}
	if s.From != "" {
		words = append(words, "<", dotenv.Shell(Backup+s.From))
	}
	return strings.Join(words, " ")
}
