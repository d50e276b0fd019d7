/* SPDX-License-Identifier: GPL-2.0-only */
/* tables.h - the module's tables, parsed by their header line */
#ifndef MMSCOPE_TABLES_H
#define MMSCOPE_TABLES_H

#include "rows/rows.h"

/**
 * table_parse() - rows out of a table of debugfs
 * @rows: to be given to rows_free() if the answer is true
 * @type: says the columns, which the header line names by their headings, in any order
 * @text: a header line with `#`, then rows; the last column may hold blanks
 *
 * Columns that the module does not have are none, if they may be null. Columns that
 * @type does not have are passed over.
 *
 * Return: false if there is no such header line, or a cell is not of its type.
 */
bool table_parse(struct rows *rows, const struct row_type *type,
		 const char *text);

#endif /* MMSCOPE_TABLES_H */
