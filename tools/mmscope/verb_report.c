// SPDX-License-Identifier: GPL-2.0-only
/* verb_report.c - mmscope report: what a capture comes to, on one page */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "record_io.h"
#include "util.h"
#include "verbs.h"

#define ROWS_SHOWN 10

/* People read "4.10 us" under "p50", programs 4100 under "p50_ns". */
static void begin(struct table *table, bool json, const char *columns)
{
	size_t i, length;

	table_init(table, columns);
	for (i = 0; !json && i < table->ncolumns; i++) {
		length = strlen(table->names[i]);
		if (length > 3 && !strcmp(table->names[i] + length - 3, "_ns"))
			table->names[i][length - 3] = '\0';
	}
}

static void number_cell(struct table *table, uint64_t number)
{
	table_cell(table, "%llu", (unsigned long long)number);
}

static void ns_cell(struct table *table, bool json, uint64_t ns)
{
	if (json)
		number_cell(table, ns);
	else if (ns)
		table_ns(table, ns);
	else
		table_cell(table, "-");
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

static const char *cause_name(unsigned int how)
{
	return how == MMSCOPE_HOW_unknown ? "gap_in_sequence" : how_name(how);
}

static void report_lost(const struct model *model, bool json)
{
	bool red = !json && model->lost_total && may_colour(stdout);
	unsigned int how;
	json_t *object;

	if (!json)
		printf("%slost: %s", red ? "\033[31m" : "",
		       model->lost_total ? "" : "nothing");
	for (how = 0; how < BYTE_VALUES; how++) {
		if (!model->lost[how])
			continue;
		if (!json) {
			printf("%llu %s  ", (unsigned long long)model->lost[how],
			       cause_name(how));
			continue;
		}
		object = json_object();
		json_object_set_new(object, "table", json_string("lost"));
		json_object_set_new(object, "cause",
				    json_string(cause_name(how)));
		json_object_set_new(object, "records",
				    json_integer(model->lost[how]));
		json_line(object);
	}
	if (!json)
		puts(red ? "\033[0m" : "");
}

static void report_source(const struct source *source,
			  const struct model *model, bool json)
{
	char duration[HUMAN_SIZE];
	json_t *object;

	if (!json) {
		printf("%s: %llu records of %u CPUs in %s, Linux %s\n",
		       source->name, (unsigned long long)source->records,
		       source->cpus,
		       human_ns(duration, source->last - source->first),
		       *source->kernel_release ? source->kernel_release : "?");
		return;
	}
	object = json_object();
	json_object_set_new(object, "table", json_string("capture"));
	json_object_set_new(object, "name", json_text(source->name));
	json_object_set_new(object, "kernel_release",
			    json_text(source->kernel_release));
	json_object_set_new(object, "cpus", json_integer(source->cpus));
	json_object_set_new(object, "records", json_integer(source->records));
	json_object_set_new(object, "lost_records",
			    json_integer(model->lost_total));
	json_object_set_new(object, "duration_ns",
			    json_integer(source->last - source->first));
	json_line(object);
}

static void report_forks(struct model *model, bool json)
{
	struct fork_row *row;
	struct table table;

	HASH_SORT(model->forks.rows, fork_row_order);
	begin(&table, json, "path kind ok failed p50_ns p99_ns max_ns "
			    "vfork_wait_ns copy_ns copy_per_vma_ns "
			    "copy_per_page_ns vmas pages pgtable_kib");
	for (row = model->forks.rows; row; row = row->hh.next) {
		table_cell(&table, "%s", how_name(row->key.path));
		table_cell(&table, "%s", how_name(row->key.kind));
		number_cell(&table, row->ok);
		number_cell(&table, row->failed);
		ns_cell(&table, json, times_quantile(&row->whole, 500));
		ns_cell(&table, json, times_quantile(&row->whole, 990));
		ns_cell(&table, json, row->whole.max);
		ns_cell(&table, json, times_mean(&row->vfork));
		ns_cell(&table, json, times_mean(&row->copy));
		ns_cell(&table, json,
			row->vmas ? row->copy.sum / row->vmas : 0);
		ns_cell(&table, json,
			row->pages ? row->copy.sum / row->pages : 0);
		number_cell(&table, row->ok ? row->vmas / row->ok : 0);
		number_cell(&table, row->ok ? row->pages / row->ok : 0);
		number_cell(&table, row->ok ? row->pgtable_pages *
			    (model->page_size / 1024) / row->ok : 0);
	}
	end(&table, json, "forks",
	    "How processes and threads came to be (whole call less vfork's wait; the rest are means)");
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
			number_cell(&table, row->failures[i].number);
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
		ns_cell(&table, json, event->ns);
		ns_cell(&table, json, event->copy_ns);
		ns_cell(&table, json, event->vfork_ns);
		table_cell(&table, "%s", how_name(event->path));
		table_cell(&table, "%s", how_name(event->kind));
		number_cell(&table, event->vmas);
		number_cell(&table, event->pages);
		number_cell(&table, event->pid);
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
		number_cell(&table, row->shared);
		number_cell(&table, row->copied);
		ns_cell(&table, json, row->copy_ns);
	}
	end(&table, json, "spawns",
	    "Programs started: mm shared until exec (vfork, posix_spawn), or copied for exec to throw away");
}

static void report_lives(const struct model *model, bool json)
{
	static const struct {
		const char *key, *words;
	} names[] = {
		{ "born_dup", "born by a copy" },
		{ "born_exec", "by exec" },
		{ "found", "found at the start" },
		{ "execs", "execs" },
		{ "left_at_exit", "tasks let go at exit" },
		{ "died", "died" },
		{ "freed", "freed" },
		{ "never_born", "never came to be" },
	};
	uint64_t numbers[] = {
		model->births[MMSCOPE_HOW_dup],
		model->births[MMSCOPE_HOW_exec],
		model->births[MMSCOPE_HOW_found],
		model->types[MMSCOPE_TYPE_exec_mm],
		model->exits[MMSCOPE_HOW_exit],
		model->types[MMSCOPE_TYPE_mm_dead],
		model->types[MMSCOPE_TYPE_mm_free] -
			model->frees[MMSCOPE_HOW_never_born],
		model->frees[MMSCOPE_HOW_never_born],
	};
	json_t *object = json_object();
	size_t i;

	json_object_set_new(object, "table", json_string("lives"));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set_new(object, names[i].key,
				    json_integer(numbers[i]));
	if (json) {
		json_line(object);
		return;
	}
	json_decref(object);
	print_heading("Address spaces");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		printf("%s%llu %s", i ? ", " : "  ",
		       (unsigned long long)numbers[i], names[i].words);
	putchar('\n');
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
		number_cell(&table, row->number);
		ns_cell(&table, json, row->total_ns / row->number);
		ns_cell(&table, json, row->longest_ns);
		number_cell(&table, row->longest_mm);
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
		number_cell(&table, mm->id);
		table_cell(&table, "%d", mm->count);
		ns_cell(&table, json, model->now - mm->dead);
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
	const struct borrow_stats *stats = &model->borrows;
	const struct borrow_pair *row;
	char longest[HUMAN_SIZE];
	struct table table;
	unsigned int shown = 0;

	HASH_SORT(model->borrows.pairs, most_time_first);
	begin(&table, json, "lender_comm borrower_comm number total_ns mean_ns "
			    "longest_ns");
	for (row = stats->pairs; row && (json || shown < ROWS_SHOWN);
	     row = row->hh.next, shown++) {
		table_cell(&table, "%s", row->key.lender);
		table_cell(&table, "%s", row->key.borrower);
		number_cell(&table, row->number);
		ns_cell(&table, json, row->total_ns);
		ns_cell(&table, json, row->total_ns / row->number);
		ns_cell(&table, json, row->longest_ns);
	}
	end(&table, json, "borrows", "Who borrowed whose address space");
	if (stats->longest.ns && !json)
		printf("  longest loan: %s by %s from %s, mm %llu on CPU %u, given back at %.6f s\n",
		       human_ns(longest, stats->longest.ns),
		       stats->longest.borrower, stats->longest.lender,
		       (unsigned long long)stats->longest.mm,
		       stats->longest.cpu, stats->longest.timestamp / 1e9);
}

static int run(const struct options *options)
{
	struct options from = *options;
	struct model model = { 0 };
	struct source source;
	struct stat st;
	int status;

	if (options->live && options->input) {
		complain("--live and -i exclude each other");
		return STATUS_USAGE;
	}
	if (!options->live && !options->input) {
		from.input = DEFAULT_CAPTURE;
		if (stat(from.input, &st)) {
			complain("no " DEFAULT_CAPTURE " here: make one with `mmscope record`, name one with -i, or ask for --live");
			return STATUS_USAGE;
		}
	}
	status = read_source(&from, &source, model_feed, &model);
	model_finish(&model, &source);
	if (source.records || model.lost_total) {
		report_source(&source, &model, options->json);
		report_lost(&model, options->json);
		report_forks(&model, options->json);
		report_failures(&model, options->json);
		report_dearest(&model, options->json);
		report_spawns(&model, options->json);
		report_lives(&model, options->json);
		report_pinned(&model, options->json);
		report_still_pinned(&model, options->json);
		report_borrows(&model, options->json);
	}
	model_free(&model);
	return status;
}

const struct verb verb_report = {
	.name = "report",
	.run = run,
	.letters = "iljdh",
	.synopsis = "[-i DIR | --live] [--json]",
	.summary = "what a capture comes to, on one page",
	.about = "Reads " DEFAULT_CAPTURE " unless told otherwise: what clones cost by path and kind, the\n"
		 "most expensive ones, which programs were started without a copy, which address\n"
		 "spaces stayed pinned after death and who let go last, who borrowed from whom,\n"
		 "and what was lost.",
};
