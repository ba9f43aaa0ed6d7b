package parse

import (
	"regexp"
	"strings"
)

// ReplyMark is the line above which answers are written. Mails that the desk
// sends begin with it.
const (
	ReplyMarkStart = "##-"
	ReplyMarkEnd   = "-##"
)

// maxSplit is how much of a text is looked through; longer ones are no letters.
const maxSplit = 256 << 10

var (
	// "On 2 March 2026 at 10:00, Amara Okafor <a@example.com> wrote:" in the
	// languages of the usual clients.
	attribution = regexp.MustCompile(`(?i)^(on|am|le|el|il|op|em|den|w dniu)\b.{4,400}\b(wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał\(a\)|napisał)\b.{0,200}:$`)
	// German clients also put the verb first: "Amara schrieb am …:".
	attribution2 = regexp.MustCompile(`(?i)^.{1,200}\b(schrieb|wrote)\b.{0,200}:$`)
	attributed   = regexp.MustCompile(`(?i)^(on|am|le|el|il|op|em|den)\b.{4,}`)
	separator    = regexp.MustCompile(`(?i)^[-_*\s]*(original message|ursprüngliche nachricht|original-nachricht|originalnachricht|message d'origine|message transféré|weitergeleitete nachricht|forwarded message|mensaje original|messaggio originale|begin forwarded message)\s*:?[-_*\s]*$`)
	headLine     = regexp.MustCompile(`(?i)^\*?(from|von|de|da|van)\s*:\*?\s*\S`)
	headMore     = regexp.MustCompile(`(?i)^\*?(sent|gesendet|date|datum|envoyé|enviado|inviato|to|an|à|para|a|subject|betreff|objet|asunto|oggetto|cc)\s*:\*?\s*\S`)
	sentFrom     = regexp.MustCompile(`(?i)^(sent from my|von meinem .{1,40} gesendet|gesendet mit|gesendet von|envoyé de mon|get outlook for|outlook für|sent from outlook|sent with)\b.{0,80}$`)
)

// Split takes a text apart: what its writer wrote, what they quoted, and their
// signature. Nothing is lost: where in doubt, all of it is new.
func Split(text string) (fresh, quoted, signature string) {
	text = strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if len(text) > maxSplit {
		return text, "", ""
	}
	lines := strings.Split(text, "\n")
	at := len(lines)
	for i := range lines {
		if beginsQuote(lines, i) {
			at = i
			break
		}
	}
	// Quoted lines at the end, whatever introduces them.
	if at == len(lines) {
		end := len(lines)
		for end > 0 && (isQuoted(lines[end-1]) || strings.TrimSpace(lines[end-1]) == "") {
			end--
		}
		if end < len(lines) && hasQuoted(lines[end:]) {
			at = end
		}
	}
	head, tail := lines[:at], lines[at:]
	// Answers between the lines of the quote belong to it: all is new.
	if interleaved(tail) {
		return text, "", ""
	}
	head, sig := cutSignature(head)
	fresh = strings.TrimSpace(strings.Join(head, "\n"))
	quoted = strings.Trim(strings.Join(tail, "\n"), "\n")
	if fresh == "" {
		return text, "", ""
	}
	return fresh, quoted, strings.TrimSpace(strings.Join(sig, "\n"))
}

func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") }

func hasQuoted(lines []string) bool {
	for _, l := range lines {
		if isQuoted(l) {
			return true
		}
	}
	return false
}

// unquoted takes the marks of a quote from a line.
func unquoted(line string) string { return strings.TrimSpace(strings.TrimLeft(line, "> \t")) }

func beginsQuote(lines []string, i int) bool {
	line := unquoted(lines[i])
	switch {
	case line == "" || len(line) > 1000:
		return false
	case strings.HasPrefix(line, ReplyMarkStart) && strings.HasSuffix(line, ReplyMarkEnd):
		return true
	case separator.MatchString(line), attribution.MatchString(line):
		return true
	case attribution2.MatchString(line) && followedByQuote(lines, i+1):
		return true
	case attributed.MatchString(line):
		// Clients break the line in two or three.
		joined := line
		for j := i + 1; j < len(lines) && j <= i+3; j++ {
			next := unquoted(lines[j])
			if next == "" {
				break
			}
			if joined += " " + next; len(joined) < 1000 && attribution.MatchString(joined) {
				return true
			}
		}
	case headLine.MatchString(line):
		n := 0
		for j := i + 1; j < len(lines) && j <= i+6; j++ {
			if headMore.MatchString(unquoted(lines[j])) {
				n++
			}
		}
		return n >= 2
	case strings.Trim(line, "_") == "" && len(line) >= 20:
		for j := i + 1; j < len(lines) && j <= i+2; j++ {
			if headLine.MatchString(unquoted(lines[j])) {
				return true
			}
		}
	}
	return false
}

func followedByQuote(lines []string, from int) bool {
	for j := from; j < len(lines) && j <= from+2; j++ {
		if strings.TrimSpace(lines[j]) != "" {
			return isQuoted(lines[j])
		}
	}
	return false
}

// interleaved reports whether new text stands between quoted lines, or after the
// last of them, other than a signature.
func interleaved(tail []string) bool {
	if !hasQuoted(tail) {
		return false // Outlook quotes without marks
	}
	seen, fresh := false, 0
	for i, l := range tail {
		switch {
		case strings.TrimSpace(l) == "":
		case l == "-- " || l == "--" || sentFrom.MatchString(strings.TrimSpace(l)):
			return fresh > 0
		case isQuoted(l):
			if fresh > 0 {
				return true
			}
			seen = true
		case seen && !beginsQuote(tail, i):
			fresh++
		}
	}
	return fresh > 0
}

// cutSignature finds a signature at the end: after the line that is for that
// (RFC 3676, 4.3), or the line of a phone.
func cutSignature(lines []string) (head, signature []string) {
	for i := len(lines) - 1; i >= 0 && len(lines)-i <= 30; i-- {
		line := lines[i]
		if line == "-- " || line == "--" || line == "—" {
			return lines[:i], lines[i+1:]
		}
		if trimmed := strings.TrimSpace(line); trimmed != "" && len(lines)-i <= 5 && sentFrom.MatchString(trimmed) {
			return lines[:i], lines[i:]
		}
	}
	return lines, nil
}
