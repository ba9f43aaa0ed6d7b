package demo

var networkTopics = []topic{
	{
		weight: 9, priority: [4]int{8, 47, 35, 10},
		words: map[string][]string{
			"error":    {"error 809", "error 691", "\"TLS handshake failed\"", "\"gateway unreachable\"", "error 720"},
			"provider": {"my home connection", "a hotel's Wi-Fi", "my phone's hotspot", "the guest network of a customer"},
			"system":   {"the file server", "SAP", "the intranet", "our build server", "the time sheet"},
		},
		cases: []incident{
			{
				titles: []string{"VPN: {error}"},
				story:  "From {provider} the VPN ends with {error}. [In the office it works.|Until last week it worked from here.] I need {system} [today|for the month-end closing|to work at all].",
				ask: []exchange{
					{"which version of the VPN client do you have? (About, at the bottom)", "[5.1.2|5.0.4|4.10.7]."},
					{"is it the same through your phone's hotspot?", "[Through the phone it works|No difference]."},
				},
				try: []exchange{
					{"I renewed your VPN certificate. Please restart the client.", "It asks for the code, then {error} again."},
					{"I moved you to the second gateway. Please try now.", "Better for [an hour|ten minutes], then the same."},
				},
				fix: []string{
					"Your account was missing in the group that may use the VPN since the move to your new department. It is back in, and I saw your connection come up.",
					"The gateway refused the old cipher of your client. I installed version 5.2 on your laptop; it has been connected for two hours.",
				},
			},
			{
				titles: []string{"VPN [disconnects|drops] every few minutes"},
				story:  "The VPN connects, then breaks off after [5|10|15] minutes and I have to sign in again, with the code from the phone each time. {provider} is stable, [video calls run without a break|I measured 80 Mbit/s].",
				ask: []exchange{
					{"which version of the VPN client do you have? (About, at the bottom)", "[5.1.2|5.0.4|4.10.7]."},
					{"is it the same through your phone's hotspot?", "[Through the phone it works|No difference]."},
				},
				try: []exchange{
					{"I moved you to the second gateway. Please try now.", "Better for [an hour|ten minutes], then the same."},
				},
				fix: []string{
					"The gateway refused the old cipher of your client. I installed version 5.2 on your laptop; it has been connected for two hours.",
				},
			},
			{
				titles: []string{"No access to {system} through the VPN", "VPN connects but [nothing works|is very slow]"},
				story:  "I can connect, but {system} [is not found|answers after a minute]. Web pages are fine. {colleague} has the same client and no trouble.",
				ask: []exchange{
					{"which version of the VPN client do you have? (About, at the bottom)", "[5.1.2|5.0.4|4.10.7]."},
					{"do you see {system} when you use its full name, with .corp.example at the end?", "[Yes, then it is there|No, not found either]."},
				},
				try: []exchange{
					{"I moved you to the second gateway. Please try now.", "Better for [an hour|ten minutes], then the same."},
				},
				fix: []string{
					"The router at home uses the same addresses as our office. I switched your profile to the range that does not collide, {system} answers now.",
				},
			},
		},
	},
	{
		weight: 7, priority: [4]int{15, 50, 28, 7},
		words: map[string][]string{
			"ssid": {"Corp-WiFi", "Corp-5G", "Guest", "Warehouse-IoT"},
			"spot": {"the canteen", "the training room", "the meeting rooms", "the warehouse", "our corner of the office"},
		},
		cases: []incident{
			{
				titles: []string{"Wi-Fi {ssid} [very slow|drops out] in {spot}", "No Wi-Fi in {spot}"},
				story:  "In {spot} ({place}) {ssid} [shows full bars but nothing loads|is lost every few minutes]. With the cable it is fine. [All of us|About ten people] notice it, mostly [in the morning|around noon].",
				ask: []exchange{
					{"please open a page when it hangs and tell me what the browser says.", "[A time-out|\"No internet\"|It loads after a minute]."},
					{"how many people are there when it is slow?", "[Around twenty|Five of us|It is full at that time]."},
				},
				try: []exchange{
					{"I restarted the access point above {spot}.", "[For an hour it was quick, now it is slow again|No change here]."},
				},
				fix: []string{
					"The access point in {spot} fell back to 100 Mbit/s because of a bad cable. The cable is new and it runs at full speed.",
				},
			},
			{
				titles: []string{"Network socket at desk {desk} is dead"},
				story:  "The socket at desk {desk} has no link, the lamp stays dark. The desk was [moved last week|empty for months]. [I tried two cables.|The one next to it works.]",
				ask: []exchange{
					{"what is the number printed on the socket?", "[2-E-17|3-W-04|1-N-22|4-S-09]."},
				},
				fix: []string{
					"Port at the switch was disabled after the move. It is patched and enabled, the lamp at desk {desk} is green.",
				},
			},
			{
				titles: []string{"Laptop no longer connects to {ssid}"},
				story:  "My laptop forgot {ssid} and [says \"cannot connect\"|asks for a certificate] when I choose it. [Nothing was changed by me.|It began after the update.]",
				try: []exchange{
					{"please delete {ssid} from the known networks and join again.", "Joined, [but the same|it is refused now]."},
				},
				fix: []string{
					"Your computer's certificate for {ssid} had expired. It is renewed, and I fixed the automatic renewal for your group.",
				},
			},
		},
	},
	{
		weight: 3, priority: [4]int{3, 22, 45, 30},
		words: map[string][]string{
			"site": {"the Leipzig office", "the Porto office", "the warehouse", "the second floor", "the Kraków office"},
		},
		cases: []incident{
			{
				titles: []string{"{site}: no network at all", "Internet outage in {site}", "{site}: phones and Wi-Fi down"},
				story:  "[Nobody|No one] in {site} has a connection since about [8:40|9:15|13:30]. Phones are dead as well. [About 30 people cannot work.|We serve customers here.] Please call me on the mobile, {extension}.",
				ask: []exchange{
					{"is there light on the switch in the cabinet, and which colour?", "[Orange, all of them|Nothing is lit|Two green, the rest off]."},
					{"can you see whether the box of the provider is on?", "It is on, the lamp \"WAN\" is [red|off]."},
				},
				try: []exchange{
					{"The provider sees no fault on the line. Please take the router off the power for one minute.", "Done. The lamps came back, [no connection yet|still no internet]."},
				},
				fix: []string{
					"A fibre was cut by the works in the street. The provider has spliced it, {site} is online and the phones are registered again.",
					"The uninterruptible power supply in the cabinet failed. I bridged it, a new one is ordered, and all switches are up.",
				},
			},
			{
				titles: []string{"{site}: no network at all", "{site}: phones and Wi-Fi down"},
				story:  "Everything in {site} went off at once: Wi-Fi, cable, phones. The cabinet in the corridor [blinks orange|is dark]. [There was a power cut during the night.|An electrician works in the building.]",
				ask: []exchange{
					{"is there light on the switch in the cabinet, and which colour?", "[Orange, all of them|Nothing is lit|Two green, the rest off]."},
					{"can you see whether the box of the provider is on?", "It is on, the lamp \"WAN\" is [red|off]."},
				},
				try: []exchange{
					{"The provider sees no fault on the line. Please take the router off the power for one minute.", "Done. The lamps came back, [no connection yet|still no internet]."},
				},
				fix: []string{
					"The uninterruptible power supply in the cabinet failed. I bridged it, a new one is ordered, and all switches are up.",
				},
			},
		},
	},
	{
		weight: 5, priority: [4]int{30, 55, 13, 2},
		words: map[string][]string{
			"share":  {"\\\\files\\projects", "\\\\files\\finance", "\\\\files\\common", "the team's SharePoint", "\\\\files\\archive"},
			"folder": {"2025", "Contracts", "Templates", "Customers", "Drawings", "Minutes"},
		},
		cases: []incident{
			{
				titles: []string{"No access to {share}"},
				story:  "When I open {share} I get \"access denied\". I moved to {department} [this month|last week] and need {folder} there. {colleague} can confirm it.",
				ask: []exchange{
					{"who is the owner of {folder}? I need an approval for access.", "{colleague}. [The mail with the approval is on its way|I asked already, it is fine]."},
				},
				try: []exchange{
					{"I gave you access. Please sign out and in again.", "I see {share} now, [but not {folder}|but can only read]."},
				},
				fix: []string{
					"You are in the right group now, with write access to {share}. I checked it with your account's effective rights.",
				},
			},
			{
				titles: []string{"Folder {folder} [disappeared|is gone] from {share}", "Please restore {folder} of [yesterday|last week]"},
				story:  "In {share} the folder {folder} is missing since [this morning|yesterday]. [Somebody may have moved it.|Nobody of us deleted it.] Can you get it back?",
				ask: []exchange{
					{"when did you last see the folder?", "[Yesterday afternoon|Friday before I left]."},
				},
				fix: []string{
					"{folder} had been dragged into the folder beside it. It is back in its place, nothing is lost.",
					"Restored {folder} from the backup of [last night|Tuesday], 100 % of the files are there.",
				},
			},
			{
				titles: []string{"[Cannot save|Saving fails] on {share}: disk full"},
				story:  "Saving to {share} ends with \"not enough space\". We [only keep|have] about [200|350|500] GB in {folder}.",
				fix: []string{
					"The quota of {share} was reached. I raised it by 200 GB and moved what nobody had opened for five years to the archive.",
				},
			},
		},
	},
}
