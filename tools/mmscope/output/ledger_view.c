// SPDX-License-Identifier: GPL-2.0-only
/* ledger_view.c - the module's file `ledger`, and what is shown of a ledger */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "module/tables.h"
#include "output/ledger_view.h"
#include "shared/printable.h"

static const char *const counter_names[] = { "users", "count", "either" };

static const struct column ledger_columns[] = {
	COLUMN("state", STRING, "on, off, or recorded: out of a capture"),
	COLUMN("sites", INTEGER, "instructions that change a counter",
	       .nullable = true),
	COLUMN("missed", INTEGER,
	       "changes that the kernel could not deliver to their probes",
	       .nullable = true),
	COLUMN("born", INTEGER, "mm's that were seen born", .nullable = true),
	COLUMN("never_born", INTEGER, "mm's of clones that failed",
	       .nullable = true),
	COLUMN("freed", INTEGER, "of those born, freed since",
	       .nullable = true),
	COLUMN("closed", INTEGER, "of those freed, whose changes sum to zero",
	       .nullable = true),
	COLUMN("open", INTEGER, "of those freed, whose changes do not",
	       .nullable = true),
	COLUMN("unsure", INTEGER, "of those freed, while records were lost"),
	COLUMN("before", INTEGER, "freed, and born before the ledger was on",
	       .nullable = true),
	COLUMN("before_closed", INTEGER, "of those, closed", .nullable = true),
	COLUMN("before_open", INTEGER, "of those, open", .nullable = true),
	COLUMN("unjudged", INTEGER, "freed without being judged",
	       .nullable = true),
	{ 0 },
};

const struct row_type ledger_type = { "ledger", "the sums of the ledger",
				      ledger_columns };

static const struct column function_columns[] = {
	COLUMN("function", STRING, "who changed the counter"),
	COLUMN("counter", STRING, "users, count or either"),
	COLUMN("takes", INTEGER, "how much was added"),
	COLUMN("puts", INTEGER, "how much was taken away"),
	COLUMN("balance", INTEGER, "takes less puts"),
	COLUMN("elsewhere", INTEGER, "changes after one on another CPU"),
	{ 0 },
};

const struct row_type function_type = { "function",
					"what one function did to one counter",
					function_columns };

static const struct column open_columns[] = {
	COLUMN("mm", INTEGER, "its id"),
	COLUMN("state", STRING, "freed, or still there"),
	COLUMN("users", SIGNED, "mm_users less the changes that were seen"),
	COLUMN("count", SIGNED, "mm_count less the changes that were seen"),
	COLUMN("pid", INTEGER, "whose it was"),
	COLUMN("comm", STRING, "the name of that task as one word", .of = "pid",
	       .nullable = true),
	COLUMN("between", STRING,
	       "the records between which it began to differ"),
	{ 0 },
};

const struct row_type open_ledger_type = { "open_ledger",
					   "an mm whose changes do not sum up",
					   open_columns };

static void view_init(struct ledger_view *view)
{
	rows_init(&view->totals, &ledger_type);
	rows_init(&view->functions, &function_type);
	rows_init(&view->open, &open_ledger_type);
}

void ledger_view_free(struct ledger_view *view)
{
	rows_free(&view->totals);
	rows_free(&view->functions);
	rows_free(&view->open);
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

static void fill_functions(struct rows *rows, struct ledger_row **from)
{
	const struct ledger_row *row;

	HASH_SORT(*from, most_contended_first);
	for (row = *from; row; row = row->hh.next) {
		row_begin(rows);
		row_text(rows, "function", "%s", row->key.where);
		row_text(rows, "counter", "%s",
			 counter_names[row->key.counter]);
		row_number(rows, "takes", row->takes);
		row_number(rows, "puts", row->puts);
		row_number(rows, "balance", (int64_t)(row->takes - row->puts));
		row_number(rows, "elsewhere", row->elsewhere);
	}
}

/* ---- out of records ---- */

static void open_row(struct rows *rows, const struct ledger_open *open)
{
	char word[sizeof(open->comm)];

	/* A column in the middle of a row: one word, as the module has it. */
	snprintf(word, sizeof(word), "%s", open->comm);
	mmscope_printable_word(word, sizeof(word));
	row_begin(rows);
	row_number(rows, "mm", open->mm);
	row_text(rows, "state", "freed");
	row_number(rows, "users", open->hole[LEDGER_USERS]);
	row_number(rows, "count", open->hole[LEDGER_COUNT]);
	row_number(rows, "pid", open->pid);
	if (*word)
		row_text(rows, "comm", "%s", word);
	else
		row_unknown(rows, "comm");
	row_text(rows, "between", "birth at %.9f .. mm_free at %.9f",
		 open->birth / 1e9, open->freed / 1e9);
}

void ledger_view_stats(struct ledger_view *view, struct ledger_stats *stats)
{
	struct rows *totals = &view->totals;
	size_t i;

	view_init(view);
	row_begin(totals);
	row_text(totals, "state", stats->first_ref ? "recorded" : "off");
	row_unknown(totals, "sites");
	row_unknown(totals, "missed");
	row_number(totals, "born", stats->born);
	row_number(totals, "never_born", stats->never_born);
	row_number(totals, "freed", stats->freed);
	row_number(totals, "closed", stats->closed);
	row_number(totals, "open", stats->nopens);
	row_number(totals, "unsure", stats->unsure);
	row_number(totals, "before", stats->before);
	/* No record says what their counters began with. */
	row_unknown(totals, "before_closed");
	row_unknown(totals, "before_open");
	row_unknown(totals, "unjudged");
	fill_functions(&view->functions, &stats->rows);
	for (i = 0; i < stats->nopens; i++)
		open_row(&view->open, &stats->opens[i]);
}

/* ---- out of the module's file ---- */

/* The first number behind these words; not known if they are not there. */
static void set_total(struct rows *rows, const char *name, const char *text,
		      const char *words)
{
	const char *at = strstr(text, words);

	if (at)
		row_number(rows, name, strtoull(at + strlen(words), NULL, 10));
	else
		row_unknown(rows, name);
}

static void fill_totals(struct rows *rows, const char *text)
{
	const char *before = strstr(text, "there before: ");

	text += strspn(text, "# ");
	row_begin(rows);
	row_text(rows, "state", "%.*s", (int)strcspn(text, ";\n"), text);
	set_total(rows, "sites", text, "sites: ");
	set_total(rows, "missed", text, "missed by probes: ");
	set_total(rows, "born", text, "born: ");
	set_total(rows, "never_born", text, "never came to be: ");
	set_total(rows, "freed", text, "freed: ");
	set_total(rows, "closed", text, "closed: ");
	set_total(rows, "open", text, "open: ");
	row_number(rows, "unsure", 0);
	before = before ? before : "";
	set_total(rows, "before", before, "there before: ");
	set_total(rows, "before_closed", before, "closed: ");
	set_total(rows, "before_open", before, "open: ");
	set_total(rows, "unjudged", before, "without being judged: ");
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
	struct rows opens;

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
	if (!open)
		return true;
	if (!table_parse(&opens, &open_ledger_type, open + 1)) {
		ledger_view_free(view);
		return false;
	}
	view->open = opens;
	return true;
}

void ledger_view_print(const struct ledger_view *view, bool json)
{
	enum form form = json ? FORM_JSON : FORM_TEXT;

	table_print(&view->totals, form);
	if (view->functions.count && !json)
		print_heading(
			"Changes by function; elsewhere: another CPU had changed that counter last");
	if (view->functions.count)
		table_print(&view->functions, form);
	if (view->open.count && !json)
		print_heading(
			"Open: by how much a counter differs from the changes that were seen");
	if (view->open.count)
		table_print(&view->open, form);
}
