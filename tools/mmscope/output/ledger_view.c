// SPDX-License-Identifier: GPL-2.0-only
/* ledger_view.c - the module's file `ledger`, and what is shown of a ledger */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/ledger_view.h"
#include "shared/printable.h"

static const char *const counter_names[] = { "users", "count", "either" };

static void view_init(struct ledger_view *view)
{
	table_init(
		&view->totals,
		"state sites missed born never_born freed closed open unsure "
		"before before_closed before_open unjudged");
	table_init(&view->functions,
		   "function counter takes puts balance elsewhere");
	table_init(&view->open, "mm state users count pid comm between");
}

void ledger_view_free(struct ledger_view *view)
{
	table_free(&view->totals);
	table_free(&view->functions);
	table_free(&view->open);
}

/* Who shares a counter's cache line with whom matters most. */
static int most_contended_first(const struct ledger_row *a,
				const struct ledger_row *b)
{
	uint64_t one = a->takes + a->puts, other = b->takes + b->puts;

	if (a->elsewhere != b->elsewhere)
		return a->elsewhere < b->elsewhere ? 1 : -1;
	if (one != other)
		return one < other ? 1 : -1;
	return strcmp(a->key.where, b->key.where);
}

static void fill_functions(struct table *table, struct ledger_row **rows)
{
	const struct ledger_row *row;

	HASH_SORT(*rows, most_contended_first);
	for (row = *rows; row; row = row->hh.next) {
		table_cell(table, "%s", row->key.where);
		table_cell(table, "%s", counter_names[row->key.counter]);
		table_number(table, row->takes);
		table_number(table, row->puts);
		table_cell(table, "%lld", (long long)(row->takes - row->puts));
		table_number(table, row->elsewhere);
	}
}

/* ---- out of records ---- */

static void open_row(struct table *table, const struct ledger_open *open)
{
	char word[sizeof(open->comm)];

	/* A column in the middle of a row: one word, as the module has it. */
	snprintf(word, sizeof(word), "%s", *open->comm ? open->comm : "?");
	mmscope_printable_word(word, sizeof(word));
	table_number(table, open->mm);
	table_cell(table, "freed");
	table_cell(table, "%+d", open->hole[LEDGER_USERS]);
	table_cell(table, "%+d", open->hole[LEDGER_COUNT]);
	table_number(table, open->pid);
	table_cell(table, "%s", word);
	table_cell(table, "birth at %.9f .. mm_free at %.9f", open->birth / 1e9,
		   open->freed / 1e9);
}

void ledger_view_stats(struct ledger_view *view, struct ledger_stats *stats)
{
	size_t i;

	view_init(view);
	table_cell(&view->totals, "%s", stats->first_ref ? "recorded" : "off");
	table_cell(&view->totals, "?");
	table_cell(&view->totals, "?");
	table_number(&view->totals, stats->born);
	table_number(&view->totals, stats->never_born);
	table_number(&view->totals, stats->freed);
	table_number(&view->totals, stats->closed);
	table_number(&view->totals, stats->nopens);
	table_number(&view->totals, stats->unsure);
	table_number(&view->totals, stats->before);
	/* No record says what their counters began with. */
	table_cell(&view->totals, "?");
	table_cell(&view->totals, "?");
	table_cell(&view->totals, "?");
	fill_functions(&view->functions, &stats->rows);
	for (i = 0; i < stats->nopens; i++)
		open_row(&view->open, &stats->opens[i]);
}

/* ---- out of the module's file ---- */

/* The first number behind these words; "?" if they are not there. */
static void total_cell(struct table *table, const char *text, const char *words)
{
	const char *at = strstr(text, words);

	if (at)
		table_number(table, strtoull(at + strlen(words), NULL, 10));
	else
		table_cell(table, "?");
}

static void fill_totals(struct table *table, const char *text)
{
	const char *before = strstr(text, "there before: ");

	text += strspn(text, "# ");
	table_cell(table, "%.*s", (int)strcspn(text, ";\n"), text);
	total_cell(table, text, "sites: ");
	total_cell(table, text, "missed by probes: ");
	total_cell(table, text, "born: ");
	total_cell(table, text, "never came to be: ");
	total_cell(table, text, "freed: ");
	total_cell(table, text, "closed: ");
	total_cell(table, text, "open: ");
	table_number(table, 0);
	before = before ? before : "";
	total_cell(table, before, "there before: ");
	total_cell(table, before, "closed: ");
	total_cell(table, before, "open: ");
	total_cell(table, before, "without being judged: ");
}

/* The end of the first word that names a counter; NULL if there is none. */
static const char *find_counter(const char *line, size_t length, int *counter)
{
	const char *at = line;
	size_t word;

	for (; at < line + length; at += word) {
		at += strspn(at, " ");
		word = strcspn(at, " \n");
		for (*counter = 0; *counter <= LEDGER_EITHER; ++*counter)
			if (at > line &&
			    word == strlen(counter_names[*counter]) &&
			    !memcmp(at, counter_names[*counter], word))
				return at + word;
	}
	return NULL;
}

/* Instructions of one function are one row; CPUs have rows of their own. */
static void add_line(struct ledger_row **rows, const char *line, size_t length)
{
	unsigned long long takes, puts, elsewhere;
	struct ledger_row *row, wanted;
	const char *numbers;
	char label[72];
	int counter;
	size_t end;

	numbers = find_counter(line, length, &counter);
	if (!numbers || sscanf(numbers, "%llu %llu %*d %llu", &takes, &puts,
			       &elsewhere) != 3)
		return;
	snprintf(label, sizeof(label), "%.*s",
		 (int)(numbers - strlen(counter_names[counter]) - line), line);
	for (end = strlen(label); end && label[end - 1] == ' '; end--)
		label[end - 1] = '\0';
	memset(&wanted.key, 0, sizeof(wanted.key));
	wanted.key.counter = counter;
	if (strchr(label, '+'))
		site_function(label, wanted.key.where,
			      sizeof(wanted.key.where));
	else
		snprintf(wanted.key.where, sizeof(wanted.key.where), "%s",
			 label);
	/* The sum of the rows before it. */
	if (!strcmp(wanted.key.where, "context_switch"))
		return;
	HASH_FIND(hh, *rows, &wanted.key, sizeof(wanted.key), row);
	if (!row) {
		row = must_calloc(1, sizeof(*row));
		row->key = wanted.key;
		HASH_ADD(hh, *rows, key, sizeof(row->key), row);
	}
	row->takes += takes;
	row->puts += puts;
	row->elsewhere += elsewhere;
}

static void free_rows(struct ledger_row **rows)
{
	struct ledger_row *row, *next;

	HASH_ITER(hh, *rows, row, next)
	{
		HASH_DEL(*rows, row);
		free(row);
	}
}

bool ledger_view_text(struct ledger_view *view, const char *text)
{
	const char *where = strstr(text, "\n# where "), *open, *line;
	struct ledger_row *rows = NULL;
	struct table opens;
	size_t i;

	if (*text != '#' || !where)
		return false;
	view_init(view);
	fill_totals(&view->totals, text);
	for (line = strchr(where + 1, '\n'); line && line[1] && line[1] != '#';
	     line = strchr(line + 1, '\n'))
		add_line(&rows, line + 1, strcspn(line + 1, "\n"));
	fill_functions(&view->functions, &rows);
	free_rows(&rows);
	open = strstr(text, "\n# open: ");
	open = open ? strchr(open + 1, '\n') : NULL;
	if (!open || !table_from_text(&opens, open + 1))
		return true;
	for (i = 0; i < opens.ncells; i++)
		table_cell(&view->open, "%s", opens.cells[i]);
	table_free(&opens);
	return true;
}

void ledger_view_print(const struct ledger_view *view, bool json)
{
	table_print(&view->totals, json, "ledger");
	if (view->functions.ncells && !json)
		print_heading(
			"Changes by function; elsewhere: another CPU had changed that counter last");
	if (view->functions.ncells)
		table_print(&view->functions, json, "function");
	if (view->open.ncells && !json)
		print_heading(
			"Open: by how much a counter differs from the changes that were seen");
	if (view->open.ncells)
		table_print(&view->open, json, "open_ledger");
}
