// Package channel names the ways in which tickets come in. What is stored is the
// ordinal; nothing is stored where it is not known, as of tickets from before it was
// noted, and of those that the desk itself made.
package channel

import "slices"

// The channels.
const (
	Web int64 = iota + 1
	Mail
	API
	Phone
)

// Names are the names that the API uses, in the order of the channels.
var Names = []string{"web", "mail", "api", "phone"}

// Named returns the channel with a name, or nil.
func Named(name string) *int64 {
	if i := int64(slices.Index(Names, name)) + 1; i > 0 {
		return &i
	}
	return nil
}

// Of returns a channel as tickets hold it.
func Of(c int64) *int64 { return &c }

// Name returns the name of a channel, or nil for one that is not known.
func Name(c *int64) *string {
	if c == nil || *c < Web || *c > int64(len(Names)) {
		return nil
	}
	return &Names[*c-1]
}
