/* SPDX-License-Identifier: GPL-2.0-only */
/* view.h - one table, live from debugfs or out of a capture's records */
#ifndef MMSCOPE_VIEW_H
#define MMSCOPE_VIEW_H

#include "cli/options.h"
#include "input/source.h"
#include "model/model.h"
#include "output/table.h"

/* All records of -i's capture, or of the live rings. */
int read_source(const struct options *options, struct source *source,
		record_fn record, void *to);

/**
 * struct view - a table that debugfs has live and a capture adds up to
 * @file: of debugfs; also what JSON calls it
 * @columns: as debugfs has them
 * @fill: makes the rows out of records
 */
struct view {
	const char *file;
	const char *columns;
	void (*fill)(struct table *table, struct model *model);
};

int view_show(const struct view *view, const struct options *options);

#define FORKS_COLUMNS                                                         \
	"path kind ok failed p50_ns p99_ns max_ns copy_ns vfork_ns vmas "      \
	"pages pgtable_kib"

/* The rows of debugfs's tables out of records. */
void forks_fill(struct table *table, struct model *model);
void mms_fill(struct table *table, struct model *model);
void borrows_fill(struct table *table, struct model *model);

#endif /* MMSCOPE_VIEW_H */
