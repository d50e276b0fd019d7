/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - typed rows: what a verb shows, before it is text or JSON
 *
 * A verb declares the columns of its rows once. Their types decide how a cell is
 * parsed from the module's text, printed as text, written as JSON, and described in
 * the JSON Schema; nobody guesses a type from a cell, and a column is named, never
 * counted.
 */
#ifndef MMSCOPE_ROWS_H
#define MMSCOPE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum cell_type - what a cell holds
 * @CELL_INTEGER: a number
 * @CELL_SIGNED: a number that text shows with its sign: by how much something changed
 * @CELL_NS: a duration in ns; text shows ns, or units for people
 * @CELL_SECONDS: a time in ns; text shows seconds with the column's decimals
 * @CELL_RESULT: what a call returned; text shows the name of a negative errno
 * @CELL_STRING: any text
 * @CELL_INTEGERS: a list of numbers, "0,3" as text
 * @CELL_STRINGS: a list of texts, separated by newlines in a cell
 */
enum cell_type {
	CELL_INTEGER,
	CELL_SIGNED,
	CELL_NS,
	CELL_SECONDS,
	CELL_RESULT,
	CELL_STRING,
	CELL_INTEGERS,
	CELL_STRINGS,
};

/**
 * struct column - one column of a kind of rows
 * @name: the key in JSON, with the unit where it is a time
 * @help: what it says
 * @heading: in text, if it is not @name
 * @unit: of a number, for the schema; times know theirs
 * @of: the column whose task has this name. The module writes "-" where there is no
 *	task, but a task may be called "-", too.
 * @decimals: of CELL_SECONDS as text
 * @nullable: it may be null: text shows "-" for what is not there, "?" for what is
 *	not known
 * @only_json: text does not show it
 */
struct column {
	const char *name;
	enum cell_type type;
	const char *help;
	const char *heading;
	const char *unit;
	const char *of;
	unsigned int decimals;
	bool nullable;
	bool only_json;
};

/* COLUMN("age_ns", SECONDS, "what it says", .nullable = true) */
#define COLUMN(column, kind, says, ...)                            \
	{                                                          \
		.name = column, .type = CELL_##kind, .help = says, \
		##__VA_ARGS__                                      \
	}

/**
 * struct row_type - one kind of rows
 * @name: "table" in JSON; no other kind has it
 * @about: what a row is
 * @columns: in their order, up to one without a name
 */
struct row_type {
	const char *name;
	const char *about;
	const struct column *columns;
};

/* @CELL_UNSET: nobody has set it, which is an error in the program. */
enum cell_state { CELL_UNSET, CELL_NONE, CELL_UNKNOWN, CELL_VALUE };

struct cell {
	enum cell_state state;
	int64_t number;
	char *text;
};

/**
 * struct rows - rows of one kind
 * @cells: row by row
 * @next: where the next cell of the row in the making is likely to be
 */
struct rows {
	const struct row_type *type;
	size_t ncolumns;
	size_t count;
	size_t next;
	struct cell *cells;
};

void rows_init(struct rows *rows, const struct row_type *type);
void rows_free(struct rows *rows);
/* The rows are forgotten, the columns stay. */
void rows_clear(struct rows *rows);

/* A new row; the functions below set its cells by the names of their columns. */
void row_begin(struct rows *rows);
void row_number(struct rows *rows, const char *name, int64_t number);
void row_text(struct rows *rows, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* There is nothing of that kind. */
void row_none(struct rows *rows, const char *name);
/* There is, but what it is is not known. */
void row_unknown(struct rows *rows, const char *name);

/* A cell by the name of its column; it is there, and may be null. */
const struct cell *rows_cell(const struct rows *rows, size_t row,
			     const char *name);
/* Its number, @otherwise if it is null. */
int64_t rows_number(const struct rows *rows, size_t row, const char *name,
		    int64_t otherwise);
/* Its text, "" if it is null. */
const char *rows_text(const struct rows *rows, size_t row, const char *name);

/* What stands above a column in text. */
const char *column_heading(const struct column *column);

#endif /* MMSCOPE_ROWS_H */
