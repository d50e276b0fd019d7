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
#include "verbs/verbs.h"
#include "verbs/view.h"

/**
 * struct story - the changes of one mm
 * @json: each row is printed as it comes, and not kept; columns need to know all
 * @rows: how many there were
 * @known: of each counter: @sum began with something
 * @sum: of its changes; from 1 if the birth was seen, else from the first value
 */
struct story {
	struct model model;
	uint64_t mm;
	struct table table;
	bool json;
	size_t rows;
	bool known[LEDGER_COUNTERS];
	int sum[LEDGER_COUNTERS];
};

static void story_row(struct story *story, const struct mmscope_record *record,
		      int counter, int delta, int value, const char *where)
{
	const struct mmscope_head *head = &record->head;
	const char *comm = names_get(&story->model.names, head->pid, head->cpu);
	struct table *table = &story->table;

	if (!story->known[counter])
		story->sum[counter] = value - delta;
	story->known[counter] = true;
	story->sum[counter] += delta;
	table_cell(table, "%llu.%09llu",
		   (unsigned long long)head->timestamp / 1000000000ULL,
		   (unsigned long long)head->timestamp % 1000000000ULL);
	table_number(table, head->cpu);
	table_number(table, head->pid);
	table_cell(table, "%s", comm ? comm : "?");
	table_cell(table, counter == LEDGER_USERS ? "users" : "count");
	table_cell(table, "%+d", delta);
	table_cell(table, "%d", value);
	table_cell(table, "%d", story->sum[counter]);
	table_cell(table, "%s", where ? where : "?");
	if (head->id == MMSCOPE_TYPE_ref && record->ref.stack)
		table_number(table, record->ref.stack);
	else
		table_cell(table, "-");
	story->rows++;
	if (!story->json)
		return;
	table_print(table, true, "change");
	table_clear(table);
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
			  struct table *table)
{
	struct mm_set set = { NULL };
	bool done = true;
	char *text;

	mm_set_add(&set, story->mm);
	if (input) {
		holders_fill(table, &story->model, &set);
	} else {
		text = debugfs_read("holders");
		done = text && holders_live(table, text, &set);
		free(text);
	}
	mm_set_free(&set);
	return done;
}

static int show_story(const struct options *options, uint64_t mm)
{
	struct story story = { .mm = mm, .json = options->json };
	struct source source;
	struct table holders;
	int status;
	char *stacks;

	table_init(&story.table,
		   "time_s cpu pid comm counter delta value sum where stack");
	table_init(&holders, HOLDERS_COLUMNS);
	status = read_source(options, &source, story_feed, &story);
	model_finish(&story.model, &source);
	if (!status && !story_holders(&story, options->input, &holders))
		status = STATUS_TROUBLE;
	if (!status && !story.rows && !holders.ncells) {
		complain(
			"mm %llu: no change of it is recorded here, and it is not there now (`mmscope mms` lists ids; is the ledger on?)",
			(unsigned long long)mm);
		status = STATUS_TROUBLE;
	}
	if (story.table.ncells)
		table_print(&story.table, false, "change");
	if (holders.ncells) {
		if (!options->json)
			print_heading(options->input ?
					      "Who holds it at the end" :
					      "Who holds it now");
		stacks = stacks_read(options->input);
		holders_print(&holders, stacks, options->json);
		free(stacks);
	}
	table_free(&holders);
	table_free(&story.table);
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
