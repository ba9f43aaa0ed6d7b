package ticket

import (
	"slices"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// channelOf is how a request comes in: from the app, or from a program. Those who work
// on tickets may say otherwise, as for somebody on the phone.
func channelOf(b *web.Body, by authz.Actor) *int64 {
	if name := b.Text("channel", web.OneOf(channel.Names...)); name != nil && by.Can(authz.TicketWork) {
		return channel.Named(*name)
	}
	if by.SessionID != 0 {
		return channel.Of(channel.Web)
	}
	return channel.Of(channel.API)
}

func channelField() QueryField {
	return columnField(query.Field{
		Name: "channel", Kind: query.KindChoice, Values: append(slices.Clone(channel.Names), "none", "any"), Example: "channel:phone", Optional: true,
		Resolve: func(text string) ([]string, error) {
			if c := channel.Named(text); c != nil {
				return texts([]int64{*c}), nil
			}
			return nil, nil
		},
	}, "channel", "idx_tickets_channel")
}
