package demo

var softwareTopics = []topic{
	{
		weight: 8, priority: [4]int{15, 58, 22, 5},
		words: map[string][]string{
			"box":  {"inbox", "shared mailbox", "calendar", "archive"},
			"team": {"orders@", "support@", "invoices@", "jobs@", "info@"},
		},
		cases: []incident{
			{
				titles: []string{"Outlook [hangs|does not start|asks for the password again and again]"},
				story:  "Outlook [freezes|stops answering] when I open my {box}. In the browser everything is there. It began [after the update|on Monday]. I have about [8|20|45] GB of mail.",
				ask: []exchange{
					{"what stands at the bottom of Outlook: connected, disconnected, or updating?", "[\"Disconnected\"|\"Trying to connect\"|\"Updating this folder\", since an hour]."},
					{"does it also happen when you start it with outlook /safe?", "[In safe mode it works|The same]."},
				},
				try: []exchange{
					{"I repaired the profile. Please start Outlook and wait until the {box} is complete.", "It ran through, [then it hung again|but new mail is missing still]."},
					{"Please switch off the add-in for calls and try again.", "[A bit faster|No difference]."},
				},
				fix: []string{
					"The local copy of your {box} was damaged. I had it built again, it is complete and opens at once.",
				},
			},
			{
				titles: []string{"Shared mailbox {team} [missing|not updated]"},
				story:  "Mail to {team} [does not reach me|shows up hours later], while {colleague} sees it at once. We both have the mailbox open.",
				ask: []exchange{
					{"what stands at the bottom of Outlook: connected, disconnected, or updating?", "[\"Disconnected\"|\"Trying to connect\"|\"Updating this folder\", since an hour]."},
				},
				try: []exchange{
					{"I repaired the profile. Please start Outlook and wait until the {box} is complete.", "It ran through, [then it hung again|but new mail is missing still]."},
				},
				fix: []string{
					"A rule moved the mail of {team} into a hidden folder. The rule is gone and the [37|112|206] messages are back.",
					"Your licence had been moved without the mailbox. They are together again, mail flows.",
				},
			},
			{
				titles: []string{"Meeting invitations [arrive twice|do not arrive]"},
				story:  "People say that my invitations [come twice|are an hour off]. My time zone is right. It concerns the {box}.",
				try: []exchange{
					{"Please switch off the add-in for calls and try again.", "[A bit faster|No difference]."},
				},
				fix: []string{
					"Two calendars were synchronised with each other, by the phone and by an add-in. One of the two is switched off, and the invitations are right.",
				},
			},
		},
	},
	{
		weight: 6, priority: [4]int{28, 56, 14, 2},
		words: map[string][]string{
			"app":     {"Visio", "AutoCAD", "the PDF editor", "Teams", "the label software", "DATEV", "Photoshop"},
			"version": {"2021", "2024", "11.3", "the newest version"},
		},
		cases: []incident{
			{
				titles: []string{"Please install {app}", "Update {app} to {version}"},
				story:  "I need {app} ({version}) for a project in {department}. The software centre does not offer it to me. [{colleague} has it.|My manager approved it.]",
				ask: []exchange{
					{"do you need it for good or for a project? Licences of {app} are counted.", "[For good|Until the end of the quarter]."},
				},
				try: []exchange{
					{"I assigned {app} to your computer, it appears in the software centre within the hour.", "It is there, [but the installation stops at 80 %|it wants administrator rights]."},
				},
				fix: []string{
					"{app} {version} is installed and starts with your account. The licence is booked on {department}.",
				},
			},
			{
				titles: []string{"{app}: licence [expired|missing]"},
				story:  "{app} says that the licence is [expired|used by somebody else] and closes after [a minute|the start]. Yesterday I could work with it.",
				ask: []exchange{
					{"what exactly does the message say?", "[\"No licence available\"|Something with a DLL|It only closes, without any message]."},
				},
				fix: []string{
					"Two licences were held by people who left. I freed them, yours is active.",
				},
			},
			{
				titles: []string{"{app} [crashes at start|closes by itself]"},
				story:  "{app} crashes [when I open a large file|when I save|right at the start]. I have reinstalled it from the software centre.",
				ask: []exchange{
					{"what exactly does the message say?", "[\"No licence available\"|Something with a DLL|It only closes, without any message]."},
				},
				fix: []string{
					"A broken settings file made {app} crash. I reset it; your templates are kept.",
				},
			},
		},
	},
	{
		weight: 5, priority: [4]int{6, 34, 42, 18},
		words: map[string][]string{
			"system": {"SAP", "the order system", "the CRM", "the booking portal", "the ticket shop", "the warehouse scanner app"},
			"step":   {"posting an invoice", "saving a customer", "printing a delivery note", "searching for an order", "closing the month"},
		},
		cases: []incident{
			{
				titles: []string{"{system} [very slow|unusable] since [this morning|the update]"},
				story:  "{system} needs [a minute|ages] for each click. {step} [ends in a time-out|is impossible]. [All of {department} is affected.|{colleague} reports the same.]",
				ask: []exchange{
					{"is it slow in every part of {system} or only when {step}?", "[Everywhere|Only there]."},
				},
				try: []exchange{
					{"I restarted the application server. Please check.", "Faster for [a while|half an hour], now as before."},
					{"Please empty the browser's cache and sign in again.", "No change, [the same with {colleague}|also in another browser]."},
				},
				fix: []string{
					"A nightly job was still running and blocked the tables. It is stopped and moved to the weekend; {step} takes [one second|under two seconds] again.",
					"The last update lacked an index. The vendor delivered it and we measured: as fast as before.",
				},
			},
			{
				titles: []string{"{system}: error when {step}"},
				story:  "When {step} {system} shows \"[internal error|unexpected end of data|record is locked]\" and I lose what I entered. It happens [each time|about every third time].",
				ask: []exchange{
					{"can you give me one number of a record where it happens, and the time?", "[4711-22 at 9:12|Order 88013, just now|Customer 20417, around ten]."},
				},
				try: []exchange{
					{"I restarted the application server. Please check.", "Faster for [a while|half an hour], now as before."},
					{"Please empty the browser's cache and sign in again.", "No change, [the same with {colleague}|also in another browser]."},
				},
				fix: []string{
					"A session that had died still held the record. It is removed, and the patch of the vendor that prevents it is installed.",
				},
			},
			{
				titles: []string{"Wrong figures in {system}"},
				story:  "The sums in {system} differ from the list that I exported [yesterday|last Friday]. I noticed it when {step}. Please look at it before [tomorrow's meeting|the closing].",
				ask: []exchange{
					{"can you give me one number of a record where it happens, and the time?", "[4711-22 at 9:12|Order 88013, just now|Customer 20417, around ten]."},
				},
				fix: []string{
					"It was a wrong setting of the exchange rate after the update. Corrected, and the figures of this month are calculated again.",
				},
			},
		},
	},
	{
		weight: 4, priority: [4]int{30, 52, 16, 2},
		words: map[string][]string{
			"update":  {"Windows update", "BIOS update", "macOS update", "security patch"},
			"symptom": {"the start menu is empty", "the sound is gone", "everything is tiny", "Bluetooth is missing", "the desktop is black"},
		},
		cases: []incident{
			{
				titles: []string{"After the {update} {symptom}"},
				story:  "Last night the {update} was installed and now {symptom}. [Two colleagues have the same.|I restarted several times.]",
				fix: []string{
					"The patch is withdrawn until the vendor has corrected it, your computer is back on the state of last week.",
				},
			},
			{
				titles: []string{"{update} [fails again and again|hangs at 35 %]"},
				story:  "The {update} starts each evening, [stops at 35 %|runs for an hour] and is undone. Each time I lose [half an hour|what was open].",
				ask: []exchange{
					{"how much free space is on drive C:?", "[6 GB|12 GB|About 2 GB, red]."},
					{"which error code is shown in the update history?", "[0x80070070|0x800f0922|0x80240034]."},
				},
				try: []exchange{
					{"I cleaned up the update store. It will try again tonight.", "Same as before [this morning|today]."},
				},
				fix: []string{
					"I installed the {update} by hand and checked afterwards: it is listed as installed and nothing is missing.",
				},
			},
		},
	},
	{
		weight: 4, priority: [4]int{45, 48, 6, 1},
		words: map[string][]string{
			"task": {"a pivot table", "a mail merge", "a shared calendar", "a form with approval", "version history", "a breakout room"},
			"app":  {"Excel", "Word", "Outlook", "Teams", "SharePoint"},
		},
		cases: []incident{
			{
				titles: []string{"How do I make {task} in {app}?", "Question about {app}: {task}", "Short training for {app}?"},
				story:  "I need {task} in {app} and cannot find out how. [The help did not help.|A video would be enough.] [It is for the meeting on Thursday.|No hurry.]",
				ask: []exchange{
					{"do you have an example of how it should look in the end?", "[Yes, I sent it|As in last year's file]."},
				},
				try: []exchange{
					{"I sent you a link to the guide, chapter 3.", "[Good, but our {app} looks different|I got as far as step 4]."},
				},
				fix: []string{
					"We went through it together on the screen, and I added the steps to our guide for {app}.",
					"I built {task} as a template for {department}, it is in the team folder.",
				},
			},
		},
	},
}
