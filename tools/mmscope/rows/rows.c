// SPDX-License-Identifier: GPL-2.0-only
/* rows.c - typed rows: what a verb shows, before it is text or JSON */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "rows/rows.h"

void rows_init(struct rows *rows, const struct row_type *type)
{
	memset(rows, 0, sizeof(*rows));
	rows->type = type;
	while (type->columns[rows->ncolumns].name)
		rows->ncolumns++;
}

void rows_clear(struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->count * rows->ncolumns; i++)
		free(rows->cells[i].text);
	free(rows->cells);
	rows->cells = NULL;
	rows->count = 0;
}

void rows_free(struct rows *rows)
{
	rows_clear(rows);
}

void row_begin(struct rows *rows)
{
	size_t size = rows->ncolumns * sizeof(*rows->cells);

	/* Grows by doubling: a power of two is a full array. */
	if (!(rows->count & (rows->count - 1)))
		rows->cells =
			must_realloc(rows->cells, (rows->count * 2 + 1) * size);
	memset(rows->cells + rows->count * rows->ncolumns, 0, size);
	rows->count++;
	rows->next = 0;
}

static size_t column_of(const struct rows *rows, const char *name, size_t from)
{
	size_t i, column;

	for (i = 0; i < rows->ncolumns; i++) {
		column = (from + i) % rows->ncolumns;
		if (!strcmp(rows->type->columns[column].name, name))
			return column;
	}
	complain("rows of %s have no column %s", rows->type->name, name);
	abort();
}

/* The cell of the row in the making, set for the first time. */
static struct cell *cell_to_set(struct rows *rows, const char *name,
				const struct column **column)
{
	size_t found = column_of(rows, name, rows->next);
	struct cell *cell =
		rows->cells + (rows->count - 1) * rows->ncolumns + found;

	assert(cell->state == CELL_UNSET);
	rows->next = found + 1;
	*column = &rows->type->columns[found];
	return cell;
}

static bool is_text(enum cell_type type)
{
	return type == CELL_STRING || type == CELL_INTEGERS ||
	       type == CELL_STRINGS;
}

void row_number(struct rows *rows, const char *name, int64_t number)
{
	const struct column *column;
	struct cell *cell = cell_to_set(rows, name, &column);

	assert(!is_text(column->type));
	cell->state = CELL_VALUE;
	cell->number = number;
}

void row_text(struct rows *rows, const char *name, const char *format, ...)
{
	const struct column *column;
	struct cell *cell = cell_to_set(rows, name, &column);
	va_list args;

	assert(is_text(column->type));
	va_start(args, format);
	if (vasprintf(&cell->text, format, args) < 0)
		cell->text = must_calloc(1, 1);
	va_end(args);
	cell->state = CELL_VALUE;
}

static void set_null(struct rows *rows, const char *name, enum cell_state state)
{
	const struct column *column;
	struct cell *cell = cell_to_set(rows, name, &column);

	assert(column->nullable);
	cell->state = state;
}

void row_none(struct rows *rows, const char *name)
{
	set_null(rows, name, CELL_NONE);
}

void row_unknown(struct rows *rows, const char *name)
{
	set_null(rows, name, CELL_UNKNOWN);
}

const struct cell *rows_cell(const struct rows *rows, size_t row,
			     const char *name)
{
	const struct cell *cell =
		rows->cells + row * rows->ncolumns + column_of(rows, name, 0);

	assert(row < rows->count && cell->state != CELL_UNSET);
	return cell;
}

int64_t rows_number(const struct rows *rows, size_t row, const char *name,
		    int64_t otherwise)
{
	const struct cell *cell = rows_cell(rows, row, name);

	return cell->state == CELL_VALUE ? cell->number : otherwise;
}

const char *rows_text(const struct rows *rows, size_t row, const char *name)
{
	const struct cell *cell = rows_cell(rows, row, name);

	return cell->state == CELL_VALUE ? cell->text : "";
}

const char *column_heading(const struct column *column)
{
	return column->heading ? column->heading : column->name;
}
