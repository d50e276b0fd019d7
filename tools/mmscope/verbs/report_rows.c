// SPDX-License-Identifier: GPL-2.0-only
/* report_rows.c - of the report: how its rows are printed */
#include "base/util.h"
#include "output/table.h"
#include "verbs/report_rows.h"

/* A name; what has none is not known. */
void report_name(struct rows *rows, const char *column, const char *name)
{
	if (*name)
		row_text(rows, column, "%s", name);
	else
		row_unknown(rows, column);
}

void report_end(struct rows *rows, bool json, const char *heading)
{
	if (rows->count && !json)
		print_heading("%s", heading);
	if (rows->count)
		table_print(rows, json ? FORM_JSON : FORM_PEOPLE);
	rows_free(rows);
}
