// SPDX-License-Identifier: GPL-2.0-only
/* holders.c - who holds an mm: live from debugfs, or at the end of a capture */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/capture_files.h"
#include "input/sites.h"
#include "model/ledger_stats.h"
#include "module/debugfs.h"
#include "output/holders.h"
#include "output/json.h"
#include "shared/printable.h"

/* Cells of a row of HOLDERS_COLUMNS. */
enum { CELL_MM, CELL_HOLDER = 5, CELL_PID = 8, CELL_COMM, CELL_WHAT = 11, CELLS };

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

/* The module knows a borrower's pid only; its name as a capture has it. */
static void live_comm(struct table *table, char **row)
{
	char comm[64] = "", *path, *text;

	if (strcmp(row[CELL_HOLDER], "borrow") || strcmp(row[CELL_COMM], "-")) {
		table_cell(table, "%s", row[CELL_COMM]);
		return;
	}
	if (!strcmp(row[CELL_PID], "0") && !strncmp(row[CELL_WHAT], "CPU ", 4)) {
		snprintf(comm, sizeof(comm), "swapper/%s", row[CELL_WHAT] + 4);
	} else {
		path = must_format("/proc/%s/comm", row[CELL_PID]);
		text = read_whole(path, NULL);
		if (text)
			snprintf(comm, sizeof(comm), "%.*s",
				 (int)strcspn(text, "\n"), text);
		free(text);
		free(path);
	}
	mmscope_printable_word(comm, sizeof(comm));
	table_cell(table, "%s", *comm ? comm : "-");
}

static void live_row(struct table *table, char **row)
{
	size_t cell;

	for (cell = 0; cell < CELLS; cell++) {
		if (cell == CELL_COMM)
			live_comm(table, row);
		else
			table_cell(table, "%s", row[cell]);
	}
}

bool holders_live(struct table *table, const char *all,
		  const struct mm_set *set)
{
	struct table whole;
	size_t i;

	if (!table_from_text(&whole, all))
		return false;
	if (whole.ncolumns != CELLS) {
		table_free(&whole);
		return false;
	}
	for (i = 0; i < whole.ncells; i += CELLS)
		if (mm_set_has(set, strtoull(whole.cells[i], NULL, 10)))
			live_row(table, whole.cells + i);
	table_free(&whole);
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

static void counter_cell(struct table *table, int value)
{
	if (value < 0)
		table_cell(table, "?");
	else
		table_cell(table, "%d", value);
}

/* A row up to how many there are; counters that no record told are "?". */
static void row_begin(struct table *table, const struct model *model,
		      const struct address_space *mm, const char *holder,
		      const char *counter, int n)
{
	table_number(table, mm->id);
	table_cell(table, "%s", state_of(mm));
	counter_cell(table, counter_of(model, mm, LEDGER_USERS));
	counter_cell(table, counter_of(model, mm, LEDGER_COUNT));
	table_cell(table, "?");
	table_cell(table, "%s", holder);
	table_cell(table, "%s", counter);
	table_cell(table, "%d", n);
}

static void row_who(struct table *table, uint32_t pid, const char *comm,
		    uint64_t age)
{
	char word[COMM_SIZE] = "-";

	/* A column in the middle of a row: one word, as the module has it. */
	if (comm && *comm)
		snprintf(word, sizeof(word), "%s", comm);
	mmscope_printable_word(word, sizeof(word));
	table_number(table, pid);
	table_cell(table, "%s", word);
	table_cell(table, "%.3f", age / 1e9);
}

static void tasks_rows(struct table *table, const struct model *model,
		       const struct address_space *mm)
{
	if (mm->dead) {
		row_begin(table, model, mm, "-", "-", 0);
		row_who(table, mm->pid, mm->comm, model->now - mm->dead);
		table_cell(table, "its own, until it died");
		return;
	}
	if (mm->tasks > 0) {
		row_begin(table, model, mm, "tasks", "users", mm->tasks);
		row_who(table, mm->pid, mm->comm, model->now - mm->birth);
		table_cell(table, "its own");
	}
	row_begin(table, model, mm, "users", "count", 1);
	row_who(table, mm->pid, mm->comm, model->now - mm->birth);
	table_cell(table, "all users together");
}

static void borrow_rows(struct table *table, const struct model *model,
			const struct address_space *mm)
{
	const struct borrow_cpu *cpu;

	for (cpu = model->borrows.cpus; cpu; cpu = cpu->hh.next) {
		if (cpu->mm != mm->id)
			continue;
		row_begin(table, model, mm, "borrow", "count", 1);
		row_who(table, cpu->borrower,
			names_get(&model->names, cpu->borrower, cpu->cpu),
			model->now - cpu->since);
		table_cell(table, "CPU %u", cpu->cpu);
	}
}

static void take_row(struct table *table, const struct model *model,
		     const struct address_space *mm, const struct take *take)
{
	const struct site *site = site_of(take->site);

	row_begin(table, model, mm, "take",
		  take->counter == LEDGER_USERS ? "users" : "count", 1);
	row_who(table, take->pid, take->comm, model->now - take->since);
	if (take->stack)
		table_cell(table, "%s: %s; stack %u", site->label, site->what,
			   take->stack);
	else
		table_cell(table, "%s: %s", site->label, site->what);
}

/* Without the ledger the counters are of the last record that told them. */
static void rest_row(struct table *table, const struct model *model,
		     const struct address_space *mm, int counter, int held)
{
	bool ledger = model->ledger.first_ref;
	int value = counter_of(model, mm, counter), n = value - held;

	if (value < 0 || !n || (n < 0 && !ledger))
		return;
	row_begin(table, model, mm, "unknown",
		  counter == LEDGER_USERS ? "users" : "count", n);
	table_cell(table, "0");
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table,
		   ledger ? "from before the ledger was on, or not seen by it" :
			    "the ledger was off: record it with --ledger");
}

static void fill_one(struct table *table, const struct model *model,
		     const struct address_space *mm)
{
	const struct ledger_account *account =
		ledger_account(&model->ledger, mm->id);
	const struct take *take;
	int held[LEDGER_COUNTERS] = { mm->tasks > 0 ? mm->tasks : 0,
				      !mm->dead + borrow_stats_loans(&model->borrows,
							  mm->id) };

	tasks_rows(table, model, mm);
	borrow_rows(table, model, mm);
	for (take = account ? account->takes : NULL; take; take = take->older) {
		take_row(table, model, mm, take);
		held[take->counter]++;
	}
	rest_row(table, model, mm, LEDGER_USERS, held[LEDGER_USERS]);
	rest_row(table, model, mm, LEDGER_COUNT, held[LEDGER_COUNT]);
}

void holders_fill(struct table *table, const struct model *model,
		  const struct mm_set *set)
{
	const struct address_space *mm;
	int dead;

	for (dead = 1; dead >= 0; dead--)
		for (mm = model->mms; mm; mm = mm->hh.next)
			if (mm_set_has(set, mm->id) && !mm->dead == !dead)
				fill_one(table, model, mm);
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

static void print_stack(const char *stacks, unsigned long number, bool json)
{
	char *calls = stack_calls(stacks, number), *call, *save = NULL;
	json_t *object, *list;
	size_t length;

	if (!calls)
		return;
	object = json_object();
	list = json_array();
	if (!json)
		printf("\nstack %lu, innermost call first:\n", number);
	for (call = strtok_r(calls, "<", &save); call;
	     call = strtok_r(NULL, "<", &save)) {
		call += strspn(call, " ");
		/* A module's name may follow; the blank before the next `<` goes. */
		length = strlen(call);
		while (length && call[length - 1] == ' ')
			call[--length] = '\0';
		if (!json)
			printf("    %s\n", call);
		json_array_append_new(list, json_text(call));
	}
	json_object_set_new(object, "table", json_string("stack"));
	json_object_set_new(object, "stack", json_integer(number));
	json_object_set_new(object, "calls", list);
	if (json)
		json_line(object);
	else
		json_decref(object);
	free(calls);
}

/* Its number is cut out of what the row says. */
static unsigned long stack_of(const char *what)
{
	const char *at = strstr(what, "; stack ");

	return at ? strtoul(at + strlen("; stack "), NULL, 10) : 0;
}

void holders_print(const struct table *table, const char *stacks, bool json)
{
	struct mm_set shown = { NULL };
	unsigned long number;
	struct table brief;
	const char *what;
	size_t i;

	table_init(&brief, HOLDERS_COLUMNS " stack");
	for (i = 0; i < table->ncells; i++) {
		what = table->cells[i];
		if (i % CELLS != CELL_WHAT) {
			table_cell(&brief, "%s", what);
			continue;
		}
		number = stack_of(what);
		table_cell(&brief, "%.*s",
			   number ? (int)(strstr(what, "; stack ") - what) :
				    (int)strlen(what),
			   what);
		if (number)
			table_number(&brief, number);
		else
			table_cell(&brief, "-");
	}
	table_print(&brief, json, "holders");
	table_free(&brief);
	for (i = CELL_WHAT; stacks && i < table->ncells; i += CELLS) {
		number = stack_of(table->cells[i]);
		if (!number || mm_set_has(&shown, number))
			continue;
		mm_set_add(&shown, number);
		print_stack(stacks, number, json);
	}
	mm_set_free(&shown);
}
