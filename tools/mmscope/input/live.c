// SPDX-License-Identifier: GPL-2.0-only
/*
 * live.c - the records that are still in the live rings
 *
 * They come as text, from `events`: reading cpuN would take them away from
 * whoever records.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/record_io.h"
#include "input/sites.h"
#include "input/source.h"
#include "module/debugfs.h"
#include "shared/record.h"

static bool check_version(struct source *source)
{
	char *text = debugfs_read("metadata");
	struct metadata metadata;
	bool fits;

	if (!text)
		return false;
	metadata_parse(text, &metadata);
	sites_parse(text);
	free(text);
	memcpy(source->kernel_release, metadata.kernel_release,
	       sizeof(source->kernel_release));
	source->page_size = metadata.page_size;
	fits = metadata.abi == MMSCOPE_ABI_VERSION;
	if (!fits)
		complain("%s: record format %llu, and this mmscope knows format %u; use the mmscope that belongs to the module",
			 debugfs_path("metadata"),
			 (unsigned long long)metadata.abi, MMSCOPE_ABI_VERSION);
	return fits;
}

static void give_line(struct source *source, const struct mmscope_record *line,
		      record_fn record, void *to)
{
	if (!source->records)
		source->first = line->head.timestamp;
	source->last = line->head.timestamp;
	source->records += line->head.id != MMSCOPE_TYPE_lost;
	if (line->head.cpu >= source->cpus)
		source->cpus = line->head.cpu + 1;
	record(to, line);
}

FILE *live_open(struct source *source)
{
	FILE *events;

	memset(source, 0, sizeof(*source));
	source->name = "the live rings";
	if (!check_version(source))
		return NULL;
	events = fopen(debugfs_path("events"), "re");
	if (!events)
		debugfs_explain("events", errno);
	return events;
}

int live_next(FILE *events, struct source *source, record_fn record, void *to)
{
	struct mmscope_record parsed;
	size_t size = 0, odd = 0;
	char *line = NULL;

	clearerr(events);
	while (getline(&line, &size, events) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			continue;
		if (record_from_line(line, &parsed))
			give_line(source, &parsed, record, to);
		else
			odd++;
	}
	free(line);
	if (odd)
		complain("%s: %zu lines that are no records",
			 debugfs_path("events"), odd);
	return odd ? STATUS_TROUBLE : STATUS_OK;
}

int live_read(struct source *source, record_fn record, void *to)
{
	FILE *events = live_open(source);
	int status;

	if (!events)
		return STATUS_TROUBLE;
	status = live_next(events, source, record, to);
	fclose(events);
	return status;
}
