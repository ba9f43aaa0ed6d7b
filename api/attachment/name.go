package attachment

import (
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxName = 200 // code points

// reserved are the names that Windows keeps for devices, with any extension.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$`)

// cleanName makes of a name that a client gave one that is safe to show and to
// save under: no folders, no control or direction characters, none that Windows
// refuses. It never names anything at the server.
func cleanName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return '_'
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x2028, r == 0x2029:
			return '_'
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.TrimRight(strings.TrimFunc(name, unicode.IsSpace), ". ")
	if name == "" {
		return "file"
	}
	if reserved.MatchString(name) {
		name = "_" + name
	}
	if runes := []rune(name); len(runes) > maxName {
		ext := []rune(path.Ext(name))
		if len(ext) > 20 {
			ext = nil
		}
		name = string(runes[:maxName-len(ext)]) + string(ext)
	}
	return name
}

// disposition is the header with which a file is saved under its name: RFC 6266,
// with a name in ASCII for what does not know RFC 8187.
func disposition(name string) string {
	var plain, coded strings.Builder
	for _, r := range name {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			plain.WriteByte('_')
		} else {
			plain.WriteRune(r)
		}
	}
	const hex = "0123456789ABCDEF"
	for i := range len(name) {
		c := name[i]
		if c < 0x80 && (c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0) {
			coded.WriteByte(c)
			continue
		}
		coded.WriteByte('%')
		coded.WriteByte(hex[c>>4])
		coded.WriteByte(hex[c&15])
	}
	return `attachment; filename="` + plain.String() + `"; filename*=UTF-8''` + coded.String()
}
