// SPDX-License-Identifier: GPL-2.0-only
/* probes.c - mmscope probes: how each point was attached */
#include "base/util.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

static const struct column columns[] = {
	COLUMN("point", STRING,
	       "the point's name, or the counter of an instruction",
	       .nullable = true),
	COLUMN("status", STRING, "attached, unavailable, left_alone, off"),
	COLUMN("how", STRING, "how it was attached", .nullable = true),
	COLUMN("kind", STRING, "kprobe, ftrace hook, tracepoint, ...",
	       .nullable = true),
	COLUMN("where", STRING, "the function, and the place in it",
	       .nullable = true),
	COLUMN("hits", INTEGER, "how often it was hit", .nullable = true),
	COLUMN("missed", INTEGER, "hits that came to nothing",
	       .nullable = true),
	COLUMN("note", STRING, "why it is so", .nullable = true),
	{ 0 },
};

static const struct row_type probes_type = {
	"probes", "how a point of the kernel was attached", columns
};

static int run(const struct options *options)
{
	static const struct view view = { "probes", &probes_type, NULL };

	if (options->input) {
		complain(
			"a capture says nothing of probes, only the live kernel does: leave -i out");
		return STATUS_USAGE;
	}
	return view_show(&view, options);
}

const struct verb verb_probes = {
	.name = "probes",
	.run = run,
	.rows = (const struct row_type *const[]){ &probes_type, NULL },
	.letters = "ijdh",
	.synopsis = "[--json]",
	.summary = "how each point of the kernel was attached, what it missed",
	.about =
		"One row for each point: how it was attached (the symbol itself, another name\n"
		"of it, reconstructed from its neighbours, a tracepoint), where, how often it was\n"
		"hit and missed, and what is unavailable and why. Live only: a capture has none.",
};
