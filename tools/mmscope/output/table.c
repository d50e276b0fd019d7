// SPDX-License-Identifier: GPL-2.0-only
/* table.c - aligned columns under a header line, or one JSON object a row */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/json.h"
#include "output/table.h"
#include "shared/printable.h"

/* Columns of words; in all others a cell that looks like a number is one. */
static const char *const word_columns[] = {
	"path", "kind", "state", "how",  "comm", "point",  "status",
	"where", "note", "flags", "name", "parent", "check",
	"error", "freed_by", "owner", "cause",
	"lender_comm", "borrower_comm", "last_borrower_comm", "kernel_release", "holder",
	"counter", "what", "function", "between",
};

static bool is_word_column(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(word_columns) / sizeof(word_columns[0]); i++)
		if (!strcmp(name, word_columns[i]))
			return true;
	return false;
}

void table_init(struct table *table, const char *columns)
{
	char *at, *save = NULL;

	memset(table, 0, sizeof(*table));
	table->columns = must_format("%s", columns + strspn(columns, "# "));
	table->names = must_calloc(strlen(columns) + 1, sizeof(char *));
	for (at = strtok_r(table->columns, " \t", &save); at;
	     at = strtok_r(NULL, " \t", &save))
		table->names[table->ncolumns++] = at;
}

void table_init_human(struct table *table, const char *columns)
{
	size_t i, length;

	table_init(table, columns);
	table->human = true;
	for (i = 0; i < table->ncolumns; i++) {
		length = strlen(table->names[i]);
		if (length > 3 && !strcmp(table->names[i] + length - 3, "_ns"))
			table->names[i][length - 3] = '\0';
	}
}

void table_clear(struct table *table)
{
	while (table->ncells)
		free(table->cells[--table->ncells]);
	free(table->cells);
	table->cells = NULL;
}

void table_free(struct table *table)
{
	table_clear(table);
	free(table->names);
	free(table->columns);
}

static void add_cell(struct table *table, char *cell)
{
	/* Grows by doubling: a power of two is a full array. */
	if (!(table->ncells & (table->ncells - 1)))
		table->cells = must_realloc(table->cells,
					    (table->ncells * 2 + 1) *
						    sizeof(*table->cells));
	table->cells[table->ncells++] = cell;
}

void table_cell(struct table *table, const char *format, ...)
{
	va_list args;
	char *cell;

	va_start(args, format);
	if (vasprintf(&cell, format, args) < 0)
		cell = must_calloc(1, 1);
	va_end(args);
	add_cell(table, cell);
}

void table_number(struct table *table, uint64_t number)
{
	table_cell(table, "%llu", (unsigned long long)number);
}

void table_ns(struct table *table, uint64_t ns)
{
	char buf[HUMAN_SIZE];

	if (!table->human)
		table_number(table, ns);
	else
		table_cell(table, "%s", ns ? human_ns(buf, ns) : "-");
}

/* One line's cells; a line that ends early gets `-` for the rest. */
static void add_line(struct table *table, const char *line, size_t length)
{
	const char *end = line + length;
	size_t column, word;

	for (column = 0; column < table->ncolumns; column++) {
		while (line < end && (*line == ' ' || *line == '\t'))
			line++;
		word = 0;
		while (line + word < end && line[word] != ' ' &&
		       line[word] != '\t')
			word++;
		if (column + 1 == table->ncolumns) {
			word = end - line;
			while (word && isspace((unsigned char)line[word - 1]))
				word--;
		}
		if (word)
			table_cell(table, "%.*s", (int)word, line);
		else
			table_cell(table, "-");
		line += word;
	}
}

bool table_from_text(struct table *table, const char *text)
{
	size_t length = strcspn(text, "\n");
	char *header;

	if (*text != '#' || strspn(text, "# \t") == length)
		return false;
	header = must_format("%.*s", (int)length, text);
	table_init(table, header);
	free(header);
	while (text[length]) {
		text += length + 1;
		length = strcspn(text, "\n");
		if (length)
			add_line(table, text, length);
	}
	return true;
}

static json_t *list_json(const char *cell)
{
	json_t *list = json_array();
	char *end;

	while (isdigit((unsigned char)*cell)) {
		json_array_append_new(list,
				      json_integer(strtoll(cell, &end, 10)));
		cell = end + (*end == ',');
	}
	return list;
}

static json_t *cell_json(const char *name, const char *cell)
{
	char *end;
	long long whole;
	double real;

	if (!strcmp(name, "borrowers"))
		return list_json(cell);
	if (!strcmp(cell, "-") || !strcmp(cell, "?"))
		return json_null();
	if (is_word_column(name))
		return json_text(cell);
	errno = 0;
	whole = strtoll(cell, &end, 10);
	if (*cell && !*end && !errno)
		return json_integer(whole);
	real = strtod(cell, &end);
	if (*cell && !*end)
		return json_real(real);
	return json_text(cell);
}

static void print_json(const struct table *table, const char *kind)
{
	json_t *object = NULL;
	size_t i, column;

	for (i = 0; i < table->ncells; i++) {
		column = i % table->ncolumns;
		if (!column) {
			object = json_object();
			if (kind)
				json_object_set_new(object, "table",
						    json_string(kind));
		}
		json_object_set_new(object, table->names[column],
				    cell_json(table->names[column],
					      table->cells[i]));
		if (column + 1 == table->ncolumns)
			json_line(object);
	}
}

static void print_cell(const struct table *table, size_t column,
		       const char *cell, int width)
{
	bool last = column + 1 == table->ncolumns;
	bool left = is_word_column(table->names[column]);
	const char *at;

	printf("%s%*s", column ? "  " : "", left ? 0 : width - (int)strlen(cell),
	       "");
	/* A task may call itself an escape sequence. */
	for (at = cell; *at; at++)
		putchar(mmscope_printable_char(*at));
	if (left && !last)
		printf("%*s", width - (int)strlen(cell), "");
	if (last)
		putchar('\n');
}

void table_print(const struct table *table, bool json, const char *kind)
{
	int *width = must_calloc(table->ncolumns, sizeof(*width));
	size_t i, column;

	for (column = 0; column < table->ncolumns; column++)
		width[column] = strlen(table->names[column]);
	for (i = 0; i < table->ncells; i++)
		if ((int)strlen(table->cells[i]) > width[i % table->ncolumns])
			width[i % table->ncolumns] = strlen(table->cells[i]);
	if (json) {
		print_json(table, kind);
	} else {
		printf("# ");
		for (column = 0; column < table->ncolumns; column++)
			print_cell(table, column, table->names[column],
				   width[column]);
		for (i = 0; i < table->ncells; i++) {
			if (i % table->ncolumns == 0)
				printf("  ");
			print_cell(table, i % table->ncolumns, table->cells[i],
				   width[i % table->ncolumns]);
		}
	}
	free(width);
}
