// SPDX-License-Identifier: GPL-2.0-only
/* report.c - mmscope report: what a capture comes to, on one page */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/record_io.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

#define ROWS_SHOWN 10

static void begin(struct table *table, bool json, const char *columns)
{
	if (json)
		table_init(table, columns);
	else
		table_init_human(table, columns);
}

static void end(struct table *table, bool json, const char *kind,
		const char *heading)
{
	if (table->ncells && !json)
		print_heading("%s", heading);
	if (table->ncells)
		table_print(table, json, kind);
	table_free(table);
}

static void report_lost(const struct model *model, bool json)
{
	struct table table;
	unsigned int how;

	begin(&table, json, "cause records");
	for (how = 0; how < BYTE_VALUES; how++) {
		if (!model->lost[how])
			continue;
		table_cell(&table, "%s", how == MMSCOPE_HOW_unknown ?
						 "gap_in_sequence" :
						 how_name(how));
		table_number(&table, model->lost[how]);
	}
	if (!json && !model->lost_total)
		puts("lost: nothing");
	end(&table, json, "lost", may_colour(stdout) ?
				  "\033[31mLost records" : "Lost records");
}

static void report_source(const struct source *source,
			  const struct model *model, bool json)
{
	struct table table;

	begin(&table, json, "name records lost_records cpus duration_ns kernel_release");
	table_cell(&table, "%s", source->name);
	table_number(&table, source->records);
	table_number(&table, model->lost_total);
	table_number(&table, source->cpus);
	table_ns(&table, source->last - source->first);
	table_cell(&table, "%s",
		   *source->kernel_release ? source->kernel_release : "?");
	table_print(&table, json, "capture");
	table_free(&table);
}

static void report_forks(struct model *model, bool json)
{
	struct table table;

	begin(&table, json, FORKS_COLUMNS);
	forks_fill(&table, model);
	end(&table, json, "forks",
	    "How processes and threads came to be (p50, p99, max: whole call less vfork's wait; then means)");
}

static int most_copying_first(const struct copy_row *a,
			      const struct copy_row *b)
{
	if (a->copy.sum != b->copy.sum)
		return a->copy.sum < b->copy.sum ? 1 : -1;
	return strcmp(a->key.parent, b->key.parent);
}

/*
 * What a copy costs for each thing copied, by who forked: over all processes the mean
 * of a page would be made of the VMAs of those that have hardly a page.
 */
static void report_copies(struct model *model, bool json)
{
	const struct copy_row *row;
	struct table table;
	unsigned int shown = 0;

	HASH_SORT(model->forks.copies, most_copying_first);
	begin(&table, json, "parent kind copies p50_ns p99_ns max_ns vmas "
			    "pages per_vma_ns per_page_ns");
	for (row = model->forks.copies; row && (json || shown < ROWS_SHOWN);
	     row = row->hh.next, shown++) {
		table_cell(&table, "%s", row->key.parent);
		table_cell(&table, "%s", how_name(row->key.kind));
		table_number(&table, row->copy.number);
		table_ns(&table, times_quantile(&row->copy, 500));
		table_ns(&table, times_quantile(&row->copy, 990));
		table_ns(&table, row->copy.max);
		table_number(&table, row->vmas / row->copy.number);
		table_number(&table, row->pages / row->copy.number);
		table_ns(&table, row->vmas ? row->copy.sum / row->vmas : 0);
		table_ns(&table, row->pages ? row->copy.sum / row->pages : 0);
	}
	end(&table, json, "copies",
	    "What the copies cost, by who forked (VMAs and pages are means; each of the last two columns has the whole cost)");
}

static void report_failures(const struct model *model, bool json)
{
	const struct fork_row *row;
	struct table table;
	unsigned int i;

	begin(&table, json, "path kind failed error");
	for (row = model->forks.rows; row; row = row->hh.next) {
		for (i = 0; i < FAILURES_MAX && row->failures[i].number; i++) {
			table_cell(&table, "%s", how_name(row->key.path));
			table_cell(&table, "%s", how_name(row->key.kind));
			table_number(&table, row->failures[i].number);
			table_cell(&table, "%s",
				   errno_name(row->failures[i].error));
		}
	}
	end(&table, json, "failures", "Clones that failed");
}

static void report_dearest(const struct model *model, bool json)
{
	const struct fork_event *event;
	struct table table;
	char flags[400];
	unsigned int i;

	begin(&table, json, "whole_ns copy_ns vfork_wait_ns path kind vmas "
			    "pages pid parent result flags");
	for (i = 0; i < model->forks.ntop; i++) {
		event = &model->forks.top[i];
		table_ns(&table, event->ns);
		table_ns(&table, event->copy_ns);
		table_ns(&table, event->vfork_ns);
		table_cell(&table, "%s", how_name(event->path));
		table_cell(&table, "%s", how_name(event->kind));
		table_number(&table, event->vmas);
		table_number(&table, event->pages);
		table_number(&table, event->pid);
		table_cell(&table, "%s", event->comm);
		if (event->result < 0)
			table_cell(&table, "%s", errno_name(-(long)event->result));
		else
			table_cell(&table, "%d", event->result);
		short_flags(flags, sizeof(flags), event->flags);
		table_cell(&table, "%s", flags);
	}
	end(&table, json, "dearest", "The most expensive");
}

static int most_spawns_first(const struct spawn_row *a,
			     const struct spawn_row *b)
{
	uint64_t one = a->shared + a->copied, other = b->shared + b->copied;

	return one < other ? 1 : one > other ? -1 : strcmp(a->comm, b->comm);
}

static void report_spawns(struct model *model, bool json)
{
	const struct spawn_row *row;
	struct table table;

	HASH_SORT(model->forks.spawns, most_spawns_first);
	begin(&table, json, "parent shared copied copies_thrown_away_ns");
	for (row = model->forks.spawns; row; row = row->hh.next) {
		table_cell(&table, "%s", row->comm);
		table_number(&table, row->shared);
		table_number(&table, row->copied);
		table_ns(&table, row->copy_ns);
	}
	end(&table, json, "spawns",
	    "Programs started: mm shared until exec (vfork, posix_spawn), or copied for exec to throw away");
}

static void report_lives(const struct model *model, bool json)
{
	uint64_t never_born = model->frees[MMSCOPE_HOW_never_born];
	struct table table;

	begin(&table, json, "born_dup born_exec found never_born execs "
			    "left_at_exit died freed freed_undied");
	table_number(&table, model->births[MMSCOPE_HOW_dup]);
	table_number(&table, model->births[MMSCOPE_HOW_exec]);
	table_number(&table, model->births[MMSCOPE_HOW_found]);
	table_number(&table, never_born);
	table_number(&table, model->types[MMSCOPE_TYPE_exec_mm]);
	table_number(&table, model->exits[MMSCOPE_HOW_exit]);
	table_number(&table, model->types[MMSCOPE_TYPE_mm_dead]);
	table_number(&table, model->types[MMSCOPE_TYPE_mm_free] - never_born);
	table_number(&table, model->freed_undied);
	end(&table, json, "lives",
	    "Address spaces (freed_undied: freed, and their death is in no record; they were dead before)");
}

static int longest_pin_first(const struct dropper_row *a,
			     const struct dropper_row *b)
{
	return a->longest_ns < b->longest_ns ? 1 :
	       a->longest_ns > b->longest_ns ? -1 : 0;
}

static void report_pinned(struct model *model, bool json)
{
	const struct dropper_row *row;
	struct table table;
	unsigned int shown = 0;

	HASH_SORT(model->droppers, longest_pin_first);
	begin(&table, json, "freed_by how number mean_ns longest_ns "
			    "longest_mm owner");
	for (row = model->droppers; row && (json || shown < ROWS_SHOWN);
	     row = row->hh.next, shown++) {
		table_cell(&table, "%s", row->key.comm);
		table_cell(&table, "%s", how_name(row->key.how));
		table_number(&table, row->number);
		table_ns(&table, row->total_ns / row->number);
		table_ns(&table, row->longest_ns);
		table_number(&table, row->longest_mm);
		table_cell(&table, "%s", row->longest_owner);
	}
	end(&table, json, "pinned",
	    "Dead but pinned (users 0, count not): who dropped the last reference");
}

static void report_still_pinned(const struct model *model, bool json)
{
	const struct address_space *mm;
	struct table table;

	begin(&table, json, "mm count dead_for_ns owner");
	for (mm = model->mms; mm; mm = mm->hh.next) {
		if (!mm->dead)
			continue;
		table_number(&table, mm->id);
		table_cell(&table, "%d", mm->count);
		table_ns(&table, model->now - mm->dead);
		table_cell(&table, "%s", mm->pid ? mm->comm : "?");
	}
	end(&table, json, "still_pinned", "Dead and still pinned at the end");
}

static int most_time_first(const struct borrow_pair *a,
			   const struct borrow_pair *b)
{
	return a->total_ns < b->total_ns ? 1 : a->total_ns > b->total_ns ? -1 :
									   0;
}

static void report_borrows(struct model *model, bool json)
{
	const struct borrow_pair *row;
	struct table table;
	unsigned int shown = 0;

	HASH_SORT(model->borrows.pairs, most_time_first);
	begin(&table, json, "lender_comm borrower_comm number total_ns mean_ns "
			    "longest_ns");
	for (row = model->borrows.pairs; row && (json || shown < ROWS_SHOWN);
	     row = row->hh.next, shown++) {
		table_cell(&table, "%s", row->key.lender);
		table_cell(&table, "%s", row->key.borrower);
		table_number(&table, row->number);
		table_ns(&table, row->total_ns);
		table_ns(&table, row->total_ns / row->number);
		table_ns(&table, row->longest_ns);
	}
	end(&table, json, "borrows",
	    "Who borrowed whose address space (each borrower's own share of the loans)");
}

/* From the lender's switch to the end, through all hands. */
static void report_longest_loan(const struct model *model, bool json)
{
	const struct borrow_stats *stats = &model->borrows;
	struct table table;

	begin(&table, json,
	      "whole_ns lender_comm last_borrower_comm handoffs mm cpu returned_s");
	if (stats->longest.ns) {
		table_ns(&table, stats->longest.ns);
		table_cell(&table, "%s", stats->longest.lender);
		table_cell(&table, "%s", stats->longest.borrower);
		table_number(&table, stats->longest.handed);
		table_number(&table, stats->longest.mm);
		table_number(&table, stats->longest.cpu);
		table_cell(&table, "%.6f", stats->longest.timestamp / 1e9);
	}
	end(&table, json, "longest_loan",
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
		report_borrows(&model, options->json);
		report_longest_loan(&model, options->json);
	}
	model_free(&model);
	return status;
}

const struct verb verb_report = {
	.name = "report",
	.run = run,
	.letters = "iljdh",
	.synopsis = "[DIR | -i DIR | --live] [--json]",
	.summary = "what a capture comes to, on one page",
	.about = "Of a capture if one is named, else of the live rings: what clones cost by path\n"
		 "and kind, the most expensive ones, which programs were started without a copy, which address\n"
		 "spaces stayed pinned after death and who let go last, who borrowed from whom,\n"
		 "and what was lost.",
};
