// SPDX-License-Identifier: GPL-2.0-only
/* probes.c - mmscope probes: how each point was attached */
#include "base/util.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

static int run(const struct options *options)
{
	static const struct view view = { .file = "probes" };

	if (options->input) {
		complain("a capture says nothing of probes, only the live kernel does: leave -i out");
		return STATUS_USAGE;
	}
	return view_show(&view, options);
}

const struct verb verb_probes = {
	.name = "probes",
	.run = run,
	.letters = "ijdh",
	.synopsis = "[--json]",
	.summary = "how each point of the kernel was attached, what it missed",
	.about = "One row for each point: how it was attached (the symbol itself, another name\n"
		 "of it, reconstructed from its neighbours, a tracepoint), where, how often it was\n"
		 "hit and missed, and what is unavailable and why. Live only: a capture has none.",
};
