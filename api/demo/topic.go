package demo

// exchange is what an agent says and what the requester answers.
type exchange struct{ agent, requester string }

// topic is a kind of IT problem: words are chosen once for a ticket.
type topic struct {
	weight   int
	priority [4]int // weights of low, medium, high, urgent
	words    map[string][]string
	cases    []incident
}

// incident is one way in which it shows, from the title to what helped.
type incident struct {
	titles []string
	story  string
	ask    []exchange // questions, in any order
	try    []exchange // attempts that do not help
	fix    []string   // what helped in the end
}

// topics are in the order of the tree's branches.
var topics = concat(hardwareTopics, networkTopics, accountTopics, softwareTopics)

func concat(lists ...[]topic) []topic {
	var out []topic
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func topicWeights() []int {
	out := make([]int, len(topics))
	for i, t := range topics {
		out[i] = t.weight
	}
	return out
}

// What is said about any problem.
var (
	greetings = []string{
		"Hi {requester}, [thanks for reporting this|thank you for the details]. I am looking into it.",
		"Hello {requester}, this is {agent} from IT. I have taken your ticket and will get back to you [shortly|today].",
		"Hi {requester}, [got it|I see it]. Give me [a few minutes|until after lunch] to check on our side.",
	}
	openings  = []string{"Hi {requester}, ", "", "{requester}, ", ""}
	answers   = []string{"", "Hi {agent}. ", "", "[Sure|Of course]. ", ""}
	thanks    = []string{"[Works again|All good now|That did it], thank you {agent}!", "[Perfect|Great], it works. Thanks for the quick help.", "Thank you, {agent}. [You can close this|Nothing more from my side].", "Confirmed, it is fine since [this morning|yesterday|an hour ago]. Many thanks!", "[Brilliant|Super], thanks a lot {agent}."}
	reopening = []string{"Sorry, it is back: the same as before.", "It worked for [a day|a few hours], now the problem is here again.", "I was too early, it happened again [this morning|just now]."}
	secondFix = []string{"I have applied it permanently this time and checked it after a restart.", "You are right, the change had been overwritten by a policy. I corrected the policy, so it stays now.", "I replaced the part that I had only cleaned before. Please try again."}
	urging    = []string{"Is there any news on this? It is [slowing down|holding up] my whole team.", "Just asking how it looks. I have to finish my work by [Friday|tomorrow|the end of the month].", "This now affects [two|three|several] colleagues here as well."}
	waiting   = []string{"I am waiting for [the vendor|our supplier|a colleague in the network team] and will write as soon as I hear from them.", "[The part is|A replacement is] ordered and should arrive [on Monday|this week|within two days].", "I can see it in the logs now. I need a little more time to find out why."}
	generic   = []exchange{
		{"Since when exactly does this happen, and did anything change before?", "Since [Monday|yesterday|last week|this morning]. [Nothing that I know of|Only the usual updates]."},
		{"Does it happen to anybody else near you?", "[No, only to me|I asked around: no|My neighbour {colleague} has it too]."},
		{"When can I call you about it? It takes about [ten|fifteen] minutes.", "Best [before 11|after 2 pm|between 1 and 3]. My extension is {extension}."},
		{"Could you send me a photo or a screenshot of what you see?", "Sent to you [by e-mail|in the chat] just now."},
		{"Please restart once completely (not just sleep) and tell me whether it changes anything.", "Restarted twice. [No change|Still the same|It lasted for ten minutes, then the same again]."},
	}
)
