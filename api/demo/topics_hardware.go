package demo

var hardwareTopics = []topic{
	{
		weight: 9, priority: [4]int{25, 55, 17, 3},
		words: map[string][]string{
			"printer": {"PRN-2-EAST", "PRN-3-WEST", "PRN-LOBBY", "PRN-FIN-01", "PRN-HR-02", "PRN-LAB-04", "PRN-4-NORTH"},
			"model":   {"LaserJet M507", "WorkCentre 6515", "ECOSYS P3155", "bizhub C308", "MFC-L8900"},
			"job":     {"the monthly report", "delivery notes", "contracts", "invoices", "shipping labels", "a presentation"},
		},
		cases: []incident{
			{
				titles: []string{"Printer {printer} [prints nothing|does not print|is offline]", "Cannot print {job}"},
				story:  "I want to print {job} on {printer} ({model}, {place}). The job appears in the queue, then [disappears without a page|stays at \"Printing\" forever|ends in an error]. [Other printers work.|I have tried twice.|It worked yesterday.]",
				ask: []exchange{
					{"what does the display of {printer} show?", "it says [\"Ready\"|\"Replace fuser\"|\"Load tray 2\"|\"Paper jam, rear door\"]."},
					{"do you print from the laptop or from a remote session?", "from my laptop, [docked|by Wi-Fi|with the cable]."},
					{"can you print a status page from the printer's own menu?", "yes, that one [comes out fine|has the same stripes]."},
				},
				try: []exchange{
					{"I cleared the queue on the print server. Please send {job} again.", "Same result, [the job is gone but no paper|it hangs at 1 of 4 pages]."},
					{"I have reinstalled the driver on your computer. Please try once more.", "[Sorry, no difference|Now it prints the first page and stops]."},
				},
				fix: []string{
					"The print server still had the old address of {printer}. I corrected the port and printed a test page from your account.",
					"The driver's paper size did not match tray 2. I changed the default for everybody, {job} can be printed again.",
				},
			},
			{
				titles: []string{"Paper jam in {printer} comes back [all the time|every few pages]"},
				story:  "The {model} at {place} ({printer}) [jams|draws in two sheets at once] when we print {job}. We have opened every flap and there is no paper left inside. [It is the only printer on this floor.|The whole team uses it.]",
				ask: []exchange{
					{"what does the display of {printer} show?", "it says [\"Ready\"|\"Replace fuser\"|\"Load tray 2\"|\"Paper jam, rear door\"]."},
				},
				fix: []string{
					"I was at {place}: the [pick-up roller|fuser|transfer belt] of the {model} was worn out. It is replaced and 20 test pages came out clean.",
				},
			},
			{
				titles: []string{"{printer}: [streaks|grey stripes] on every page"},
				story:  "Since [this morning|Monday|the toner was changed] everything that comes out of {printer} has [dark stripes on the left|grey shadows|faded colours]. We need it for {job}.",
				ask: []exchange{
					{"what does the display of {printer} show?", "it says [\"Ready\"|\"Replace fuser\"|\"Load tray 2\"|\"Paper jam, rear door\"]."},
					{"can you print a status page from the printer's own menu?", "yes, that one [comes out fine|has the same stripes]."},
				},
				fix: []string{
					"I was at {place}: the [pick-up roller|fuser|transfer belt] of the {model} was worn out. It is replaced and 20 test pages came out clean.",
				},
			},
		},
	},
	{
		weight: 8, priority: [4]int{12, 50, 30, 8},
		words: map[string][]string{
			"laptop": {"LT-04417", "LT-05120", "LT-03981", "LT-06233", "LT-05874", "LT-06610", "LT-04902"},
			"model":  {"Latitude 5440", "ThinkPad T14", "EliteBook 840", "MacBook Air", "ThinkPad X1"},
			"part":   {"battery", "keyboard", "fan", "screen", "touchpad"},
		},
		cases: []incident{
			{
				titles: []string{"Laptop {laptop} [does not start|stays black]"},
				story:  "My {model} ({laptop}) [did not wake up|stayed black] this morning. The [power light|charging light] is on but nothing happens on the screen. I have [customer meetings all day|a deadline tomorrow] and my files are on it.",
				ask: []exchange{
					{"is it the same with another charger and without the dock?", "[Yes, same|I borrowed one from {colleague}: no change]."},
					{"please hold the power button for 15 seconds, wait, and start it again. What do you see?", "[The logo for a second, then black|A blinking light, three times|Nothing at all]."},
				},
				fix: []string{
					"I moved your disk into a spare {model}. Everything is where it was; {laptop} goes back to the supplier.",
				},
			},
			{
				titles: []string{"{model}: {part} [broken|acts up]"},
				story:  "The {part} of my {model} is [failing|getting worse every day]. {laptop}, bought about [two|three|four] years ago. I can still work [with an external one|in the office], but not on the road.",
				ask: []exchange{
					{"when did you last restart it?", "[Honestly, some weeks ago|Yesterday evening]."},
				},
				try: []exchange{
					{"I pushed the newest firmware to {laptop}. Please leave it on the charger for half an hour.", "Done, [but nothing changed|it is a little better, not good]."},
					{"Please run the hardware check: F12 at start, then Diagnostics.", "It ended with code [2000-0142|2000-0511|601]."},
				},
				fix: []string{
					"Your {model} was still under warranty: the {part} is replaced and it has run for two hours without a problem. You can pick it up at the IT desk.",
				},
			},
			{
				titles: []string{"Laptop gets very hot and [switches off|becomes slow]"},
				story:  "During video calls the fan of {laptop} is [as loud as a vacuum cleaner|at full speed] and after [ten|twenty] minutes it [turns itself off|slows to a crawl]. It stands on a desk, nothing covers it.",
				ask: []exchange{
					{"when did you last restart it?", "[Honestly, some weeks ago|Yesterday evening]."},
				},
				try: []exchange{
					{"I pushed the newest firmware to {laptop}. Please leave it on the charger for half an hour.", "Done, [but nothing changed|it is a little better, not good]."},
					{"Please run the hardware check: F12 at start, then Diagnostics.", "It ended with code [2000-0142|2000-0511|601]."},
				},
				fix: []string{
					"The [dust filter|heat sink] was blocked. Cleaned, new thermal paste, and it stays below 70 °C under load now.",
				},
			},
		},
	},
	{
		weight: 6, priority: [4]int{40, 48, 11, 1},
		words: map[string][]string{
			"dock":  {"WD19", "Thunderbolt 4 dock", "USB-C dock G5"},
			"count": {"two", "both", "three"},
		},
		cases: []incident{
			{
				titles: []string{"[Second|External] monitor [not recognised|stays dark]", "Docking station {dock}: screens flicker", "Monitor at desk {desk} [shows no picture|has a green line]"},
				story:  "At desk {desk} {count} monitors hang on a {dock}. [One of them stays dark|They flicker every few minutes|They are found only after I unplug and plug the cable again]. My colleague's laptop has the same trouble there.",
				ask: []exchange{
					{"which cable goes from the dock to the dark monitor?", "[DisplayPort|HDMI with an adapter|I think it is DisplayPort]."},
					{"does the monitor work when you connect the laptop directly?", "Yes, directly it works."},
				},
				try: []exchange{
					{"I updated the dock's firmware remotely. Please unplug its power for a minute.", "Done. [It flickers less but is not gone|Same picture: none]."},
					{"please set both screens to 60 Hz in the display settings.", "They were at [60|59] already."},
				},
				fix: []string{
					"The {dock} at desk {desk} was faulty, I put a new one there and tried it with my own laptop.",
					"It was the cable. I replaced it by a certified one, {count} screens have run since this morning.",
					"A display driver from last week's updates caused this. It is rolled back on your computer and held back for the others.",
				},
			},
			{
				titles: []string{"Keyboard and mouse stop working at the dock"},
				story:  "When I connect to the {dock} the screens work, but keyboard and mouse [freeze after a while|are dead until I restart]. It began [after the last updates|last week].",
				try: []exchange{
					{"I updated the dock's firmware remotely. Please unplug its power for a minute.", "Done. [It flickers less but is not gone|Same picture: none]."},
				},
				fix: []string{
					"The {dock} at desk {desk} was faulty, I put a new one there and tried it with my own laptop.",
				},
			},
		},
	},
	{
		weight: 4, priority: [4]int{35, 50, 13, 2},
		words: map[string][]string{
			"phone": {"desk phone", "iPhone 13", "Galaxy A54", "headset", "conference phone"},
			"room":  {"Aurora", "Baltic", "Cedar", "Delta", "Fjord"},
		},
		cases: []incident{
			{
				titles: []string{"{phone}: nobody hears me", "[Calls drop|Calls break off] after [a few seconds|one minute]"},
				story:  "Callers hear me [only in pieces|not at all] on my {phone}, I hear them well. [It is the same in Teams.|Extension {extension}.] I changed the volume and the device in the settings.",
				ask: []exchange{
					{"is the problem with one person or with everybody you call?", "With everybody, [inside and outside|mostly outside]."},
					{"which device is selected as microphone in the call?", "[\"Default\"|The headset|It shows two with the same name]."},
				},
				try: []exchange{
					{"I reset your extension {extension}. Please sign in on the phone again.", "Signed in, [but the sound is the same|now it rings twice and stops]."},
				},
				fix: []string{
					"The {phone} had an old profile. I removed it and registered the device again; our test call was clear in both directions.",
				},
			},
			{
				titles: []string{"Meeting room {room}: no sound in calls"},
				story:  "In room {room} the [screen|camera] works but the [microphone|speaker] is not offered in calls. We have an interview there [tomorrow at 9|this afternoon].",
				ask: []exchange{
					{"which device is selected as microphone in the call?", "[\"Default\"|The headset|It shows two with the same name]."},
				},
				fix: []string{
					"The echo canceller of the room system was set to the wrong device. {room} is fine now, I recorded a test call.",
				},
			},
		},
	},
	{
		weight: 4, priority: [4]int{55, 40, 5, 0},
		words: map[string][]string{
			"item":   {"a second monitor", "a headset", "a laptop stand", "a larger hard disk", "an ergonomic mouse", "a docking station", "a USB-C adapter"},
			"reason": {"for the hot-desk area", "for working at home", "for a new colleague", "because the old one is broken", "on my doctor's advice"},
		},
		cases: []incident{
			{
				titles: []string{"[Request|Please order]: {item}", "New equipment {reason}: {item}", "{item} {reason}"},
				story:  "I would like to have {item} {reason}. [My manager {colleague} agrees|Cost centre {extension}|Approved by {colleague}]. [No hurry.|If possible before the end of the month.]",
				ask: []exchange{
					{"which cost centre may I charge this to?", "{extension}, [approved by {colleague}|as last time]."},
					{"shall we send it to your home or to {place}?", "[To {place}, please|Home is easier, the address is in the directory]."},
				},
				try: []exchange{
					{"It is ordered, delivery takes [three|five|eight] working days.", "[Fine, thank you|All right, I can wait]."},
				},
				fix: []string{
					"It has arrived and lies at the IT desk with your name on it.",
					"Delivered to {place} this morning and entered in the inventory.",
				},
			},
		},
	},
}
