package main

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

// compare says in words what in the later document breaks clients of the
// earlier one. A document whose version is 0.x is a draft that promises
// nothing; so is an operation marked x-stability-level: draft.
func compare(earlier, later []byte) ([]string, error) {
	from, err := parse(earlier)
	if err != nil {
		return nil, fmt.Errorf("the earlier document: %w", err)
	}
	to, err := parse(later)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(from.Version, "0.") {
		fmt.Printf("specdiff: the earlier document is the draft %s: nothing to keep\n", from.Version)
		return nil, nil
	}
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), from, to)
	if err != nil {
		return nil, err
	}
	words := checker.NewDefaultLocalizer()
	var breaks []string
	for _, change := range checker.CheckBackwardCompatibility(checker.NewConfig(checker.GetAllChecks()), report, sources) {
		text := change.GetUncolorizedText(words)
		if change.GetLevel() == checker.ERR && !grows(change.GetId(), change.GetPath(), text) {
			breaks = append(breaks, fmt.Sprintf("%s %s: %s [%s]", change.GetOperation(), change.GetPath(), text, change.GetId()))
		}
	}
	return breaks, nil
}

// grows reports whether a change lengthens a list of values that is documented to
// grow: the types of actions, of which each new feature brings some, the kinds of one's
// own drafts, of which there are as many as there are boxes to write in, and the orders
// of a list and what time is added up by, which the desk's own fields are among.
func grows(id, path, text string) bool {
	switch id {
	case "response-property-enum-value-added":
		return strings.Contains(text, "action/type` response property") ||
			strings.Contains(path, "/drafts") && strings.Contains(text, "kind` response property")
	case "response-property-became-not-enum":
		return strings.Contains(text, "sort` response property") ||
			strings.HasSuffix(path, "/time_entries/report") && strings.Contains(text, "group` response property")
	}
	return false
}

func parse(document []byte) (*load.SpecInfo, error) {
	spec, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, err
	}
	info := &load.SpecInfo{Spec: spec}
	if spec.Info != nil {
		info.Version = spec.Info.Version
	}
	return info, nil
}
