// SPDX-License-Identifier: GPL-2.0-only
/* borrow_stats.c - who borrowed whose mm, on which CPU, for how long */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "model/borrow_stats.h"

static struct borrow_cpu *cpu_of(struct borrow_stats *stats, uint32_t number)
{
	struct borrow_cpu *cpu;

	HASH_FIND(hh, stats->cpus, &number, sizeof(number), cpu);
	if (!cpu) {
		cpu = must_calloc(1, sizeof(*cpu));
		cpu->cpu = number;
		HASH_ADD(hh, stats->cpus, cpu, sizeof(number), cpu);
	}
	return cpu;
}

/* Nobody is a lender whose borrowing began before it could be seen. */
#define NOBODY UINT32_MAX

static uint32_t lender_or_nobody(uint32_t pid)
{
	return pid ? pid : NOBODY;
}

static void name_into(char *to, size_t size, const struct names *names,
		      uint32_t pid, unsigned int cpu)
{
	const char *comm = names_get(names, pid, cpu);

	if (pid == NOBODY)
		*to = '\0';
	else if (comm)
		snprintf(to, size, "%s", comm);
	else
		snprintf(to, size, "pid %u", pid);
}

/* What of the loan was the borrower's, the earlier ones' share taken off. */
static void add_to_pair(struct borrow_stats *stats, const struct names *names,
			struct borrow_cpu *cpu, uint32_t borrower, uint64_t ns)
{
	uint64_t own = ns > cpu->told ? ns - cpu->told : 0;
	struct borrow_pair *pair, wanted;

	memset(&wanted.key, 0, sizeof(wanted.key));
	name_into(wanted.key.lender, sizeof(wanted.key.lender), names,
		  lender_or_nobody(cpu->lender), cpu->cpu);
	name_into(wanted.key.borrower, sizeof(wanted.key.borrower), names,
		  borrower, cpu->cpu);
	HASH_FIND(hh, stats->pairs, &wanted.key, sizeof(wanted.key), pair);
	if (!pair) {
		pair = must_calloc(1, sizeof(*pair));
		pair->key = wanted.key;
		HASH_ADD(hh, stats->pairs, key, sizeof(pair->key), pair);
	}
	pair->number++;
	pair->total_ns += own;
	if (own > pair->longest_ns)
		pair->longest_ns = own;
	cpu->told = ns;
}

static void end_loan(struct borrow_stats *stats, const struct names *names,
		     struct borrow_cpu *cpu,
		     const struct mmscope_record *record)
{
	const struct mmscope_own_lazy_return *end = &record->lazy_return;

	cpu->lender = end->lender;
	add_to_pair(stats, names, cpu, end->borrower, end->ns);
	cpu->returns++;
	cpu->total_ns += end->ns;
	if (end->ns > cpu->longest_ns)
		cpu->longest_ns = end->ns;
	if (end->ns > stats->longest.ns) {
		stats->longest.ns = end->ns;
		stats->longest.mm = record->head.mm;
		stats->longest.timestamp = record->head.timestamp;
		stats->longest.cpu = cpu->cpu;
		stats->longest.handed = cpu->handed;
		name_into(stats->longest.lender, sizeof(stats->longest.lender),
			  names, lender_or_nobody(end->lender), cpu->cpu);
		name_into(stats->longest.borrower,
			  sizeof(stats->longest.borrower), names, end->borrower,
			  cpu->cpu);
	}
	cpu->mm = 0;
	cpu->borrower = 0;
	cpu->lender = 0;
	cpu->told = 0;
	cpu->handed = 0;
}

void borrow_stats_feed(struct borrow_stats *stats, const struct names *names,
		       const struct mmscope_record *record)
{
	struct borrow_cpu *cpu;

	switch (record->head.id) {
	case MMSCOPE_TYPE_lazy_borrow:
		cpu = cpu_of(stats, record->head.cpu);
		cpu->mm = record->head.mm;
		cpu->borrower = record->lazy_borrow.borrower;
		cpu->lender = record->lazy_borrow.lender;
		cpu->since = record->head.timestamp;
		cpu->told = 0;
		cpu->handed = 0;
		/* Announced once more, with its lender, it is an old one. */
		if (record->head.how != MMSCOPE_HOW_found ||
		    !record->lazy_borrow.lender)
			cpu->borrows++;
		break;
	case MMSCOPE_TYPE_lazy_handoff:
		cpu = cpu_of(stats, record->head.cpu);
		add_to_pair(stats, names, cpu, record->lazy_handoff.previous,
			    record->lazy_handoff.ns);
		cpu->mm = record->head.mm;
		cpu->borrower = record->lazy_handoff.borrower;
		cpu->since = record->head.timestamp - record->lazy_handoff.ns;
		cpu->handoffs++;
		cpu->handed++;
		break;
	case MMSCOPE_TYPE_lazy_return:
		end_loan(stats, names, cpu_of(stats, record->head.cpu), record);
		break;
	}
}

unsigned int borrow_stats_loans(const struct borrow_stats *stats, uint64_t mm)
{
	const struct borrow_cpu *cpu;
	unsigned int loans = 0;

	for (cpu = stats->cpus; cpu; cpu = cpu->hh.next)
		loans += cpu->mm == mm;
	return loans;
}

void borrow_stats_free(struct borrow_stats *stats)
{
	struct borrow_pair *pair, *next_pair;
	struct borrow_cpu *cpu, *next_cpu;

	HASH_ITER(hh, stats->pairs, pair, next_pair) {
		HASH_DEL(stats->pairs, pair);
		free(pair);
	}
	HASH_ITER(hh, stats->cpus, cpu, next_cpu) {
		HASH_DEL(stats->cpus, cpu);
		free(cpu);
	}
}
