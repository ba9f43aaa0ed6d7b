package attachment

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"":                                "file",
		".":                               "file",
		"..":                              "file",
		"../../etc/passwd":                "passwd",
		`C:\Users\x\report.docx`:          "report.docx",
		"a\r\nX-Evil: 1.txt":              "a__X-Evil_ 1.txt",
		"CON":                             "_CON",
		"nul.txt":                         "_nul.txt",
		"lpt1.tar.gz":                     "_lpt1.tar.gz",
		"console.log":                     "console.log",
		"photo\u202egnp.exe":              "photo_gnp.exe",
		"🧯 fire.png":                      "🧯 fire.png",
		"  spaces and dots. . .":          "spaces and dots",
		`quo"te.txt`:                      "quo_te.txt",
		"a\xffb":                          "a_b",
		strings.Repeat("ü", 300) + ".png": strings.Repeat("ü", 196) + ".png",
	} {
		got := cleanName(name)
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		kind, params, err := mime.ParseMediaType(disposition(got))
		if err != nil || kind != "attachment" || params["filename"] != got || !utf8.ValidString(got) {
			t.Errorf("%q: %q gives %q, %v", name, disposition(got), params["filename"], err)
		}
	}
}
