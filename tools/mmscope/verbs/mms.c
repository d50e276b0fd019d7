// SPDX-License-Identifier: GPL-2.0-only
/* mms.c - mmscope mms: the address spaces, dead and pinned ones first */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/record_io.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

static int dead_first_then_id(const struct address_space *a,
			      const struct address_space *b)
{
	if (!a->dead != !b->dead)
		return a->dead ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static const struct column columns[] = {
	COLUMN("mm", INTEGER, "its id, never given twice"),
	COLUMN("state", STRING, "live, or dead: users are 0 and count is not"),
	COLUMN("users", INTEGER, "mm_users", .nullable = true),
	COLUMN("count", INTEGER, "mm_count", .nullable = true),
	COLUMN("tasks", INTEGER, "tasks that have it", .nullable = true),
	COLUMN("pins", INTEGER, "counts beside the one that all users share",
	       .nullable = true),
	COLUMN("borrowers", INTEGERS, "CPUs that borrow it now",
	       .nullable = true),
	COLUMN("age_ns", SECONDS, "since its birth, or since it was found",
	       .heading = "age_s", .decimals = 3, .nullable = true),
	COLUMN("dead_ns", SECONDS, "since users reached 0", .heading = "dead_s",
	       .decimals = 3, .nullable = true),
	COLUMN("how", STRING, "dup, exec or found", .nullable = true),
	COLUMN("pid", INTEGER, "whose it is, or was", .nullable = true),
	COLUMN("comm", STRING, "the name of that task", .of = "pid",
	       .nullable = true),
	{ 0 },
};

const struct row_type mms_type = { "mms", "one address space", columns };

/* The CPUs that borrow it, "0,3"; to be freed. */
static char *borrowers_of(const struct model *model, uint64_t mm)
{
	const struct borrow_cpu *cpu;
	char *list = must_format("%s", ""), *longer;

	for (cpu = model->borrows.cpus; cpu; cpu = cpu->hh.next) {
		if (cpu->mm != mm)
			continue;
		longer =
			must_format("%s%s%u", list, *list ? "," : "", cpu->cpu);
		free(list);
		list = longer;
	}
	return list;
}

static void set_counter(struct rows *rows, const char *name, int32_t value)
{
	if (value < 0)
		row_unknown(rows, name);
	else
		row_number(rows, name, value);
}

static void set_age(struct rows *rows, const char *name, uint64_t since,
		    uint64_t now)
{
	if (since)
		row_number(rows, name, now - since);
	else
		row_none(rows, name);
}

static void set_owner(struct rows *rows, const struct address_space *mm)
{
	if (mm->pid)
		row_number(rows, "pid", mm->pid);
	else
		row_unknown(rows, "pid");
	if (mm->pid && *mm->comm)
		row_text(rows, "comm", "%s", mm->comm);
	else
		row_unknown(rows, "comm");
}

void mms_fill(struct rows *rows, struct model *model)
{
	struct address_space *mm;
	char *borrowers;

	HASH_SORT(model->mms, dead_first_then_id);
	for (mm = model->mms; mm; mm = mm->hh.next) {
		borrowers = borrowers_of(model, mm->id);
		row_begin(rows);
		row_number(rows, "mm", mm->id);
		row_text(rows, "state", "%s", mm->dead ? "dead" : "live");
		set_counter(rows, "users", mm->users);
		set_counter(rows, "count", mm->count);
		row_number(rows, "tasks", mm->tasks > 0 ? mm->tasks : 0);
		set_counter(rows, "pins",
			    mm->count - (mm->count > 0 && !mm->dead));
		row_text(rows, "borrowers", "%s", borrowers);
		set_age(rows, "age_ns", mm->birth, model->now);
		set_age(rows, "dead_ns", mm->dead, model->now);
		row_text(rows, "how", "%s", how_name(mm->how));
		set_owner(rows, mm);
		free(borrowers);
	}
}

static int run(const struct options *options)
{
	static const struct view view = { "mms", &mms_type, mms_fill };

	return view_show(&view, options);
}

const struct verb verb_mms = {
	.name = "mms",
	.run = run,
	.rows = (const struct row_type *const[]){ &mms_type, NULL },
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json]",
	.summary =
		"the address spaces: users, pins, borrowers; dead and pinned first",
	.about =
		"One row for each address space that lives, or is dead and still pinned. From a\n"
		"capture: as things stood at its end, users and count as last seen in any record.",
};
