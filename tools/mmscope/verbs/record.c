// SPDX-License-Identifier: GPL-2.0-only
/* record.c - mmscope record: from the live rings into a capture */
#include "base/util.h"
#include "capture/recorder.h"
#include "cli/options.h"
#include "output/table.h"
#include "verbs/verbs.h"

static const struct column columns[] = {
	COLUMN("name", STRING, "the capture's directory"),
	COLUMN("records", INTEGER, "written into it"),
	COLUMN("lost_records", INTEGER, "missing in it"),
	COLUMN("size_bytes", INTEGER, "its size", .unit = "bytes"),
	{ 0 },
};

static const struct row_type recording_type = {
	"recording", "a capture that was made just now", columns
};

static void print_recorded(const struct recorded *recorded)
{
	struct rows rows;

	rows_init(&rows, &recording_type);
	row_begin(&rows);
	row_text(&rows, "name", "%s", recorded->directory);
	row_number(&rows, "records", recorded->records);
	row_number(&rows, "lost_records", recorded->lost);
	row_number(&rows, "size_bytes", recorded->bytes);
	table_print(&rows, FORM_JSON);
	rows_free(&rows);
}

static int run(const struct options *options)
{
	if (options->all && (options->npids || options->comm)) {
		complain("--all excludes --pid and --comm");
		return STATUS_USAGE;
	}
	return recorder_run(options, options->json ? print_recorded : NULL);
}

const struct verb verb_record = {
	.name = "record",
	.run = run,
	.rows = (const struct row_type *const[]){ &recording_type, NULL },
	.letters = "oaptcsLfjdh",
	.synopsis = "[options] [-- COMMAND [ARGUMENT...]]",
	.command = true,
	.summary =
		"record into a capture: a command and its descendants, or all",
	.about =
		"With COMMAND: records it and its descendants until it ends, and exits as it did\n"
		"(128 + signal if it was killed). Without: records until Ctrl-C. The capture is a\n"
		"CTF trace, which `mmscope report`, babeltrace2 and Trace Compass read.",
};
