// SPDX-License-Identifier: GPL-2.0-only
/* events.c - mmscope events: every record, a line each */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/record_json.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

struct events {
	struct names names;
	uint64_t types; /* one bit each; all are wanted if none is set */
	bool json;
	bool header_done;
};

static uint64_t types_of(const char *list)
{
	uint64_t types = 0;
	size_t word;

	for (; list && *list; list += word + (list[word] == ',')) {
		word = strcspn(list, ",");
		types |= 1ULL << type_number(list, word);
	}
	return types;
}

static void show(void *to, const struct mmscope_record *record)
{
	struct events *events = to;
	unsigned int type = record->head.id;
	char line[RECORD_LINE_SIZE], json[RECORD_JSON_SIZE];
	const char *comm;

	names_feed(&events->names, record);
	/* What is missing is never left out. */
	if (events->types && type != MMSCOPE_TYPE_lost &&
	    (type >= 64 || !(events->types & 1ULL << type)))
		return;
	comm = type == MMSCOPE_TYPE_lost ?
		       NULL :
		       names_get(&events->names, record->head.pid,
				 record->head.cpu);
	if (events->json) {
		record_json_text(json, record, comm);
		puts(json);
		return;
	}
	if (!events->header_done)
		fputs(record_line_header(), stdout);
	events->header_done = true;
	record_line(line, record, comm);
	puts(line);
}

static int run(const struct options *options)
{
	struct events events = {
		.types = types_of(options->types),
		.json = options->json,
	};
	struct source source;
	int status = read_source(options, &source, show, &events);

	names_free(&events.names);
	return status;
}

const struct verb verb_events = {
	.name = "events",
	.run = run,
	.letters = "ijtdh",
	.synopsis = "[DIR | -i DIR] [--types TYPE,...] [--json]",
	.summary = "every record in the order of time, a line each",
	.about =
		"Prints the records of a capture, or those that are still in the live rings,\n"
		"which stay there. The task's name stands at the end of the line. Lost records\n"
		"are shown where they were lost, whatever --types says.",
};
