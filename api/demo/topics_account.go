package demo

var accountTopics = []topic{
	{
		weight: 9, priority: [4]int{5, 45, 38, 12},
		words: map[string][]string{
			"system": {"Windows", "SAP", "the time sheet", "the mail account", "the customer portal", "Jira"},
		},
		cases: []incident{
			{
				titles: []string{"Account locked ({system})", "Cannot sign in to {system}"},
				story:  "I cannot sign in to {system}: [\"account locked\"|\"wrong password\"], although I am sure about the password. [I changed it yesterday.|I was on holiday for three weeks.] I cannot work without it.",
				ask: []exchange{
					{"for your security: I call you back at the number in the directory before I reset it. When are you there?", "At my desk until [noon|four|five]."},
				},
				fix: []string{
					"After our call I reset it; you choose a new one at the next sign-in to {system}. Please use the password manager.",
				},
			},
			{
				titles: []string{"Password for {system} [expired|forgotten]", "Password reset does not arrive"},
				story:  "My password for {system} expired while I was [travelling|ill]. The link for a new one [does not arrive|says it is no longer valid].",
				ask: []exchange{
					{"for your security: I call you back at the number in the directory before I reset it. When are you there?", "At my desk until [noon|four|five]."},
				},
				fix: []string{
					"After our call I reset it; you choose a new one at the next sign-in to {system}. Please use the password manager.",
					"Your reset mail was held by the spam filter. I released it and put the sender on the allow-list.",
				},
			},
			{
				titles: []string{"Account locked ({system})"},
				story:  "{system} locks me out [several times a day|every morning]. I type the password only once, so something else must be using an old one.",
				ask: []exchange{
					{"is an old phone or tablet still connected to your account?", "[My old phone, in the drawer|Only the laptop|A tablet at home, maybe]."},
				},
				try: []exchange{
					{"I unlocked the account. Please try again.", "It worked once, then it was locked again after [ten minutes|lunch]."},
					{"Please remove the stored passwords in the credential manager and restart.", "Done, [still locked|the same message]."},
				},
				fix: []string{
					"An old session on a meeting room computer kept trying your old password. It is signed out and the account stays unlocked since.",
				},
			},
		},
	},
	{
		weight: 5, priority: [4]int{10, 50, 33, 7},
		words: map[string][]string{"device": {"phone", "security key", "authenticator app"}},
		cases: []incident{
			{
				titles: []string{"Two-factor: new {device}", "Lost my {device}, no code for sign-in"},
				story:  "I [have a new|lost my] {device} and can no longer confirm the sign-in. I do not have backup codes. [I work at home this week.|I am in the office until five.]",
				ask: []exchange{
					{"I must make sure it is you: can you come by with your badge, or join a video call with your manager {colleague}?", "[I come by at ten|A call with {colleague} at 2 pm is possible]."},
				},
				try: []exchange{
					{"I removed the old {device}. Please open the sign-in page, it offers to register a new one.", "It shows a QR code, [but ends in an error|the app says it is known already]."},
				},
				fix: []string{
					"Identity confirmed in person, the new {device} is registered, and you received ten backup codes. Please keep them on paper.",
					"The old registration blocked the new one. Both are removed, you registered again and signed in while we were on the phone.",
				},
			},
			{
				titles: []string{"Authenticator shows [no|wrong] codes"},
				story:  "The codes of my {device} are refused since [this morning|the change of clocks|the update of the phone]. The clock of the phone is right.",
				ask: []exchange{
					{"I must make sure it is you: can you come by with your badge, or join a video call with your manager {colleague}?", "[I come by at ten|A call with {colleague} at 2 pm is possible]."},
				},
				try: []exchange{
					{"I removed the old {device}. Please open the sign-in page, it offers to register a new one.", "It shows a QR code, [but ends in an error|the app says it is known already]."},
				},
				fix: []string{
					"The old registration blocked the new one. Both are removed, you registered again and signed in while we were on the phone.",
				},
			},
		},
	},
	{
		weight: 5, priority: [4]int{15, 65, 17, 3},
		words: map[string][]string{
			"day":  {"Monday", "the 1st", "the 15th", "next week"},
			"role": {"working student", "team assistant", "sales manager", "developer", "accountant", "nurse", "warehouse clerk"},
		},
		cases: []incident{
			{
				titles: []string{"New colleague starts on {day}: accounts and laptop", "Onboarding: {role} in {department}", "Access rights for a new {role}"},
				story:  "A new {role} starts in {department} on {day}. Please prepare a laptop, mail, phone and the same rights as {colleague} has. Place: {place}, desk {desk}.",
				ask: []exchange{
					{"which software does the {role} need beside the standard?", "[Only the standard|The same as {colleague}|Visio and the PDF editor]."},
					{"is the contract already in the HR system? The account is made from it.", "[Yes, since yesterday|HR enters it today]."},
				},
				try: []exchange{
					{"Account and mailbox exist. The laptop is being installed.", "Good, [we still lack the rights for the team folder|please do not forget the phone]."},
				},
				fix: []string{
					"Everything is ready: laptop at desk {desk}, first password with {colleague} in a sealed envelope, rights as listed.",
					"All done and checked against the list for a {role}. Welcome pack and headset are on the desk.",
				},
			},
			{
				titles: []string{"{role} changes to {department}: new rights"},
				story:  "Our {role} changes to {department} on {day} and needs the rights there; the old ones can go. {colleague} is the manager and knows about it.",
				ask: []exchange{
					{"which software does the {role} need beside the standard?", "[Only the standard|The same as {colleague}|Visio and the PDF editor]."},
				},
				fix: []string{
					"The rights for {department} are set from {day}, the old ones end the day before. {colleague} has the list.",
				},
			},
		},
	},
	{
		weight: 3, priority: [4]int{30, 60, 9, 1},
		words: map[string][]string{"system": {"SAP", "Jira", "the reporting portal", "the CRM", "Confluence", "the payroll view"}},
		cases: []incident{
			{
				titles: []string{"Access to {system}", "{system}: [more|additional] rights needed"},
				story:  "For my work in {department} I need [read|write] access to {system}. My substitute {colleague} has it. [The approval is attached to the mail I sent.|My manager agrees.]",
				ask: []exchange{
					{"which role in {system} is meant? I attach the list.", "[Number 2|\"Key user\"|The one for reports]."},
				},
				try: []exchange{
					{"The data owner must approve; I forwarded your request.", "[Thanks|I asked the owner to look at it]."},
				},
				fix: []string{
					"Approved and set. It works from your next sign-in to {system}.",
				},
			},
			{
				titles: []string{"Please remove rights in {system}"},
				story:  "{colleague} left {department} and still has rights in {system}. Please take them away.",
				fix: []string{
					"The rights are changed and noted in the quarterly review list.",
				},
			},
		},
	},
	{
		weight: 4, priority: [4]int{5, 25, 40, 30},
		words: map[string][]string{
			"sender": {"our CEO", "\"IT Support\"", "a parcel service", "a supplier we know", "the bank"},
			"wish":   {"buy gift cards", "confirm my password", "change bank details", "open an invoice", "sign in to see a document"},
		},
		cases: []incident{
			{
				titles: []string{"[Suspicious|Phishing] mail from {sender}", "Mail asks me to {wish}"},
				story:  "I received a mail that claims to be from {sender} and asks me to {wish}. The address looks [odd|almost right]. [I did not click.|A colleague got the same one.]",
				ask: []exchange{
					{"please forward it as an attachment and delete nothing yet. Did you enter anything?", "[No, nothing|My password, yes|I only opened the page]."},
					{"at what time was that, roughly?", "[A quarter past nine|Just before lunch|Yesterday evening]."},
				},
				fix: []string{
					"The page is blocked for everybody, [14|31|52] more copies of the mail were removed from mailboxes, and nothing was sent from your account. Thank you for telling us at once.",
				},
			},
			{
				titles: []string{"I clicked a link in a mail from {sender}"},
				story:  "I am afraid I clicked on a link in a mail from {sender} ({wish}) and [entered my password|a page opened and closed]. What should I do now?",
				ask: []exchange{
					{"please forward it as an attachment and delete nothing yet. Did you enter anything?", "[No, nothing|My password, yes|I only opened the page]."},
					{"at what time was that, roughly?", "[A quarter past nine|Just before lunch|Yesterday evening]."},
				},
				try: []exchange{
					{"I ended all your sessions. Please choose a new password now, from another device.", "Done. [Is my laptop safe to use?|The old one no longer works.]"},
				},
				fix: []string{
					"The page is blocked for everybody, [14|31|52] more copies of the mail were removed from mailboxes, and nothing was sent from your account. Thank you for telling us at once.",
					"Your laptop was checked and is clean. Password and sessions are new, and the sender's domain is blocked.",
				},
			},
		},
	},
}
