// SPDX-License-Identifier: GPL-2.0-only
/* borrows.c - mmscope borrows: who borrows which mm on which CPU */
#include "base/util.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

static int by_cpu(const struct borrow_cpu *a, const struct borrow_cpu *b)
{
	return a->cpu < b->cpu ? -1 : a->cpu > b->cpu;
}

static const struct column columns[] = {
	COLUMN("cpu", INTEGER, "the CPU"),
	COLUMN("mm", INTEGER, "the id of the mm that it borrows",
	       .nullable = true),
	COLUMN("borrower", INTEGER, "the pid of the task that borrows it",
	       .nullable = true),
	COLUMN("lender", INTEGER, "the pid of the task that ran before",
	       .nullable = true),
	COLUMN("for_ns", NS, "how long the loan has lasted", .nullable = true),
	COLUMN("borrows", INTEGER, "loans so far"),
	COLUMN("handoffs", INTEGER, "from kernel thread to kernel thread"),
	COLUMN("returns", INTEGER, "loans that have ended"),
	COLUMN("total_ns", NS, "all of them together"),
	COLUMN("longest_ns", NS, "the longest"),
	COLUMN("comm", STRING, "the borrower's name", .of = "borrower",
	       .nullable = true),
	{ 0 },
};

const struct row_type borrows_type = { "borrows",
				       "one CPU, and what it borrows",
				       columns };

static void no_loan(struct rows *rows)
{
	row_none(rows, "mm");
	row_none(rows, "borrower");
	row_none(rows, "lender");
	row_none(rows, "for_ns");
	row_none(rows, "comm");
}

static void set_loan(struct rows *rows, const struct borrow_cpu *cpu,
		     const struct model *model)
{
	const char *comm = names_get(&model->names, cpu->borrower, cpu->cpu);

	row_number(rows, "mm", cpu->mm);
	row_number(rows, "borrower", cpu->borrower);
	if (cpu->lender)
		row_number(rows, "lender", cpu->lender);
	else
		row_unknown(rows, "lender");
	row_number(rows, "for_ns", model->now - cpu->since);
	if (comm)
		row_text(rows, "comm", "%s", comm);
	else
		row_unknown(rows, "comm");
}

void borrows_fill(struct rows *rows, struct model *model)
{
	struct borrow_cpu *cpu;

	HASH_SORT(model->borrows.cpus, by_cpu);
	for (cpu = model->borrows.cpus; cpu; cpu = cpu->hh.next) {
		row_begin(rows);
		row_number(rows, "cpu", cpu->cpu);
		if (cpu->mm)
			set_loan(rows, cpu, model);
		else
			no_loan(rows);
		row_number(rows, "borrows", cpu->borrows);
		row_number(rows, "handoffs", cpu->handoffs);
		row_number(rows, "returns", cpu->returns);
		row_number(rows, "total_ns", cpu->total_ns);
		row_number(rows, "longest_ns", cpu->longest_ns);
	}
}

static int run(const struct options *options)
{
	static const struct view view = { "borrows", &borrows_type,
					  borrows_fill };

	return view_show(&view, options);
}

const struct verb verb_borrows = {
	.name = "borrows",
	.run = run,
	.rows = (const struct row_type *const[]){ &borrows_type, NULL },
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json]",
	.summary = "who borrows which address space on which CPU, and totals",
	.about =
		"One row for each CPU: the borrow that goes on now (from a capture: at its end),\n"
		"how many there were, how many hand-offs, how long they took.",
};
