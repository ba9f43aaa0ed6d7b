package db

import "unicode/utf8"

// Cut keeps the first code points of a text, at most as many as a column holds.
func Cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}
