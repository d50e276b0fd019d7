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

static const struct column columns[] = {
	COLUMN("path", STRING, "what copy_mm did: dup, share or none"),
	COLUMN("kind", STRING,
	       "fork, vfork, clone, thread, kthread, io_thread"),
	COLUMN("ok", INTEGER, "clones that succeeded"),
	COLUMN("failed", INTEGER, "clones that failed"),
	COLUMN("p50_ns", NS,
	       "half of the calls took no longer, less vfork's wait"),
	COLUMN("p99_ns", NS, "99 of 100 took no longer"),
	COLUMN("max_ns", NS, "the longest"),
	COLUMN("copy_ns", NS, "mean time of the copy in dup_mm"),
	COLUMN("vfork_ns", NS, "mean wait of vfork's parent"),
	COLUMN("vmas", INTEGER, "VMAs of the copy, mean"),
	COLUMN("pages", INTEGER, "pages mapped in the copy, mean"),
	COLUMN("pgtable_kib", INTEGER, "page tables of the copy, mean",
	       .unit = "KiB", .nullable = true),
	{ 0 },
};

const struct row_type forks_type = { "forks", "all clones of one path and kind",
				     columns };

void forks_fill(struct rows *rows, struct model *model)
{
	uint64_t page_kib = model->page_size / 1024;
	struct fork_row *row;

	HASH_SORT(model->forks.rows, by_path_and_kind);
	for (row = model->forks.rows; row; row = row->hh.next) {
		row_begin(rows);
		row_text(rows, "path", "%s", how_name(row->key.path));
		row_text(rows, "kind", "%s", how_name(row->key.kind));
		row_number(rows, "ok", row->ok);
		row_number(rows, "failed", row->failed);
		row_number(rows, "p50_ns", times_quantile(&row->whole, 500));
		row_number(rows, "p99_ns", times_quantile(&row->whole, 990));
		row_number(rows, "max_ns", row->whole.max);
		row_number(rows, "copy_ns", times_mean(&row->copy));
		row_number(rows, "vfork_ns", times_mean(&row->vfork));
		row_number(rows, "vmas", mean(row->vmas, row->ok));
		row_number(rows, "pages", mean(row->pages, row->ok));
		if (model->page_size)
			row_number(rows, "pgtable_kib",
				   mean(row->pgtable_pages * page_kib,
					row->ok));
		else
			row_unknown(rows, "pgtable_kib");
	}
}

static int run(const struct options *options)
{
	static const struct view view = { "forks", &forks_type, forks_fill };

	return view_show(&view, options);
}

const struct verb verb_forks = {
	.name = "forks",
	.run = run,
	.rows = (const struct row_type *const[]){ &forks_type, NULL },
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json]",
	.summary = "clones by path and kind: how many, what they cost",
	.about =
		"One row for each path that copy_mm took (share, dup, none) and each kind of\n"
		"clone (fork, vfork, clone, thread, kthread). p50, p99 and max are of the whole\n"
		"call less the wait of vfork's parent; the columns after them are means.",
};
