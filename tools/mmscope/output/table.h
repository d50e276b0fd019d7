/* SPDX-License-Identifier: GPL-2.0-only */
/* table.h - rows as aligned columns under a header line, or as JSON */
#ifndef MMSCOPE_TABLE_H
#define MMSCOPE_TABLE_H

#include "rows/rows.h"

/* What rows are printed as. */
enum form {
	FORM_TEXT, /* plain units, as the module has them */
	FORM_PEOPLE, /* text with units for people, and _ns off the headings */
	FORM_JSON, /* an object a row */
};

/* A cell as text shows it, to be freed. @people: with units for people. */
char *cell_text(const struct column *column, const struct cell *cell,
		bool people);
/* To standard output. */
void table_print(const struct rows *rows, enum form form);

#endif /* MMSCOPE_TABLE_H */
