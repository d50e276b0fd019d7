// SPDX-License-Identifier: GPL-2.0-only
/* holders.c - who holds an mm: live from debugfs, or at the end of a capture */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/capture_files.h"
#include "input/sites.h"
#include "model/ledger_stats.h"
#include "module/debugfs.h"
#include "module/tables.h"
#include "output/holders.h"
#include "output/table.h"
#include "shared/printable.h"

static const struct column columns[] = {
	COLUMN("mm", INTEGER, "its id"),
	COLUMN("state", STRING,
	       "live; held: by others than tasks; dead: without users"),
	COLUMN("users", INTEGER, "mm_users", .nullable = true),
	COLUMN("count", INTEGER, "mm_count", .nullable = true),
	COLUMN("pages", INTEGER, "pages that it has in memory",
	       .nullable = true),
	COLUMN("holder", STRING,
	       "tasks, users, borrow, use_mm, take, unknown, untold",
	       .nullable = true),
	COLUMN("counter", STRING, "users or count", .nullable = true),
	COLUMN("n", INTEGER, "how much of the counter it holds"),
	COLUMN("pid", INTEGER,
	       "the task that holds it, 0: the idle task, or nobody known"),
	COLUMN("comm", STRING, "its name as one word", .of = "pid",
	       .nullable = true),
	COLUMN("age_ns", SECONDS, "for how long", .heading = "age_s",
	       .decimals = 3, .nullable = true),
	COLUMN("what", STRING, "where it was taken, and what that means"),
	COLUMN("stack", INTEGER, "the number of the calls that led there",
	       .nullable = true),
	{ 0 },
};

const struct row_type holders_type = {
	"holders", "who holds how much of a counter of an mm", columns
};

static const struct column stack_columns[] = {
	COLUMN("stack", INTEGER, "its number"),
	COLUMN("calls", STRINGS, "the calls, innermost first"),
	{ 0 },
};

const struct row_type stack_type = { "stack", "the calls that led to a take",
				     stack_columns };

void mm_set_add(struct mm_set *set, uint64_t mm)
{
	if (mm_set_has(set, mm))
		return;
	set->ids = must_realloc(set->ids, (set->count + 1) * sizeof(*set->ids));
	set->ids[set->count++] = mm;
}

bool mm_set_has(const struct mm_set *set, uint64_t mm)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->ids[i] == mm)
			return true;
	return false;
}

void mm_set_free(struct mm_set *set)
{
	free(set->ids);
}

/* A number behind these words is cut out of the text, which ends before them. */
static unsigned long cut_stack(char *what)
{
	char *at = strstr(what, "; stack ");

	if (!at)
		return 0;
	*at = '\0';
	return strtoul(at + strlen("; stack "), NULL, 10);
}

static void set_what(struct rows *rows, const char *text)
{
	char *what = must_format("%s", text);
	unsigned long stack = cut_stack(what);

	row_text(rows, "what", "%s", what);
	if (stack)
		row_number(rows, "stack", stack);
	else
		row_none(rows, "stack");
	free(what);
}

/* The name of a task that lives; empty if it does not. */
static void comm_of(char *comm, size_t size, long pid)
{
	char *path = must_format("/proc/%ld/comm", pid);
	char *text = read_whole(path, NULL);

	snprintf(comm, size, "%.*s", text ? (int)strcspn(text, "\n") : 0,
		 text ? text : "");
	free(text);
	free(path);
}

/* The module knows a borrower's pid only; its name as a capture has it. */
static void set_live_comm(struct rows *rows, const struct rows *all, size_t row)
{
	const char *what = rows_text(all, row, "what");
	const char *known = rows_text(all, row, "comm");
	int64_t pid = rows_number(all, row, "pid", 0);
	char comm[64];

	snprintf(comm, sizeof(comm), "%s", known);
	if (!strcmp(rows_text(all, row, "holder"), "borrow") &&
	    (!*known || !strcmp(known, "-"))) {
		if (!pid && !strncmp(what, "CPU ", 4))
			snprintf(comm, sizeof(comm), "swapper/%s", what + 4);
		else
			comm_of(comm, sizeof(comm), pid);
		mmscope_printable_word(comm, sizeof(comm));
	}
	if (*comm)
		row_text(rows, "comm", "%s", comm);
	else
		row_none(rows, "comm");
}

static void live_row(struct rows *rows, const struct rows *all, size_t row)
{
	const struct column *column;
	const struct cell *cell;

	row_begin(rows);
	for (column = columns; column->name; column++) {
		if (!strcmp(column->name, "what")) {
			set_what(rows, rows_text(all, row, "what"));
			break;
		}
		cell = rows_cell(all, row, column->name);
		if (!strcmp(column->name, "comm"))
			set_live_comm(rows, all, row);
		else if (cell->state == CELL_UNKNOWN)
			row_unknown(rows, column->name);
		else if (cell->state == CELL_NONE)
			row_none(rows, column->name);
		else if (column->type == CELL_STRING)
			row_text(rows, column->name, "%s", cell->text);
		else
			row_number(rows, column->name, cell->number);
	}
}

bool holders_live(struct rows *rows, const char *text, const struct mm_set *set)
{
	struct rows all;
	size_t row;

	if (!table_parse(&all, &holders_type, text))
		return false;
	for (row = 0; row < all.count; row++)
		if (mm_set_has(set, rows_number(&all, row, "mm", 0)))
			live_row(rows, &all, row);
	rows_free(&all);
	return true;
}

/* ---- from a capture ---- */

static const char *state_of(const struct address_space *mm)
{
	if (mm->dead)
		return "dead";
	return mm->tasks > 0 ? "live" : "held";
}

/*
 * A counter at the end: the sum of its changes if all of them are in the capture,
 * else as last seen, -1 if never.
 */
static int counter_of(const struct model *model, const struct address_space *mm,
		      int counter)
{
	const struct ledger_account *account =
		ledger_account(&model->ledger, mm->id);

	if (account && account->born && !model->ledger.ngaps)
		return account->sum[counter];
	return counter == LEDGER_USERS ? mm->users : mm->count;
}

static void set_counter(struct rows *rows, const char *name, int value)
{
	if (value < 0)
		row_unknown(rows, name);
	else
		row_number(rows, name, value);
}

/* A row up to how many there are; NULL: nothing is held. */
static void holder_begin(struct rows *rows, const struct model *model,
			 const struct address_space *mm, const char *holder,
			 const char *counter, int n)
{
	row_begin(rows);
	row_number(rows, "mm", mm->id);
	row_text(rows, "state", "%s", state_of(mm));
	set_counter(rows, "users", counter_of(model, mm, LEDGER_USERS));
	set_counter(rows, "count", counter_of(model, mm, LEDGER_COUNT));
	row_unknown(rows, "pages");
	if (holder) {
		row_text(rows, "holder", "%s", holder);
		row_text(rows, "counter", "%s", counter);
	} else {
		row_none(rows, "holder");
		row_none(rows, "counter");
	}
	row_number(rows, "n", n);
}

/* @comm: NULL: there is no name; empty: it is not known. */
static void holder_who(struct rows *rows, uint32_t pid, const char *comm,
		       uint64_t age)
{
	char word[COMM_SIZE];

	/* A column in the middle of a row: one word, as the module has it. */
	snprintf(word, sizeof(word), "%s", comm ? comm : "");
	mmscope_printable_word(word, sizeof(word));
	row_number(rows, "pid", pid);
	if (*word)
		row_text(rows, "comm", "%s", word);
	else if (comm)
		row_unknown(rows, "comm");
	else
		row_none(rows, "comm");
	row_number(rows, "age_ns", age);
}

static void tasks_rows(struct rows *rows, const struct model *model,
		       const struct address_space *mm)
{
	if (mm->dead) {
		holder_begin(rows, model, mm, NULL, NULL, 0);
		holder_who(rows, mm->pid, mm->pid ? mm->comm : NULL,
			   model->now - mm->dead);
		set_what(rows, "its own, until it died");
		return;
	}
	if (mm->tasks > 0) {
		holder_begin(rows, model, mm, "tasks", "users", mm->tasks);
		holder_who(rows, mm->pid, mm->pid ? mm->comm : NULL,
			   model->now - mm->birth);
		set_what(rows, "its own");
	}
	holder_begin(rows, model, mm, "users", "count", 1);
	holder_who(rows, mm->pid, mm->pid ? mm->comm : NULL,
		   model->now - mm->birth);
	set_what(rows, "all users together");
}

static void borrow_rows(struct rows *rows, const struct model *model,
			const struct address_space *mm)
{
	const struct borrow_cpu *cpu;

	for (cpu = model->borrows.cpus; cpu; cpu = cpu->hh.next) {
		if (cpu->mm != mm->id)
			continue;
		holder_begin(rows, model, mm, "borrow", "count", 1);
		holder_who(rows, cpu->borrower,
			   names_get(&model->names, cpu->borrower, cpu->cpu),
			   model->now - cpu->since);
		row_text(rows, "what", "CPU %u", cpu->cpu);
		row_none(rows, "stack");
	}
}

static const char *counter_name(int counter)
{
	return counter == LEDGER_USERS ? "users" : "count";
}

static void take_row(struct rows *rows, const struct model *model,
		     const struct address_space *mm, const struct take *take)
{
	const struct site *site = site_of(take->site);

	holder_begin(rows, model, mm, "take", counter_name(take->counter), 1);
	holder_who(rows, take->pid, take->comm, model->now - take->since);
	row_text(rows, "what", "%s: %s", site->label, site->what);
	if (take->stack)
		row_number(rows, "stack", take->stack);
	else
		row_none(rows, "stack");
}

/* Without the ledger the counters are of the last record that told them. */
static void rest_row(struct rows *rows, const struct model *model,
		     const struct address_space *mm, int counter, int held)
{
	bool ledger = model->ledger.first_ref;
	int value = counter_of(model, mm, counter), n = value - held;

	if (value < 0 || !n || (n < 0 && !ledger))
		return;
	holder_begin(rows, model, mm, "unknown", counter_name(counter), n);
	row_number(rows, "pid", 0);
	row_none(rows, "comm");
	row_none(rows, "age_ns");
	set_what(rows,
		 ledger ? "from before the ledger was on, or not seen by it" :
			  "the ledger was off: record it with --ledger");
}

static void fill_one(struct rows *rows, const struct model *model,
		     const struct address_space *mm)
{
	const struct ledger_account *account =
		ledger_account(&model->ledger, mm->id);
	const struct take *take;
	int held[LEDGER_COUNTERS] = {
		mm->tasks > 0 ? mm->tasks : 0,
		!mm->dead + borrow_stats_loans(&model->borrows, mm->id)
	};

	tasks_rows(rows, model, mm);
	borrow_rows(rows, model, mm);
	for (take = account ? account->takes : NULL; take; take = take->older) {
		take_row(rows, model, mm, take);
		held[take->counter]++;
	}
	rest_row(rows, model, mm, LEDGER_USERS, held[LEDGER_USERS]);
	rest_row(rows, model, mm, LEDGER_COUNT, held[LEDGER_COUNT]);
}

void holders_fill(struct rows *rows, const struct model *model,
		  const struct mm_set *set)
{
	const struct address_space *mm;
	int dead;

	for (dead = 1; dead >= 0; dead--)
		for (mm = model->mms; mm; mm = mm->hh.next)
			if (mm_set_has(set, mm->id) && !mm->dead == !dead)
				fill_one(rows, model, mm);
}

/* ---- stacks ---- */

char *stacks_read(const char *capture)
{
	char *path, *text;

	if (!capture)
		return read_whole(debugfs_path("stacks"), NULL);
	path = must_format("%s/" CAPTURE_STACKS, capture);
	text = read_whole(path, NULL);
	free(path);
	return text;
}

/* The calls of a stack, "a < b < c", to be freed; NULL if it is not there. */
static char *stack_calls(const char *stacks, unsigned long number)
{
	const char *line;
	char *at;

	for (line = stacks; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line == '#' || strtoul(line, &at, 10) != number)
			continue;
		/* After it stands how often it was seen. */
		strtoul(at, &at, 10);
		at += strspn(at, " ");
		return must_format("%.*s", (int)strcspn(at, "\n"), at);
	}
	return NULL;
}

/* The calls one a line, as a cell of CELL_STRINGS; to be freed. */
static char *calls_by_line(char *calls)
{
	char *lines = must_format("%s", ""), *longer, *call, *save = NULL;
	size_t length;

	for (call = strtok_r(calls, "<", &save); call;
	     call = strtok_r(NULL, "<", &save)) {
		call += strspn(call, " ");
		/* A module's name may follow; the blank before the next `<` goes. */
		length = strlen(call);
		while (length && call[length - 1] == ' ')
			call[--length] = '\0';
		longer = must_format("%s%s%s", lines, *lines ? "\n" : "", call);
		free(lines);
		lines = longer;
	}
	return lines;
}

static void print_stack_text(unsigned long number, char *lines)
{
	char *line, *save = NULL;

	printf("\nstack %lu, innermost call first:\n", number);
	for (line = strtok_r(lines, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		printf("    %s\n", line);
}

static void print_stack(const char *stacks, unsigned long number, bool json)
{
	char *calls = stack_calls(stacks, number), *lines;
	struct rows rows;

	if (!calls)
		return;
	lines = calls_by_line(calls);
	if (json) {
		rows_init(&rows, &stack_type);
		row_begin(&rows);
		row_number(&rows, "stack", number);
		row_text(&rows, "calls", "%s", lines);
		table_print(&rows, FORM_JSON);
		rows_free(&rows);
	} else {
		print_stack_text(number, lines);
	}
	free(lines);
	free(calls);
}

void holders_print(const struct rows *rows, const char *stacks, bool json)
{
	struct mm_set shown = { NULL };
	unsigned long number;
	size_t row;

	table_print(rows, json ? FORM_JSON : FORM_TEXT);
	for (row = 0; stacks && row < rows->count; row++) {
		number = rows_number(rows, row, "stack", 0);
		if (!number || mm_set_has(&shown, number))
			continue;
		mm_set_add(&shown, number);
		print_stack(stacks, number, json);
	}
	mm_set_free(&shown);
}
