// SPDX-License-Identifier: GPL-2.0-only
/* view.c - one table, live from debugfs or out of a capture's records */
#include <stdlib.h>

#include "base/util.h"
#include "module/debugfs.h"
#include "module/tables.h"
#include "output/table.h"
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
	struct rows rows;
	int status = capture_read(options->input, &source, model_feed, &model);

	model_finish(&model, &source);
	if (source.records) {
		rows_init(&rows, view->type);
		view->fill(&rows, &model);
		table_print(&rows, options->json ? FORM_JSON : FORM_TEXT);
		rows_free(&rows);
	}
	if (model.lost_total)
		complain(
			"%s: %llu records were lost: this is not all (`mmscope report` says why)",
			options->input, (unsigned long long)model.lost_total);
	model_free(&model);
	return status;
}

int view_show(const struct view *view, const struct options *options)
{
	struct rows rows;
	char *text;

	if (options->input)
		return show_capture(view, options);
	text = debugfs_read(view->file);
	if (!text)
		return STATUS_TROUBLE;
	if (!table_parse(&rows, view->type, text)) {
		complain("%s is not as expected: is it mmscope's?",
			 debugfs_path(view->file));
		free(text);
		return STATUS_TROUBLE;
	}
	table_print(&rows, options->json ? FORM_JSON : FORM_TEXT);
	rows_free(&rows);
	free(text);
	return STATUS_OK;
}
