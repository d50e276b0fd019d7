// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_ledger.c - the file `ledger`: changes by function, and what does not close
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/recording.h"
#include "control/control.h"
#include "ledger/accounts.h"
#include "ledger/accounts_look.h"
#include "ledger/ledger.h"
#include "ledger/sites.h"
#include "record/record_names.h"
#include "show/text.h"

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

/* A site that changed something; there may be fewer since the first row. */
static void site_row(struct seq_file *m, unsigned int n)
{
	struct mmscope_site_counts counts = {};
	const struct mmscope_site *site;

	if (n > mmscope_nr_sites())
		return;
	site = mmscope_site(n);
	mmscope_site_sum(n, &counts);
	if (counts.takes || counts.puts)
		counts_row(m, site->label, mmscope_site_counter(site), &counts,
			   mmscope_site_kind(site));
}

/* The scheduler's two changes on one CPU, as sched_switch tells them. */
static void lazy_row(struct seq_file *m, unsigned int cpu)
{
	struct mmscope_site_counts counts;
	char where[40];

	if (!cpu_online(cpu))
		return;
	mmscope_ledger_lazy_counts(cpu, &counts);
	snprintf(where, sizeof(where), "context_switch on CPU %u", cpu);
	counts_row(m, where, "count", &counts, "tracepoint");
}

static void lazy_sum_row(struct seq_file *m)
{
	struct mmscope_site_counts counts, sum = {};
	int cpu;

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

/* Slots of the table that one row looks at. */
#define SLOTS_A_ROW 256

static void live_hole(struct seq_file *m, unsigned long slot)
{
	struct mmscope_open_ledger open;
	struct mmscope_account account;
	struct mmscope_mm mm;

	if (!mmscope_mm_copy(slot, &mm) ||
	    !mmscope_account_copy(slot, mm.id, &account) ||
	    !(account.hole[MMSCOPE_USERS] | account.hole[MMSCOPE_COUNT]))
		return;
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

static void live_holes(struct seq_file *m, unsigned long part)
{
	unsigned long slot = part * SLOTS_A_ROW, end = slot + SLOTS_A_ROW;

	/* The table may have been given back since the first row. */
	if (!mmscope_mm_keys)
		return;
	for (; slot < end && slot < mmscope_mm_slots(); slot++)
		live_hole(m, slot);
}

static void freed_holes(struct seq_file *m)
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
 * struct ledger_rows - where the parts of the file begin
 * @cpus: of the scheduler's changes, a row for each CPU and one for their sum
 * @sites: of the sites
 * @freed: the row of those that were freed open
 * @live: of those that are open and live
 * @end: of them all
 */
struct ledger_rows {
	unsigned long cpus;
	unsigned long sites;
	unsigned long freed;
	unsigned long live;
	unsigned long end;
};

static void *ledger_look(void)
{
	struct ledger_rows *rows = kmalloc(sizeof(*rows), MMSCOPE_GFP);

	return rows ? rows : ERR_PTR(-ENOMEM);
}

static void ledger_forget(void *seen)
{
	kfree(seen);
}

static unsigned long ledger_rows(void *seen)
{
	struct ledger_rows *rows = seen;
	unsigned long slots = mmscope_mm_keys ? mmscope_mm_slots() : 0;

	rows->cpus = 1;
	rows->sites = rows->cpus + nr_cpu_ids + 1;
	rows->freed = rows->sites + mmscope_nr_sites();
	rows->live = rows->freed + 1;
	rows->end = rows->live + DIV_ROUND_UP(slots, SLOTS_A_ROW);
	return rows->end;
}

static void ledger_head(struct seq_file *m)
{
	if (mmscope_ledger_is_on())
		mmscope_accounts_look();
	totals_lines(m);
	seq_puts(
		m,
		"# where                                      counter        takes         puts      balance    elsewhere  kind\n");
}

static void ledger_row(struct seq_file *m, void *seen, unsigned long n)
{
	const struct ledger_rows *rows = seen;

	if (!n)
		ledger_head(m);
	else if (n < rows->sites - 1)
		lazy_row(m, n - rows->cpus);
	else if (n < rows->sites)
		lazy_sum_row(m);
	else if (n < rows->freed)
		site_row(m, n - rows->sites + 1);
	else if (n >= rows->live)
		live_holes(m, n - rows->live);
	else if (mmscope_mm_keys)
		freed_holes(m);
}

/*
 * What was written to `ledger`
 * @text: 0, 1, or audit
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0; -EINVAL; -ENOMEM; -ENOENT or -EOPNOTSUPP if this kernel or this
 * machine offers no instruction to look at.
 */
static int ledger_set(char *text)
{
	bool was_recording = mmscope_is_recording();
	int err;

	text = strim(text);
	if (!strcmp(text, "0")) {
		mmscope_ledger_stop();
		return 0;
	}
	if (strcmp(text, "1") && strcmp(text, "audit"))
		return -EINVAL;
	/* A ledger needs births and frees, which recording sees. */
	err = was_recording ? 0 : mmscope_start();
	if (err)
		return err;
	err = mmscope_ledger_start(!strcmp(text, "audit"));
	if (err && !was_recording)
		mmscope_stop();
	return err;
}

const struct mmscope_text mmscope_ledger_text = {
	.name = "ledger",
	.mode = 0600,
	.look = ledger_look,
	.forget = ledger_forget,
	.rows = ledger_rows,
	.row = ledger_row,
	.write = ledger_set,
};
