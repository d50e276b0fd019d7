// SPDX-License-Identifier: GPL-2.0-only
/* report_forks.c - of the report: what clones cost */
#include <string.h>

#include "input/record_io.h"
#include "verbs/report_rows.h"
#include "verbs/view.h"

void report_forks(struct model *model, bool json)
{
	struct rows rows;

	rows_init(&rows, &forks_type);
	forks_fill(&rows, model);
	report_end(
		&rows, json,
		"How processes and threads came to be (p50, p99, max: whole call less vfork's wait; then means)");
}

static int most_copying_first(const struct copy_row *a,
			      const struct copy_row *b)
{
	if (a->copy.sum != b->copy.sum)
		return a->copy.sum < b->copy.sum ? 1 : -1;
	return strcmp(a->key.parent, b->key.parent);
}

static const struct column copies_columns[] = {
	COLUMN("parent", STRING, "the name of who forked", .nullable = true),
	COLUMN("kind", STRING, "fork, clone, ..."),
	COLUMN("copies", INTEGER, "how many succeeded"),
	COLUMN("p50_ns", NS, "half of them took no longer"),
	COLUMN("p99_ns", NS, "99 of 100 took no longer"),
	COLUMN("max_ns", NS, "the longest"),
	COLUMN("vmas", INTEGER, "VMAs, mean"),
	COLUMN("pages", INTEGER, "pages mapped, mean"),
	COLUMN("per_vma_ns", NS, "the whole cost for each VMA"),
	COLUMN("per_page_ns", NS, "the whole cost for each page"),
	{ 0 },
};

const struct row_type report_copies_type = { "copies",
					     "what copies cost, by who forked",
					     copies_columns };

/*
 * What a copy costs for each thing copied, by who forked: over all processes the mean
 * of a page would be made of the VMAs of those that have hardly a page.
 */
void report_copies(struct model *model, bool json)
{
	const struct copy_row *row;
	struct rows rows;
	unsigned int shown = 0;

	HASH_SORT(model->forks.copies, most_copying_first);
	rows_init(&rows, &report_copies_type);
	for (row = model->forks.copies; row && (json || shown < ROWS_SHOWN);
	     row = row->hh.next, shown++) {
		row_begin(&rows);
		report_name(&rows, "parent", row->key.parent);
		row_text(&rows, "kind", "%s", how_name(row->key.kind));
		row_number(&rows, "copies", row->copy.number);
		row_number(&rows, "p50_ns", times_quantile(&row->copy, 500));
		row_number(&rows, "p99_ns", times_quantile(&row->copy, 990));
		row_number(&rows, "max_ns", row->copy.max);
		row_number(&rows, "vmas", row->vmas / row->copy.number);
		row_number(&rows, "pages", row->pages / row->copy.number);
		row_number(&rows, "per_vma_ns",
			   row->vmas ? row->copy.sum / row->vmas : 0);
		row_number(&rows, "per_page_ns",
			   row->pages ? row->copy.sum / row->pages : 0);
	}
	report_end(
		&rows, json,
		"What the copies cost, by who forked (VMAs and pages are means; each of the last two columns has the whole cost)");
}

static const struct column failures_columns[] = {
	COLUMN("path", STRING, "what copy_mm did"),
	COLUMN("kind", STRING, "fork, vfork, clone, thread, ..."),
	COLUMN("failed", INTEGER, "how many"),
	COLUMN("error", STRING, "with which errno"),
	{ 0 },
};

const struct row_type report_failures_type = { "failures", "clones that failed",
					       failures_columns };

void report_failures(const struct model *model, bool json)
{
	const struct fork_row *row;
	struct rows rows;
	unsigned int i;

	rows_init(&rows, &report_failures_type);
	for (row = model->forks.rows; row; row = row->hh.next) {
		for (i = 0; i < FAILURES_MAX && row->failures[i].number; i++) {
			row_begin(&rows);
			row_text(&rows, "path", "%s", how_name(row->key.path));
			row_text(&rows, "kind", "%s", how_name(row->key.kind));
			row_number(&rows, "failed", row->failures[i].number);
			row_text(&rows, "error", "%s",
				 errno_name(row->failures[i].error));
		}
	}
	report_end(&rows, json, "Clones that failed");
}

static const struct column dearest_columns[] = {
	COLUMN("whole_ns", NS, "the call less vfork's wait"),
	COLUMN("copy_ns", NS, "the copy in dup_mm"),
	COLUMN("vfork_wait_ns", NS, "the wait of vfork's parent"),
	COLUMN("path", STRING, "what copy_mm did"),
	COLUMN("kind", STRING, "fork, vfork, clone, thread, ..."),
	COLUMN("vmas", INTEGER, "VMAs of the copy"),
	COLUMN("pages", INTEGER, "pages mapped in the copy"),
	COLUMN("pid", INTEGER, "who forked"),
	COLUMN("parent", STRING, "the name of who forked", .nullable = true),
	COLUMN("result", RESULT, "the pid of the child, or a negative errno"),
	COLUMN("error", STRING, "the name of that errno", .nullable = true,
	       .only_json = true),
	COLUMN("flags", STRING, "clone flags without CLONE_"),
	{ 0 },
};

const struct row_type report_dearest_type = {
	"dearest", "one of the most expensive clones", dearest_columns
};

void report_dearest(const struct model *model, bool json)
{
	const struct fork_event *event;
	struct rows rows;
	char flags[400];
	unsigned int i;

	rows_init(&rows, &report_dearest_type);
	for (i = 0; i < model->forks.ntop; i++) {
		event = &model->forks.top[i];
		row_begin(&rows);
		row_number(&rows, "whole_ns", event->ns);
		row_number(&rows, "copy_ns", event->copy_ns);
		row_number(&rows, "vfork_wait_ns", event->vfork_ns);
		row_text(&rows, "path", "%s", how_name(event->path));
		row_text(&rows, "kind", "%s", how_name(event->kind));
		row_number(&rows, "vmas", event->vmas);
		row_number(&rows, "pages", event->pages);
		row_number(&rows, "pid", event->pid);
		report_name(&rows, "parent", event->comm);
		row_number(&rows, "result", event->result);
		if (event->result < 0)
			row_text(&rows, "error", "%s",
				 errno_name(-(long)event->result));
		else
			row_none(&rows, "error");
		short_flags(flags, sizeof(flags), event->flags);
		row_text(&rows, "flags", "%s", flags);
	}
	report_end(&rows, json, "The most expensive");
}

static int most_spawns_first(const struct spawn_row *a,
			     const struct spawn_row *b)
{
	uint64_t one = a->shared + a->copied, other = b->shared + b->copied;

	return one < other ? 1 : one > other ? -1 : strcmp(a->comm, b->comm);
}

static const struct column spawns_columns[] = {
	COLUMN("parent", STRING, "the name of who forked", .nullable = true),
	COLUMN("shared", INTEGER, "with the mm shared until exec"),
	COLUMN("copied", INTEGER, "with an mm copied for exec to throw away"),
	COLUMN("copies_thrown_away_ns", NS, "what those copies cost"),
	{ 0 },
};

const struct row_type report_spawns_type = {
	"spawns", "programs that were started, by who forked", spawns_columns
};

void report_spawns(struct model *model, bool json)
{
	const struct spawn_row *row;
	struct rows rows;

	HASH_SORT(model->forks.spawns, most_spawns_first);
	rows_init(&rows, &report_spawns_type);
	for (row = model->forks.spawns; row; row = row->hh.next) {
		row_begin(&rows);
		report_name(&rows, "parent", row->comm);
		row_number(&rows, "shared", row->shared);
		row_number(&rows, "copied", row->copied);
		row_number(&rows, "copies_thrown_away_ns", row->copy_ns);
	}
	report_end(
		&rows, json,
		"Programs started: mm shared until exec (vfork, posix_spawn), or copied for exec to throw away");
}
