/* SPDX-License-Identifier: GPL-2.0-only */
/* ledger_view.h - the module's file `ledger`, and what is shown of a ledger */
#ifndef MMSCOPE_LEDGER_VIEW_H
#define MMSCOPE_LEDGER_VIEW_H

#include "model/ledger_stats.h"
#include "output/table.h"
#include "rows/rows.h"

/* The counter of an instruction that can change the one or the other. */
#define LEDGER_EITHER LEDGER_COUNTERS

/**
 * struct ledger_view - a ledger to be shown, live or out of a capture
 * @totals: one row
 * @functions: a row for each function and counter, the most contended first
 * @open: what does not close
 */
struct ledger_view {
	struct rows totals, functions, open;
};

/**
 * ledger_view_text() - out of the module's file
 * @view: to be given to ledger_view_free() if the answer is true
 * @text: of the file
 *
 * Return: false if that is no such file.
 */
bool ledger_view_text(struct ledger_view *view, const char *text);
/* The same out of a capture's records. */
void ledger_view_stats(struct ledger_view *view, struct ledger_stats *stats);
void ledger_view_print(const struct ledger_view *view, bool json);

extern const struct row_type ledger_type, function_type, open_ledger_type;
void ledger_view_free(struct ledger_view *view);

#endif /* MMSCOPE_LEDGER_VIEW_H */
