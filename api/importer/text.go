package importer

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fixdesk/fixdesk/api/ticket"
)

// The limit of a title, in code points, and of a description, in bytes: what
// the column holds.
const (
	maxTitle       = 200
	maxDescription = 1<<24 - 1
)

// Cut shortens a text to a title's length, at the end of a word where one is
// near, and reports whether it had to.
func Cut(s string) (string, bool) {
	if utf8.RuneCountInString(s) <= maxTitle {
		return s, false
	}
	runes := []rune(s)[:maxTitle-1]
	end := len(runes)
	for i := end; i > end-40; i-- {
		if unicode.IsSpace([]rune(s)[i]) {
			end = i
			break
		}
	}
	return strings.TrimRightFunc(string(runes[:end]), unicode.IsSpace) + "…", true
}

// OneLine makes one line of a text: each run of white space becomes one space.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Blank reports whether a text has nothing but white space.
func Blank(s string) bool { return strings.TrimSpace(s) == "" }

// CheckTexts returns why a ticket cannot have its texts, or nil.
func CheckTexts(t ticket.Ticket) error {
	if err := CheckTitle(t.Title); err != nil {
		return err
	}
	return CheckDescription(t.Description)
}

// CheckTitle returns why a ticket cannot have a title, or nil.
func CheckTitle(s string) error {
	switch {
	case Blank(s):
		return errors.New("no title")
	case utf8.RuneCountInString(s) > maxTitle:
		return errors.New("the title is longer than 200 characters")
	}
	return CheckText(s)
}

// CheckDescription returns why a ticket cannot have a description, or nil.
func CheckDescription(s string) error {
	if Blank(s) {
		return errors.New("no description")
	}
	return CheckText(s)
}

// CheckText returns why a text cannot be stored, or nil.
func CheckText(s string) error {
	switch {
	case len(s) > maxDescription:
		return errors.New("a text is longer than 16 MiB")
	case !utf8.ValidString(s):
		return errors.New("not valid UTF-8")
	case strings.ContainsRune(s, 0):
		return errors.New("contains the character U+0000")
	}
	return nil
}
