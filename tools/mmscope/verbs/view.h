/* SPDX-License-Identifier: GPL-2.0-only */
/* view.h - one table, live from debugfs or out of a capture's records */
#ifndef MMSCOPE_VIEW_H
#define MMSCOPE_VIEW_H

#include "cli/options.h"
#include "input/source.h"
#include "model/model.h"
#include "rows/rows.h"

/* All records of -i's capture, or of the live rings. */
int read_source(const struct options *options, struct source *source,
		record_fn record, void *to);

/**
 * struct view - rows that debugfs has live and a capture adds up to
 * @file: of debugfs
 * @type: of the rows
 * @fill: makes the rows out of records
 */
struct view {
	const char *file;
	const struct row_type *type;
	void (*fill)(struct rows *rows, struct model *model);
};

int view_show(const struct view *view, const struct options *options);

extern const struct row_type forks_type, mms_type, borrows_type;

/* The rows of debugfs's tables out of records. */
void forks_fill(struct rows *rows, struct model *model);
void mms_fill(struct rows *rows, struct model *model);
void borrows_fill(struct rows *rows, struct model *model);

#endif /* MMSCOPE_VIEW_H */
