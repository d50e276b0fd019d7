// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_ledger.c - the file `ledger`: changes by function, and what does not close
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "control.h"
#include "ledger.h"
#include "record_names.h"
#include "sites.h"

static void counts_row(struct seq_file *m, const char *where,
		       const char *counter,
		       const struct mmscope_site_counts *counts,
		       const char *kind)
{
	seq_printf(m, "%-44s %-7s %12llu %12llu %12lld %12llu  %s\n", where,
		   counter, counts->takes, counts->puts,
		   (s64)(counts->takes - counts->puts), counts->elsewhere,
		   kind);
}

static void sites_rows(struct seq_file *m)
{
	struct mmscope_site_counts counts;
	const struct mmscope_site *site;
	unsigned int n;

	for (n = 1; n <= mmscope_nr_sites(); n++) {
		memset(&counts, 0, sizeof(counts));
		site = mmscope_site(n);
		mmscope_site_sum(n, &counts);
		if (counts.takes || counts.puts)
			counts_row(m, site->label, mmscope_site_counter(site),
				   &counts, mmscope_site_kind(site));
	}
}

/* The scheduler's two changes, as sched_switch tells them, CPU by CPU. */
static void lazy_rows(struct seq_file *m)
{
	struct mmscope_site_counts counts, sum = {};
	char where[40];
	int cpu;

	for_each_online_cpu(cpu) {
		mmscope_ledger_lazy_counts(cpu, &counts);
		snprintf(where, sizeof(where), "context_switch on CPU %d", cpu);
		counts_row(m, where, "count", &counts, "tracepoint");
	}
	for_each_possible_cpu(cpu) {
		mmscope_ledger_lazy_counts(cpu, &counts);
		sum.takes += counts.takes;
		sum.puts += counts.puts;
		sum.elsewhere += counts.elsewhere;
	}
	counts_row(m, "context_switch", "count", &sum, "tracepoint");
}

static void moment(u8 type, u64 time, char *text, size_t size)
{
	const char *name = mmscope_type_label(type);

	if (!time)
		snprintf(text, size, "birth");
	else
		snprintf(text, size, "%s at %llu.%09llu",
			 name ? name : "a look", time / NSEC_PER_SEC,
			 time % NSEC_PER_SEC);
}

static void hole_row(struct seq_file *m, const struct mmscope_open_ledger *open,
		     const char *state)
{
	char fine[48], wrong[48], word[TASK_COMM_LEN];

	moment(open->fine_type, open->fine, fine, sizeof(fine));
	moment(open->wrong_type, open->wrong, wrong, sizeof(wrong));
	seq_printf(m, "%8llu  %-6s %+6d %+6d %7d  %-15s  %s .. %s\n", open->id,
		   state, open->hole[MMSCOPE_USERS], open->hole[MMSCOPE_COUNT],
		   open->pid, mmscope_comm_word(open->comm, word), fine, wrong);
}

static void live_holes(struct seq_file *m)
{
	struct mmscope_open_ledger open;
	struct mmscope_account account;
	struct mmscope_mm mm;
	unsigned long slot;

	for (slot = 0; slot < mmscope_mm_slots(); slot++) {
		if (!mmscope_mm_copy(slot, &mm) ||
		    !mmscope_account_copy(slot, mm.id, &account) ||
		    !(account.hole[MMSCOPE_USERS] |
		      account.hole[MMSCOPE_COUNT]))
			continue;
		open = (struct mmscope_open_ledger){
			.id = mm.id,
			.hole = { account.hole[MMSCOPE_USERS],
				  account.hole[MMSCOPE_COUNT] },
			.fine = account.fine,
			.wrong = account.wrong,
			.fine_type = account.fine_type,
			.wrong_type = account.wrong_type,
			.pid = mm.pid,
		};
		memcpy(open.comm, mm.comm, sizeof(open.comm));
		hole_row(m, &open, mm.dead ? "dead" : "live");
	}
}

static void holes_rows(struct seq_file *m)
{
	struct mmscope_open_ledger *list;
	unsigned int n, i;

	seq_puts(
		m,
		"#\n# open: by how much a counter differs from the sum of the changes seen, and between which records it began to\n"
		"#     mm  state   users  count     pid  comm             between\n");
	list = kcalloc(MMSCOPE_OPEN_LEDGERS, sizeof(*list), GFP_KERNEL);
	if (!list) {
		seq_puts(m, "# no memory to show the open ledgers\n");
		return;
	}
	n = mmscope_open_ledgers(list);
	for (i = 0; i < n; i++)
		hole_row(m, &list[i], "freed");
	kfree(list);
	live_holes(m);
}

static void loans_line(struct seq_file *m)
{
	unsigned int before, after;

	if (!MMSCOPE_LAZY_TLB_COUNTS)
		return;
	before = mmscope_ledger_loans(&after);
	seq_printf(m, "# CPUs with a loan when the counts began: %u", before);
	if (!mmscope_ledger_is_on())
		seq_printf(m, ", when they ended: %u", after);
	seq_putc(m, '\n');
}

static void totals_lines(struct seq_file *m)
{
	struct mmscope_ledger_totals totals;
	unsigned long missed, elsewhere;

	mmscope_ledger_totals(&totals);
	missed = mmscope_sites_missed(&elsewhere);
	seq_printf(
		m,
		"# %s; sites: %u, missed by probes: %lu (and %lu at sites that changed no mm), sites without room: %u\n",
		!mmscope_ledger_is_on() ? "off" :
		mmscope_ledger_audits() ? "on, with audit" :
					  "on",
		mmscope_nr_sites(), missed, elsewhere, mmscope_sites_refused());
	seq_printf(
		m,
		"# mm's born: %llu, never came to be: %llu, freed: %llu, closed: %llu, open: %llu\n",
		totals.born, totals.never_born, totals.freed, totals.closed,
		totals.open);
	seq_printf(
		m,
		"# mm's there before: %llu, closed: %llu, open: %llu; freed without being judged: %llu\n",
		totals.joined, totals.joined_closed, totals.joined_open,
		totals.unknown);
	loans_line(m);
}

/**
 * mmscope_ledger_show() - the file `ledger`
 * @m: where to
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_ledger_show(struct seq_file *m)
{
	if (mmscope_ledger_is_on())
		mmscope_accounts_look();
	totals_lines(m);
	seq_puts(
		m,
		"# where                                      counter        takes         puts      balance    elsewhere  kind\n");
	lazy_rows(m);
	sites_rows(m);
	if (mmscope_mm_keys)
		holes_rows(m);
}

/**
 * mmscope_ledger_set() - what was written to `ledger`
 * @text: 0, 1, or audit
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0; -EINVAL; -ENOMEM; -ENOENT or -EOPNOTSUPP if this kernel or this
 * machine offers no instruction to look at.
 */
int mmscope_ledger_set(char *text)
{
	int err;

	text = strim(text);
	if (!strcmp(text, "0")) {
		mmscope_ledger_stop();
		return 0;
	}
	if (strcmp(text, "1") && strcmp(text, "audit"))
		return -EINVAL;
	/* A ledger needs births and frees, which recording sees. */
	err = mmscope_is_recording() ? 0 : mmscope_start();
	return err ? err : mmscope_ledger_start(!strcmp(text, "audit"));
}
