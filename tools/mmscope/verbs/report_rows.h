/* SPDX-License-Identifier: GPL-2.0-only */
/* report_rows.h - the parts of `mmscope report` */
#ifndef MMSCOPE_REPORT_ROWS_H
#define MMSCOPE_REPORT_ROWS_H

#include <stdbool.h>

#include "model/model.h"
#include "rows/rows.h"

/* Of lists by name, as text: those that matter. */
#define ROWS_SHOWN 10

/* A name; an empty one is not known. */
void report_name(struct rows *rows, const char *column, const char *name);
/* Prints rows, if there are any, and forgets them. */
void report_end(struct rows *rows, bool json, const char *heading);

extern const struct row_type report_copies_type, report_failures_type,
	report_dearest_type, report_spawns_type;

void report_forks(struct model *model, bool json);
void report_copies(struct model *model, bool json);
void report_failures(const struct model *model, bool json);
void report_dearest(const struct model *model, bool json);
void report_spawns(struct model *model, bool json);

#endif /* MMSCOPE_REPORT_ROWS_H */
