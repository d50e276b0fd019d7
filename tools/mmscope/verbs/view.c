// SPDX-License-Identifier: GPL-2.0-only
/* view.c - one table, live from debugfs or out of a capture's records */
#include <stdlib.h>

#include "base/util.h"
#include "module/debugfs.h"
#include "verbs/view.h"

int read_source(const struct options *options, struct source *source,
		record_fn record, void *to)
{
	if (options->input)
		return capture_read(options->input, source, record, to);
	return live_read(source, record, to);
}

static int show_capture(const struct view *view, const struct options *options)
{
	struct model model = { 0 };
	struct source source;
	struct table table;
	int status = capture_read(options->input, &source, model_feed, &model);

	model_finish(&model, &source);
	if (source.records) {
		table_init(&table, view->columns);
		view->fill(&table, &model);
		table_print(&table, options->json, view->file);
		table_free(&table);
	}
	if (model.lost_total)
		complain("%s: %llu records were lost: this is not all (`mmscope report` says why)",
			 options->input, (unsigned long long)model.lost_total);
	model_free(&model);
	return status;
}

int view_show(const struct view *view, const struct options *options)
{
	struct table table;
	char *text;

	if (options->input)
		return show_capture(view, options);
	text = debugfs_read(view->file);
	if (!text)
		return STATUS_TROUBLE;
	if (!table_from_text(&table, text)) {
		complain("%s has no header line: is it mmscope's?",
			 debugfs_path(view->file));
		free(text);
		return STATUS_TROUBLE;
	}
	table_print(&table, options->json, view->file);
	table_free(&table);
	free(text);
	return STATUS_OK;
}
