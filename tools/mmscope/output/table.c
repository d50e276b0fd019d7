// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c - rows as aligned columns under a header line, or as JSON
 *
 * libsmartcols is not used: it would be a second library beside jansson for what are
 * forty lines here, and its widths and escapes differ from those of the module's own
 * tables, which these rows are compared with.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/record_io.h"
#include "output/json.h"
#include "output/table.h"
#include "shared/printable.h"

/* ---- JSON ---- */

static json_t *list_json(const struct column *column, const char *text)
{
	const char *separator = column->type == CELL_INTEGERS ? "," : "\n";
	json_t *list = json_array();
	char *copy = must_format("%s", text), *at, *save = NULL;

	for (at = strtok_r(copy, separator, &save); at;
	     at = strtok_r(NULL, separator, &save))
		json_array_append_new(
			list, column->type == CELL_INTEGERS ?
				      json_integer(strtoll(at, NULL, 10)) :
				      json_text(at));
	free(copy);
	return list;
}

static json_t *cell_json(const struct column *column, const struct cell *cell)
{
	assert(cell->state != CELL_UNSET);
	if (cell->state != CELL_VALUE)
		return json_null();
	switch (column->type) {
	case CELL_STRING:
		return json_text(cell->text);
	case CELL_INTEGERS:
	case CELL_STRINGS:
		return list_json(column, cell->text);
	default:
		return json_integer(cell->number);
	}
}

static void print_json(const struct rows *rows)
{
	const struct cell *cell = rows->cells;
	const struct column *column;
	json_t *object;
	size_t row;

	for (row = 0; row < rows->count; row++) {
		object = json_object();
		json_object_set_new(object, "table",
				    json_string(rows->type->name));
		for (column = rows->type->columns; column->name;
		     column++, cell++)
			json_object_set_new(object, column->name,
					    cell_json(column, cell));
		json_line(object);
	}
}

/* ---- text ---- */

static char *seconds_text(const struct column *column, int64_t ns)
{
	/* A double has no room for a clock of months in ns. */
	if (column->decimals == 9)
		return must_format("%" PRId64 ".%09" PRId64, ns / 1000000000,
				   ns % 1000000000);
	return must_format("%.*f", (int)column->decimals, ns / 1e9);
}

static char *ns_text(int64_t ns, bool people)
{
	char buf[HUMAN_SIZE];

	if (!people)
		return must_format("%" PRId64, ns);
	return must_format("%s", ns ? human_ns(buf, ns) : "-");
}

char *cell_text(const struct column *column, const struct cell *cell,
		bool people)
{
	assert(cell->state != CELL_UNSET);
	if (cell->state != CELL_VALUE)
		return must_format(cell->state == CELL_NONE ? "-" : "?");
	switch (column->type) {
	case CELL_STRING:
	case CELL_STRINGS:
		return must_format("%s", cell->text);
	case CELL_INTEGERS:
		return must_format("%s", *cell->text ? cell->text : "-");
	case CELL_NS:
		return ns_text(cell->number, people);
	case CELL_SECONDS:
		return seconds_text(column, cell->number);
	case CELL_SIGNED:
		return must_format("%+" PRId64, cell->number);
	case CELL_RESULT:
		if (cell->number < 0)
			return must_format("%s", errno_name(-cell->number));
		/* fall through */
	default:
		return must_format("%" PRId64, cell->number);
	}
}

static char *heading_text(const struct column *column, bool people)
{
	char *heading = must_format("%s", column_heading(column));
	size_t length = strlen(heading);

	if (people && length > 3 && !strcmp(heading + length - 3, "_ns"))
		heading[length - 3] = '\0';
	return heading;
}

static void print_cell(const struct column *column, const char *text, int width,
		       bool first, bool last)
{
	bool left = column->type == CELL_STRING;
	int blanks = width - (int)strlen(text);
	const char *at;

	printf("%s%*s", first ? "" : "  ", left ? 0 : blanks, "");
	/* A task may call itself an escape sequence. */
	for (at = text; *at; at++)
		putchar(mmscope_printable_char(*at));
	if (left && !last)
		printf("%*s", blanks, "");
}

/* The header line and all rows as texts, line by line; what text does not show is NULL. */
static char **texts_of(const struct rows *rows, bool people)
{
	size_t n = rows->ncolumns, i;
	char **texts = must_calloc((rows->count + 1) * n, sizeof(*texts));
	const struct column *column;

	for (i = 0; i < (rows->count + 1) * n; i++) {
		column = &rows->type->columns[i % n];
		if (column->only_json)
			continue;
		texts[i] =
			i < n ? heading_text(column, people) :
				cell_text(column, &rows->cells[i - n], people);
	}
	return texts;
}

static void print_text(const struct rows *rows, bool people)
{
	size_t n = rows->ncolumns, i, last = 0, total = (rows->count + 1) * n;
	int *width = must_calloc(n, sizeof(*width));
	char **texts = texts_of(rows, people);

	for (i = 0; i < total; i++) {
		if (!texts[i])
			continue;
		if ((int)strlen(texts[i]) > width[i % n])
			width[i % n] = strlen(texts[i]);
		if (i % n > last)
			last = i % n;
	}
	for (i = 0; i < total; i++) {
		if (i % n == 0)
			fputs(i ? "  " : "# ", stdout);
		if (texts[i])
			print_cell(&rows->type->columns[i % n], texts[i],
				   width[i % n], i % n == 0, i % n == last);
		if (i % n == n - 1)
			putchar('\n');
		free(texts[i]);
	}
	free(texts);
	free(width);
}

void table_print(const struct rows *rows, enum form form)
{
	if (form == FORM_JSON)
		print_json(rows);
	else
		print_text(rows, form == FORM_PEOPLE);
}
