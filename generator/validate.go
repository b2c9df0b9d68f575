package generator

import (
	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/diag"
)

func validate(project *compose.Project, folders map[string]map[string][]byte) diag.List { return nil }
