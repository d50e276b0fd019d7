// SPDX-License-Identifier: GPL-2.0-only
/* ledger.c - mmscope ledger: every change of mm_users and mm_count */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/record_io.h"
#include "input/sites.h"
#include "module/debugfs.h"
#include "output/holders.h"
#include "output/ledger_view.h"
#include "output/table.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

/**
 * struct story - the changes of one mm
 * @json: each row is printed as it comes, and not kept; columns need to know all
 * @count: how many there were
 * @known: of each counter: @sum began with something
 * @sum: of its changes; from 1 if the birth was seen, else from the first value
 */
struct story {
	struct model model;
	uint64_t mm;
	struct rows rows;
	bool json;
	size_t count;
	bool known[LEDGER_COUNTERS];
	int sum[LEDGER_COUNTERS];
};

static const struct column columns[] = {
	COLUMN("timestamp_ns", SECONDS, "when, on the clock of the records",
	       .heading = "time_s", .decimals = 9),
	COLUMN("cpu", INTEGER, "on which CPU"),
	COLUMN("pid", INTEGER, "by which task"),
	COLUMN("comm", STRING, "its name", .nullable = true),
	COLUMN("counter", STRING, "users or count"),
	COLUMN("delta", SIGNED, "by how much"),
	COLUMN("value", INTEGER, "the counter afterwards"),
	COLUMN("sum", INTEGER, "what the changes so far come to"),
	COLUMN("where", STRING, "the instruction", .nullable = true),
	COLUMN("stack", INTEGER, "the number of the calls that led there",
	       .nullable = true),
	{ 0 },
};

static const struct row_type change_type = { "change",
					     "one change of a counter of an mm",
					     columns };

static void set_text(struct rows *rows, const char *name, const char *text)
{
	if (text)
		row_text(rows, name, "%s", text);
	else
		row_unknown(rows, name);
}

static void story_row(struct story *story, const struct mmscope_record *record,
		      int counter, int delta, int value, const char *where)
{
	const struct mmscope_head *head = &record->head;
	struct rows *rows = &story->rows;

	if (!story->known[counter])
		story->sum[counter] = value - delta;
	story->known[counter] = true;
	story->sum[counter] += delta;
	row_begin(rows);
	row_number(rows, "timestamp_ns", head->timestamp);
	row_number(rows, "cpu", head->cpu);
	row_number(rows, "pid", head->pid);
	set_text(rows, "comm",
		 names_get(&story->model.names, head->pid, head->cpu));
	row_text(rows, "counter", counter == LEDGER_USERS ? "users" : "count");
	row_number(rows, "delta", delta);
	row_number(rows, "value", value);
	row_number(rows, "sum", story->sum[counter]);
	set_text(rows, "where", where);
	if (head->id == MMSCOPE_TYPE_ref && record->ref.stack)
		row_number(rows, "stack", record->ref.stack);
	else
		row_none(rows, "stack");
	story->count++;
	if (!story->json)
		return;
	table_print(rows, FORM_JSON);
	rows_clear(rows);
}

static const char *place_of(const struct mmscope_record *record)
{
	switch (record->head.id) {
	case MMSCOPE_TYPE_lazy_borrow:
		return "context_switch: borrow";
	case MMSCOPE_TYPE_lazy_return:
		return "context_switch: return";
	default:
		return mmscope_site_label(record->ref.site);
	}
}

static void story_feed(void *to, const struct mmscope_record *record)
{
	struct story *story = to;
	int counter, delta, value;

	model_feed(&story->model, record);
	if (record->head.mm != story->mm)
		return;
	if (record->head.id == MMSCOPE_TYPE_mm_birth &&
	    record->head.how != MMSCOPE_HOW_found) {
		memset(story->sum, 0, sizeof(story->sum));
		memset(story->known, true, sizeof(story->known));
		story_row(story, record, LEDGER_USERS, 1, 1, "mm_init");
		story_row(story, record, LEDGER_COUNT, 1, 1, "mm_init");
	} else if (ledger_change(record, &counter, &delta, &value)) {
		story_row(story, record, counter, delta, value,
			  place_of(record));
	}
}

/* Rows of its holders; false if the live module could not be asked. */
static bool story_holders(const struct story *story, const char *input,
			  struct rows *rows)
{
	struct mm_set set = { NULL };
	bool done = true;
	char *text;

	mm_set_add(&set, story->mm);
	if (input) {
		holders_fill(rows, &story->model, &set);
	} else {
		text = debugfs_read("holders");
		done = text && holders_live(rows, text, &set);
		free(text);
	}
	mm_set_free(&set);
	return done;
}

static int show_story(const struct options *options, uint64_t mm)
{
	struct story story = { .mm = mm, .json = options->json };
	struct source source;
	struct rows holders;
	int status;
	char *stacks;

	rows_init(&story.rows, &change_type);
	rows_init(&holders, &holders_type);
	status = read_source(options, &source, story_feed, &story);
	model_finish(&story.model, &source);
	if (!status && !story_holders(&story, options->input, &holders))
		status = STATUS_TROUBLE;
	if (!status && !story.count && !holders.count) {
		complain(
			"mm %llu: no change of it is recorded here, and it is not there now (`mmscope mms` lists ids; is the ledger on?)",
			(unsigned long long)mm);
		status = STATUS_TROUBLE;
	}
	if (story.rows.count)
		table_print(&story.rows, FORM_TEXT);
	if (holders.count) {
		if (!options->json)
			print_heading(options->input ?
					      "Who holds it at the end" :
					      "Who holds it now");
		stacks = stacks_read(options->input);
		holders_print(&holders, stacks, options->json);
		free(stacks);
	}
	rows_free(&holders);
	rows_free(&story.rows);
	model_free(&story.model);
	return status;
}

static int show_capture(const struct options *options)
{
	struct model model = { 0 };
	struct ledger_view view;
	struct source source;
	int status = capture_read(options->input, &source, model_feed, &model);

	model_finish(&model, &source);
	if (source.records) {
		ledger_view_stats(&view, &model.ledger);
		ledger_view_print(&view, options->json);
		ledger_view_free(&view);
	}
	if (source.records && !model.ledger.first_ref)
		complain("%s: no change was recorded: record it with --ledger",
			 options->input);
	if (model.lost_total)
		complain(
			"%s: %llu records were lost: this is not all (`mmscope report` says why)",
			options->input, (unsigned long long)model.lost_total);
	model_free(&model);
	return status;
}

static int show_live(const struct options *options)
{
	char *text = debugfs_read("ledger");
	struct ledger_view view;
	bool done;

	if (!text)
		return STATUS_TROUBLE;
	done = ledger_view_text(&view, text);
	if (done) {
		ledger_view_print(&view, options->json);
		ledger_view_free(&view);
	} else {
		complain("%s is not as expected: is it mmscope's?",
			 debugfs_path("ledger"));
	}
	if (done && !strncmp(text, "# off", 5))
		complain("the ledger is off: echo 1 > %s",
			 debugfs_path("ledger"));
	free(text);
	return done ? STATUS_OK : STATUS_TROUBLE;
}

static int run(const struct options *options)
{
	unsigned long long mm;
	char *end;

	if (!options->command[0])
		return options->input ? show_capture(options) :
					show_live(options);
	errno = 0;
	mm = strtoull(options->command[0], &end, 10);
	if (errno || *end || !mm || *options->command[0] == '-' ||
	    options->command[1]) {
		complain(
			"one id of an mm is wanted, as `mmscope mms` lists them, not '%s'",
			options->command[options->command[1] ? 1 : 0]);
		return STATUS_USAGE;
	}
	return show_story(options, mm);
}

const struct verb verb_ledger = {
	.name = "ledger",
	.run = run,
	.rows = (const struct row_type *const[]){ &ledger_type, &function_type,
						  &open_ledger_type,
						  &change_type, &holders_type,
						  &stack_type, NULL },
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json] [MM]",
	.operands = true,
	.summary =
		"every change of mm_users and mm_count: by function, and which do not close",
	.about =
		"Without MM: what each function took and gave back, the most contended first, and\n"
		"the address spaces whose changes do not sum up to their counters. With the id of\n"
		"one: its changes one by one, their sum, and who holds it.",
};
