// Package locale says the messages of the server in the languages of its users.
// The code speaks English; a catalogue for each other language maps the English
// sentence, with `{}` for what is filled in, to its translation. Codes never change.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Default is the language of the code; others fall back to it.
const Default = "en"

//go:embed catalogue/*.json
var files embed.FS

// Languages are those that the server speaks.
var Languages = []string{Default, "de"}

var matcher = language.NewMatcher([]language.Tag{language.English, language.German})

// Match returns the language for an Accept-Language header (RFC 9110, section
// 12.5.4); the default for one that is empty or not understood.
func Match(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return Default
	}
	_, index, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return Default
	}
	return Languages[index]
}

// pattern recognises the sentences of a template and finds what was filled in.
type pattern struct {
	id     string
	prefix string
	match  *regexp.Regexp
}

type catalogue struct {
	localizer *i18n.Localizer
	known     map[string]bool
	patterns  []pattern
}

var catalogues = load()

func load() map[string]catalogue {
	bundle := i18n.NewBundle(language.English)
	out := map[string]catalogue{}
	for _, name := range Languages[1:] {
		file := "catalogue/messages." + name + ".json"
		raw, err := files.ReadFile(file)
		if err != nil {
			panic(fmt.Sprintf("locale: %v", err)) // it is part of the program
		}
		if _, err := bundle.ParseMessageFileBytes(raw, file); err != nil {
			panic(fmt.Sprintf("locale: %s: %v", file, err))
		}
		var ids map[string]json.RawMessage
		if err := json.Unmarshal(raw, &ids); err != nil {
			panic(fmt.Sprintf("locale: %s: %v", file, err))
		}
		c := catalogue{localizer: i18n.NewLocalizer(bundle, name), known: map[string]bool{}}
		for id := range ids {
			c.known[id] = true
			if strings.Contains(id, hole) {
				c.patterns = append(c.patterns, patternOf(id))
			}
		}
		// What says the most of a sentence is tried first.
		slices.SortFunc(c.patterns, func(a, b pattern) int {
			if d := len(b.id) - len(a.id); d != 0 {
				return d
			}
			return strings.Compare(a.id, b.id)
		})
		out[name] = c
	}
	return out
}

// hole is what stands in a template for what is filled in.
const hole = "{}"

func patternOf(id string) pattern {
	parts := strings.Split(id, hole)
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return pattern{
		id: id, prefix: strings.Split(id, hole)[0],
		match: regexp.MustCompile(`(?s)\A` + strings.Join(parts, `(.*?)`) + `\z`),
	}
}

// maxNesting bounds how deep messages inside of messages are translated.
const maxNesting = 3

// maxLength bounds what is compared with templates.
const maxLength = 4096

// Translate says a message of the server in a language. What the catalogue does
// not know stays as it is.
func Translate(lang, message string) string {
	c, ok := catalogues[lang]
	if !ok || message == "" || len(message) > maxLength {
		return message
	}
	return c.say(message, maxNesting)
}

// names are what the holes of a template are called in translations.
const names = "abcdefgh"

func (c catalogue) say(message string, depth int) string {
	if c.known[message] {
		return c.localize(message, nil, message)
	}
	if depth == 0 {
		return message
	}
	for _, p := range c.patterns {
		if !strings.HasPrefix(message, p.prefix) {
			continue
		}
		found := p.match.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		values := map[string]any{}
		for i, value := range found[1:] {
			if i < len(names) {
				values[names[i:i+1]] = c.say(value, depth-1)
			}
		}
		return c.localize(p.id, values, message)
	}
	return message
}

func (c catalogue) localize(id string, values map[string]any, otherwise string) string {
	// Templates get no functions and the values are data only.
	text, err := c.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: values, PluralCount: values["a"]})
	if err != nil {
		text, err = c.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: values})
	}
	if err != nil || text == "" {
		return otherwise
	}
	return text
}
