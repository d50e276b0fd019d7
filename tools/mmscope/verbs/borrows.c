// SPDX-License-Identifier: GPL-2.0-only
/* borrows.c - mmscope borrows: who borrows which mm on which CPU */
#include "base/util.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

static int by_cpu(const struct borrow_cpu *a, const struct borrow_cpu *b)
{
	return a->cpu < b->cpu ? -1 : a->cpu > b->cpu;
}

static void loan_cells(struct table *table, const struct borrow_cpu *cpu,
		       uint64_t now)
{
	if (!cpu->mm) {
		table_cell(table, "-");
		table_cell(table, "-");
		table_cell(table, "-");
		table_cell(table, "-");
		return;
	}
	table_number(table, cpu->mm);
	table_number(table, cpu->borrower);
	if (cpu->lender)
		table_number(table, cpu->lender);
	else
		table_cell(table, "?");
	table_number(table, now - cpu->since);
}

void borrows_fill(struct table *table, struct model *model)
{
	struct borrow_cpu *cpu;
	const char *comm;

	HASH_SORT(model->borrows.cpus, by_cpu);
	for (cpu = model->borrows.cpus; cpu; cpu = cpu->hh.next) {
		comm = cpu->mm ? names_get(&model->names, cpu->borrower,
					   cpu->cpu) : "-";
		table_number(table, cpu->cpu);
		loan_cells(table, cpu, model->now);
		table_number(table, cpu->borrows);
		table_number(table, cpu->handoffs);
		table_number(table, cpu->returns);
		table_number(table, cpu->total_ns);
		table_number(table, cpu->longest_ns);
		table_cell(table, "%s", comm ? comm : "?");
	}
}

static int run(const struct options *options)
{
	static const struct view view = {
		.file = "borrows",
		.columns = "cpu mm borrower lender for_ns borrows handoffs "
			   "returns total_ns longest_ns comm",
		.fill = borrows_fill,
	};

	return view_show(&view, options);
}

const struct verb verb_borrows = {
	.name = "borrows",
	.run = run,
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json]",
	.summary = "who borrows which address space on which CPU, and totals",
	.about = "One row for each CPU: the borrow that goes on now (from a capture: at its end),\n"
		 "how many there were, how many hand-offs, how long they took.",
};
