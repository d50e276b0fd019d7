/* SPDX-License-Identifier: GPL-2.0-only */
/* table.h - aligned columns under a header line, or one JSON object a row */
#ifndef MMSCOPE_TABLE_H
#define MMSCOPE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct table - cells as text, row by row
 * @columns: the header line, its names cut apart by NUL
 * @names: where they begin
 * @human: times are for people to read, and _ns is off their columns' names
 */
struct table {
	char *columns;
	char **names;
	size_t ncolumns;
	bool human;
	char **cells;
	size_t ncells;
};

/**
 * table_init() - an empty table
 * @table: to be given to table_free()
 * @columns: names separated by blanks; a `#` before them is ignored
 */
void table_init(struct table *table, const char *columns);
void table_init_human(struct table *table, const char *columns);
void table_free(struct table *table);
/* Its rows are forgotten, its columns stay. */
void table_clear(struct table *table);

/* The next cell; as many as there are columns make a row. */
void table_cell(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void table_number(struct table *table, uint64_t number);
/* A time: nanoseconds, or "4.10 us" if the table is for people to read. */
void table_ns(struct table *table, uint64_t ns);

/**
 * table_from_text() - a table of debugfs
 * @table: to be given to table_free() if the answer is true
 * @text: a header line with `#`, then rows; the last column may hold blanks
 *
 * Return: false if there is no header line.
 */
bool table_from_text(struct table *table, const char *text);

/**
 * table_print() - to standard output
 * @table: whole rows
 * @json: one object a row, with @kind under "table", instead of columns
 * @kind: what a row is about, NULL for nothing
 */
void table_print(const struct table *table, bool json, const char *kind);

#endif /* MMSCOPE_TABLE_H */
