// SPDX-License-Identifier: GPL-2.0-only
/* tables.c - the module's tables, parsed by their header line */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "module/tables.h"

#define WORDS_MAX 32
#define BLANKS " \t"

/* A word of a line; without length where the line has ended. */
struct word {
	const char *at;
	size_t length;
};

/* Cuts a line; the last of @count words is the rest of it. */
static size_t cut(const char *line, size_t length, struct word *words,
		  size_t count)
{
	const char *end = line + length;
	size_t n;

	for (n = 0; n < count; n++) {
		line += strspn(line, BLANKS);
		if (line > end)
			line = end;
		words[n].at = line;
		words[n].length = strcspn(line, BLANKS "\n");
		if (n + 1 == count)
			words[n].length = end - line;
		while (words[n].length &&
		       isspace((unsigned char)line[words[n].length - 1]))
			words[n].length--;
		if (!words[n].length)
			break;
		line += words[n].length;
	}
	return n;
}

static bool is_word(const struct word *word, const char *text)
{
	return word->length == strlen(text) &&
	       !memcmp(word->at, text, word->length);
}

/* Where each word of the header is among the columns. */
struct header {
	struct word words[WORDS_MAX];
	size_t count;
};

static const struct word *word_of(const struct header *header,
				  const struct word *line, const char *heading)
{
	size_t i;

	for (i = 0; i < header->count; i++)
		if (is_word(&header->words[i], heading))
			return &line[i];
	return NULL;
}

static bool has_columns(const struct header *header,
			const struct row_type *type)
{
	const struct column *column;

	for (column = type->columns; column->name; column++)
		if (!column->nullable &&
		    !word_of(header, header->words, column_heading(column)))
			return false;
	return true;
}

/* "-" or "?" is no name if there is no task of that name. */
static bool names_a_task(const struct rows *rows, const struct column *column)
{
	return column->of && rows_number(rows, rows->count - 1, column->of, 0);
}

static bool parse_number(struct rows *rows, const struct column *column,
			 const char *text)
{
	unsigned long long fraction = 0, unit = 1000000000;
	int64_t number;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (column->type == CELL_SECONDS) {
		if (number < 0 || number > INT64_MAX / 1000000001)
			return false;
		number *= 1000000000;
		if (*end == '.')
			for (end++; isdigit((unsigned char)*end); end++)
				fraction += (*end - '0') * (unit /= 10);
		number += fraction;
	}
	if (errno || *end || end == text)
		return false;
	row_number(rows, column->name, number);
	return true;
}

static bool parse_cell(struct rows *rows, const struct column *column,
		       const struct word *word)
{
	bool none = !word || !word->length || is_word(word, "-");
	char *text;
	bool done;

	if (!column->nullable && column->type == CELL_INTEGERS && none) {
		row_text(rows, column->name, "%s", "");
		return true;
	}
	if (column->nullable && (none || is_word(word, "?")) &&
	    !(word && names_a_task(rows, column))) {
		if (none)
			row_none(rows, column->name);
		else
			row_unknown(rows, column->name);
		return true;
	}
	text = must_format("%.*s", word ? (int)word->length : 0,
			   word ? word->at : "");
	done = true;
	if (column->type == CELL_STRING || column->type == CELL_INTEGERS)
		row_text(rows, column->name, "%s", text);
	else
		done = parse_number(rows, column, text);
	free(text);
	return done;
}

static bool parse_line(struct rows *rows, const struct header *header,
		       const char *line, size_t length)
{
	struct word words[WORDS_MAX] = { 0 };
	const struct column *column;

	cut(line, length, words, header->count);
	row_begin(rows);
	for (column = rows->type->columns; column->name; column++)
		if (!parse_cell(rows, column,
				word_of(header, words, column_heading(column))))
			return false;
	return true;
}

bool table_parse(struct rows *rows, const struct row_type *type,
		 const char *text)
{
	size_t length = strcspn(text, "\n"), mark = strspn(text, "#" BLANKS);
	struct header header = { 0 };

	if (*text != '#' || mark >= length)
		return false;
	header.count = cut(text + mark, length - mark, header.words, WORDS_MAX);
	if (!has_columns(&header, type))
		return false;
	rows_init(rows, type);
	while (text[length]) {
		text += length + 1;
		length = strcspn(text, "\n");
		if (length && !parse_line(rows, &header, text, length)) {
			rows_free(rows);
			return false;
		}
	}
	return true;
}
