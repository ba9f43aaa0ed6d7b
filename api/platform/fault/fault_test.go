package fault

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestAll(t *testing.T) {
	if err := All(nil, nil); err != nil {
		t.Error(err)
	}
	plain := errors.New("no database")
	if err := All(Field("name", "Is blank."), plain); !errors.Is(err, plain) {
		t.Error(err)
	}
	one := Field("targets.resolution", "Is too long.")
	var f *Error
	if !errors.As(All(one, nil, Field("targets", "Are missing."), Field("name", "Is blank."), Field("name", "Is taken.")), &f) {
		t.Fatal("no fault")
	}
	if got := strings.Join(slices.Sorted(maps.Keys(f.Fields)), " "); got != "name targets.resolution" || f.Fields["name"][0] != "Is blank." {
		t.Error(f.Fields)
	}
	if len(one.Fields) != 1 {
		t.Error("the first was changed")
	}
}

func TestSentence(t *testing.T) {
	if got := Sentence(Field("fields.asset_tag", "This field is required.")); got != "asset_tag: This field is required." {
		t.Error(got)
	}
	if got := Sentence(Field("name", "Is blank.")); got != "Is blank." {
		t.Error(got)
	}
}
