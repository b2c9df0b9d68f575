package dockerfile

import (
	"fmt"
	"strings"
	"testing"
)

// Words that name others are expanded only as far as a process could get them.
func TestWordsGrowIntoNoBomb(t *testing.T) {
	doubling := func(instruction, first string) string {
		text := first + instruction + " A0=xxxxxxxxxx\n"
		for i := 1; i < 60; i++ {
			text += fmt.Sprintf("%s A%d=${A%d}$A%d\n", instruction, i, i-1, i-1)
		}
		return text
	}
	tests := map[string]string{
		"ARG before FROM": doubling("ARG", "") + "FROM x:$A59\n",
		"ENV":             doubling("ENV", "FROM x\n") + "USER $A59\n",
		"EXPOSE":          "FROM x\nENV A=" + strings.Repeat("x", 50_000) + "\nEXPOSE " + strings.Repeat("$A", 20_000) + "\n",
		"all together":    "FROM x\nENV A=" + strings.Repeat("x", 50_000) + "\n" + strings.Repeat("LABEL a=$A$A\n", 500),
	}
	for name, text := range tests {
		image := ParseFile(File{Path: "Dockerfile", Data: []byte(text)})
		Evaluate(map[string]*Image{"a": image}, map[string]Build{"a": {}})
		found := ""
		for _, i := range image.Issues {
			found += i.Rule + " " + i.Message + "\n"
		}
		if !strings.Contains(found, "128 KiB") {
			t.Errorf("%s: %s", name, found)
		}
	}
}
