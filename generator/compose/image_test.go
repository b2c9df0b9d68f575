package compose

import (
	"crypto/sha256"
	"fmt"
	"math"
	"strings"
	"testing"
)

// Scanners for leaked keys report what stands behind a name such as "api:" if its characters are as mixed as this.
const suspicious = 3.5

func TestTagsLookLikeNoKey(t *testing.T) {
	for i := range 20000 {
		hash := sha256.Sum256([]byte(fmt.Sprint(i)))
		for _, version := range []string{"1.3", "17", "1.26", "2.6", "1.6.7", "0.7.2", "2026.11.27"} {
			if tag := version + "-" + number(hash[:]); entropy(tag) >= suspicious || len(tag) > 128 {
				t.Fatalf("%s has %.2f bits a character", tag, entropy(tag))
			}
		}
	}
	if got := number([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}); got != strings.Repeat("7", 17) {
		t.Errorf("the largest is %s", got)
	}
}

func entropy(text string) (bits float64) {
	for _, r := range text {
		bits -= math.Log2(float64(strings.Count(text, string(r))) / float64(len(text)))
	}
	return bits / float64(len(text))
}
