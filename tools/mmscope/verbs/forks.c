// SPDX-License-Identifier: GPL-2.0-only
/* forks.c - mmscope forks: clones by path and kind, and what they cost */
#include "base/util.h"
#include "input/record_io.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

static int by_path_and_kind(const struct fork_row *a, const struct fork_row *b)
{
	if (a->key.path != b->key.path)
		return a->key.path - b->key.path;
	return a->key.kind - b->key.kind;
}

static uint64_t mean(uint64_t sum, uint64_t number)
{
	return number ? sum / number : 0;
}

void forks_fill(struct table *table, struct model *model)
{
	struct fork_row *row;

	HASH_SORT(model->forks.rows, by_path_and_kind);
	for (row = model->forks.rows; row; row = row->hh.next) {
		table_cell(table, "%s", how_name(row->key.path));
		table_cell(table, "%s", how_name(row->key.kind));
		table_number(table, row->ok);
		table_number(table, row->failed);
		table_ns(table, times_quantile(&row->whole, 500));
		table_ns(table, times_quantile(&row->whole, 990));
		table_ns(table, row->whole.max);
		table_ns(table, times_mean(&row->copy));
		table_ns(table, times_mean(&row->vfork));
		table_number(table, mean(row->vmas, row->ok));
		table_number(table, mean(row->pages, row->ok));
		if (model->page_size)
			table_number(table, mean(row->pgtable_pages *
						 (model->page_size / 1024),
						 row->ok));
		else
			table_cell(table, "?");
	}
}

static int run(const struct options *options)
{
	static const struct view view = {
		.file = "forks",
		.columns = FORKS_COLUMNS,
		.fill = forks_fill,
	};

	return view_show(&view, options);
}

const struct verb verb_forks = {
	.name = "forks",
	.run = run,
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json]",
	.summary = "clones by path and kind: how many, what they cost",
	.about = "One row for each path that copy_mm took (share, dup, none) and each kind of\n"
		 "clone (fork, vfork, clone, thread, kthread). p50, p99 and max are of the whole\n"
		 "call less the wait of vfork's parent; the columns after them are means.",
};
