// SPDX-License-Identifier: GPL-2.0-only
/* report.c - mmscope report: what a capture comes to, on one page */
#include <string.h>

#include "base/util.h"
#include "cli/options.h"
#include "input/record_io.h"
#include "output/table.h"
#include "verbs/report_rows.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

static const struct column lost_columns[] = {
	COLUMN("cause", STRING, "overwritten, ... or a gap in the numbers"),
	COLUMN("records", INTEGER, "how many"),
	{ 0 },
};

static const struct row_type lost_type = { "lost", "why records are missing",
					   lost_columns };

static void report_lost(const struct model *model, bool json)
{
	struct rows rows;
	unsigned int how;

	rows_init(&rows, &lost_type);
	for (how = 0; how < BYTE_VALUES; how++) {
		if (!model->lost[how])
			continue;
		row_begin(&rows);
		row_text(&rows, "cause", "%s",
			 how == MMSCOPE_HOW_unknown ? "gap_in_sequence" :
						      how_name(how));
		row_number(&rows, "records", model->lost[how]);
	}
	if (!json && !model->lost_total)
		puts("lost: nothing");
	report_end(&rows, json,
		   may_colour(stdout) ? "\033[31mLost records" :
					"Lost records");
}

static const struct column source_columns[] = {
	COLUMN("name", STRING, "the capture, or the live rings"),
	COLUMN("records", INTEGER, "records in it"),
	COLUMN("lost_records", INTEGER, "records missing in it"),
	COLUMN("cpus", INTEGER, "CPUs that have records"),
	COLUMN("duration_ns", NS, "from the first record to the last"),
	COLUMN("kernel_release", STRING, "the kernel that wrote them",
	       .nullable = true),
	{ 0 },
};

static const struct row_type source_type = { "capture", "what was read",
					     source_columns };

static void report_source(const struct source *source,
			  const struct model *model, bool json)
{
	struct rows rows;

	rows_init(&rows, &source_type);
	row_begin(&rows);
	row_text(&rows, "name", "%s", source->name);
	row_number(&rows, "records", source->records);
	row_number(&rows, "lost_records", model->lost_total);
	row_number(&rows, "cpus", source->cpus);
	row_number(&rows, "duration_ns", source->last - source->first);
	report_name(&rows, "kernel_release", source->kernel_release);
	table_print(&rows, json ? FORM_JSON : FORM_PEOPLE);
	rows_free(&rows);
}

static const struct column lives_columns[] = {
	COLUMN("born_dup", INTEGER, "copied by a clone"),
	COLUMN("born_exec", INTEGER, "made for exec"),
	COLUMN("found", INTEGER, "there before recording began"),
	COLUMN("never_born", INTEGER, "of clones that failed"),
	COLUMN("execs", INTEGER, "tasks that have changed their mm"),
	COLUMN("left_at_exit", INTEGER,
	       "tasks that have given theirs up at exit"),
	COLUMN("died", INTEGER, "users reached 0"),
	COLUMN("freed", INTEGER, "count reached 0"),
	COLUMN("freed_undied", INTEGER,
	       "freed, and their death is in no record"),
	{ 0 },
};

static const struct row_type lives_type = { "lives",
					    "how address spaces came and went",
					    lives_columns };

static void report_lives(const struct model *model, bool json)
{
	uint64_t never_born = model->frees[MMSCOPE_HOW_never_born];
	struct rows rows;

	rows_init(&rows, &lives_type);
	row_begin(&rows);
	row_number(&rows, "born_dup", model->births[MMSCOPE_HOW_dup]);
	row_number(&rows, "born_exec", model->births[MMSCOPE_HOW_exec]);
	row_number(&rows, "found", model->births[MMSCOPE_HOW_found]);
	row_number(&rows, "never_born", never_born);
	row_number(&rows, "execs", model->types[MMSCOPE_TYPE_exec_mm]);
	row_number(&rows, "left_at_exit", model->exits[MMSCOPE_HOW_exit]);
	row_number(&rows, "died", model->types[MMSCOPE_TYPE_mm_dead]);
	row_number(&rows, "freed",
		   model->types[MMSCOPE_TYPE_mm_free] - never_born);
	row_number(&rows, "freed_undied", model->freed_undied);
	report_end(
		&rows, json,
		"Address spaces (freed_undied: freed, and their death is in no record; they were dead before)");
}

static int longest_pin_first(const struct dropper_row *a,
			     const struct dropper_row *b)
{
	return a->longest_ns < b->longest_ns ? 1 :
	       a->longest_ns > b->longest_ns ? -1 :
					       0;
}

static const struct column pinned_columns[] = {
	COLUMN("freed_by", STRING, "the task that dropped the last count",
	       .nullable = true),
	COLUMN("how", STRING, "in which way"),
	COLUMN("number", INTEGER, "how many"),
	COLUMN("mean_ns", NS, "how long they were dead, mean"),
	COLUMN("longest_ns", NS, "the longest"),
	COLUMN("longest_mm", INTEGER, "which that was"),
	COLUMN("owner", STRING, "whose that was", .nullable = true),
	{ 0 },
};

static const struct row_type pinned_type = {
	"pinned",
	"address spaces that outlived their users, by who let go last",
	pinned_columns
};

static void report_pinned(struct model *model, bool json)
{
	const struct dropper_row *row;
	struct rows rows;
	unsigned int shown = 0;

	HASH_SORT(model->droppers, longest_pin_first);
	rows_init(&rows, &pinned_type);
	for (row = model->droppers; row && (json || shown < ROWS_SHOWN);
	     row = row->hh.next, shown++) {
		row_begin(&rows);
		report_name(&rows, "freed_by", row->key.comm);
		row_text(&rows, "how", "%s", how_name(row->key.how));
		row_number(&rows, "number", row->number);
		row_number(&rows, "mean_ns", row->total_ns / row->number);
		row_number(&rows, "longest_ns", row->longest_ns);
		row_number(&rows, "longest_mm", row->longest_mm);
		report_name(&rows, "owner", row->longest_owner);
	}
	report_end(
		&rows, json,
		"Dead but pinned (users 0, count not): who dropped the last reference");
}

static const struct column still_columns[] = {
	COLUMN("mm", INTEGER, "its id"),
	COLUMN("count", INTEGER, "mm_count"),
	COLUMN("dead_for_ns", NS, "since users reached 0"),
	COLUMN("owner", STRING, "whose it was", .nullable = true),
	{ 0 },
};

static const struct row_type still_type = {
	"still_pinned",
	"an address space that is dead and still pinned at the end",
	still_columns
};

static void report_still_pinned(const struct model *model, bool json)
{
	const struct address_space *mm;
	struct rows rows;

	rows_init(&rows, &still_type);
	for (mm = model->mms; mm; mm = mm->hh.next) {
		if (!mm->dead)
			continue;
		row_begin(&rows);
		row_number(&rows, "mm", mm->id);
		row_number(&rows, "count", mm->count);
		row_number(&rows, "dead_for_ns", model->now - mm->dead);
		report_name(&rows, "owner", mm->pid ? mm->comm : "");
	}
	report_end(&rows, json, "Dead and still pinned at the end");
}

static int most_time_first(const struct borrow_pair *a,
			   const struct borrow_pair *b)
{
	return a->total_ns < b->total_ns ? 1 :
	       a->total_ns > b->total_ns ? -1 :
					   0;
}

static const struct column loans_columns[] = {
	COLUMN("lender_comm", STRING, "the task that ran before",
	       .nullable = true),
	COLUMN("borrower_comm", STRING, "the task that borrowed",
	       .nullable = true),
	COLUMN("number", INTEGER, "how many loans"),
	COLUMN("total_ns", NS, "the borrower's own share of them"),
	COLUMN("mean_ns", NS, "of one, mean"),
	COLUMN("longest_ns", NS, "of one, the longest"),
	{ 0 },
};

static const struct row_type loans_type = {
	"loans", "who borrowed from whom, by their names", loans_columns
};

static void report_loans(struct model *model, bool json)
{
	const struct borrow_pair *row;
	struct rows rows;
	unsigned int shown = 0;

	HASH_SORT(model->borrows.pairs, most_time_first);
	rows_init(&rows, &loans_type);
	for (row = model->borrows.pairs; row && (json || shown < ROWS_SHOWN);
	     row = row->hh.next, shown++) {
		row_begin(&rows);
		report_name(&rows, "lender_comm", row->key.lender);
		report_name(&rows, "borrower_comm", row->key.borrower);
		row_number(&rows, "number", row->number);
		row_number(&rows, "total_ns", row->total_ns);
		row_number(&rows, "mean_ns", row->total_ns / row->number);
		row_number(&rows, "longest_ns", row->longest_ns);
	}
	report_end(
		&rows, json,
		"Who borrowed whose address space (each borrower's own share of the loans)");
}

static const struct column longest_columns[] = {
	COLUMN("whole_ns", NS, "from the lender to the end"),
	COLUMN("lender_comm", STRING, "the task that ran before",
	       .nullable = true),
	COLUMN("last_borrower_comm", STRING, "who had it at the end",
	       .nullable = true),
	COLUMN("handoffs", INTEGER, "from kernel thread to kernel thread"),
	COLUMN("mm", INTEGER, "its id"),
	COLUMN("cpu", INTEGER, "on which CPU"),
	COLUMN("timestamp_ns", SECONDS, "when it ended",
	       .heading = "returned_s", .decimals = 6),
	{ 0 },
};

static const struct row_type longest_type = {
	"longest_loan", "the longest loan as a whole, through all hand-offs",
	longest_columns
};

/* From the lender's switch to the end, through all hands. */
static void report_longest_loan(const struct model *model, bool json)
{
	const struct borrow_stats *stats = &model->borrows;
	struct rows rows;

	rows_init(&rows, &longest_type);
	if (stats->longest.ns) {
		row_begin(&rows);
		row_number(&rows, "whole_ns", stats->longest.ns);
		report_name(&rows, "lender_comm", stats->longest.lender);
		report_name(&rows, "last_borrower_comm",
			    stats->longest.borrower);
		row_number(&rows, "handoffs", stats->longest.handed);
		row_number(&rows, "mm", stats->longest.mm);
		row_number(&rows, "cpu", stats->longest.cpu);
		row_number(&rows, "timestamp_ns", stats->longest.timestamp);
	}
	report_end(
		&rows, json,
		"The longest loan as a whole, from its lender through all hand-offs");
}

static int run(const struct options *options)
{
	struct model model = { 0 };
	struct source source;
	int status;

	if (options->live && options->input) {
		complain("--live and a capture exclude each other");
		return STATUS_USAGE;
	}
	status = read_source(options, &source, model_feed, &model);
	model_finish(&model, &source);
	if (source.records || model.lost_total) {
		report_source(&source, &model, options->json);
		report_lost(&model, options->json);
		report_forks(&model, options->json);
		report_copies(&model, options->json);
		report_failures(&model, options->json);
		report_dearest(&model, options->json);
		report_spawns(&model, options->json);
		report_lives(&model, options->json);
		report_pinned(&model, options->json);
		report_still_pinned(&model, options->json);
		report_loans(&model, options->json);
		report_longest_loan(&model, options->json);
	}
	model_free(&model);
	return status;
}

const struct verb verb_report = {
	.name = "report",
	.run = run,
	.rows =
		(const struct row_type *const[]){
			&source_type, &lost_type, &forks_type,
			&report_copies_type, &report_failures_type,
			&report_dearest_type, &report_spawns_type, &lives_type,
			&pinned_type, &still_type, &loans_type, &longest_type,
			NULL },
	.letters = "iljdh",
	.synopsis = "[DIR | -i DIR | --live] [--json]",
	.summary = "what a capture comes to, on one page",
	.about =
		"Of a capture if one is named, else of the live rings: what clones cost by path\n"
		"and kind, the most expensive ones, which programs were started without a copy, which address\n"
		"spaces stayed pinned after death and who let go last, who borrowed from whom,\n"
		"and what was lost.",
};
