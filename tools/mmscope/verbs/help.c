// SPDX-License-Identifier: GPL-2.0-only
/* help.c - mmscope help [VERB] */
#include <string.h>

#include "base/util.h"
#include "cli/options.h"
#include "output/table.h"
#include "verbs/verbs.h"

const struct verb *const verbs[] = {
	&verb_record,	&verb_report, &verb_events, &verb_forks,  &verb_mms,
	&verb_borrows,	&verb_ledger, &verb_who,    &verb_probes, &verb_doctor,
	&verb_selftest, &verb_help,   NULL,
};

const struct verb *verb_find(const char *name)
{
	size_t i;

	for (i = 0; verbs[i]; i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

static const struct column columns[] = {
	COLUMN("verb", STRING, "its name"),
	COLUMN("synopsis", STRING, "what follows it"),
	COLUMN("summary", STRING, "what it does, on a line"),
	{ 0 },
};

static const struct row_type verbs_type = { "verbs",
					    "one verb of the command line",
					    columns };

static void print_verb(const struct verb *verb, bool json)
{
	struct rows rows;

	if (!json) {
		printf("  %-8s %s\n", verb->name, verb->summary);
		return;
	}
	rows_init(&rows, &verbs_type);
	row_begin(&rows);
	row_text(&rows, "verb", "%s", verb->name);
	row_text(&rows, "synopsis", "%s", verb->synopsis);
	row_text(&rows, "summary", "%s", verb->summary);
	table_print(&rows, FORM_JSON);
	rows_free(&rows);
}

static int run(const struct options *options)
{
	const struct verb *verb = NULL;
	size_t i;

	if (options->command[0]) {
		verb = verb_find(options->command[0]);
		if (!verb || options->command[1]) {
			complain(
				"unknown verb '%s' (`mmscope help` lists them)",
				options->command[verb ? 1 : 0]);
			return STATUS_USAGE;
		}
		if (options->json)
			print_verb(verb, true);
		else
			verb_print_help(verb);
		return STATUS_OK;
	}
	if (!options->json)
		printf("usage: mmscope VERB [options]\n\n"
		       "Shows every address space of the running kernel: how it came to be, what that\n"
		       "cost, who uses it, who only pins it, and which kernel thread borrows it.\n\n");
	for (i = 0; verbs[i]; i++)
		print_verb(verbs[i], options->json);
	if (!options->json)
		printf("\n`mmscope help VERB` says more; `mmscope --version` the version.\n"
		       "exit status: 0 well, 1 the machine or the input is not as it should be, 2 usage\n");
	return STATUS_OK;
}

const struct verb verb_help = {
	.name = "help",
	.run = run,
	.rows = (const struct row_type *const[]){ &verbs_type, NULL },
	.letters = "jh",
	.synopsis = "[--json] [VERB]",
	.operands = true,
	.summary = "list the verbs, or say all about one",
	.about =
		"Lists the verbs with a line for each, or says what one does and what options\n"
		"it accepts.",
};
