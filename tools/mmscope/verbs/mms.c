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

/* The CPUs that borrow it, "0,3"; to be freed. */
static char *borrowers_of(const struct model *model, uint64_t mm)
{
	const struct borrow_cpu *cpu;
	char *list = NULL, *longer;

	for (cpu = model->borrows.cpus; cpu; cpu = cpu->hh.next) {
		if (cpu->mm != mm)
			continue;
		longer = must_format("%s%s%u", list ? list : "",
				     list ? "," : "", cpu->cpu);
		free(list);
		list = longer;
	}
	return list ? list : must_format("-");
}

static void counter_cell(struct table *table, int32_t value)
{
	if (value < 0)
		table_cell(table, "?");
	else
		table_cell(table, "%d", value);
}

static void age_cell(struct table *table, uint64_t since, uint64_t now)
{
	if (since)
		table_cell(table, "%.3f", (now - since) / 1e9);
	else
		table_cell(table, "-");
}

void mms_fill(struct table *table, struct model *model)
{
	struct address_space *mm;
	char *borrowers;

	HASH_SORT(model->mms, dead_first_then_id);
	for (mm = model->mms; mm; mm = mm->hh.next) {
		borrowers = borrowers_of(model, mm->id);
		table_number(table, mm->id);
		table_cell(table, "%s", mm->dead ? "dead" : "live");
		counter_cell(table, mm->users);
		counter_cell(table, mm->count);
		table_cell(table, "%d", mm->tasks > 0 ? mm->tasks : 0);
		counter_cell(table, mm->count - (mm->count > 0 && !mm->dead));
		table_cell(table, "%s", borrowers);
		age_cell(table, mm->birth, model->now);
		age_cell(table, mm->dead, model->now);
		table_cell(table, "%s", how_name(mm->how));
		if (mm->pid)
			table_number(table, mm->pid);
		else
			table_cell(table, "?");
		table_cell(table, "%s", mm->pid ? mm->comm : "?");
		free(borrowers);
	}
}

static int run(const struct options *options)
{
	static const struct view view = {
		.file = "mms",
		.columns = "mm state users count tasks pins borrowers age_s "
			   "dead_s how pid comm",
		.fill = mms_fill,
	};

	return view_show(&view, options);
}

const struct verb verb_mms = {
	.name = "mms",
	.run = run,
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json]",
	.summary = "the address spaces: users, pins, borrowers; dead and pinned first",
	.about = "One row for each address space that lives, or is dead and still pinned. From a\n"
		 "capture: as things stood at its end, users and count as last seen in any record.",
};
