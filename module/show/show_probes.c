// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_probes.c - the file `probes`
 */
#include <linux/seq_file.h>

#include "attach/point.h"
#include "base/compat.h"
#include "ledger/left_alone.h"
#include "ledger/sites.h"
#include "show/text.h"

static unsigned long point_hits(const struct mmscope_point *point)
{
	unsigned long hits = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		hits += per_cpu(mmscope_hits, cpu)[point - mmscope_points];
	return hits;
}

static const char *point_kind(const struct mmscope_point *point)
{
	const char *kind;

	if (!point->attached)
		return "-";
	switch (point->way->method) {
	case MMSCOPE_METHOD_TRACEPOINT:
		return "tracepoint";
	case MMSCOPE_METHOD_RETURN:
		kind = mmscope_probe_kind(&point->retprobe.kp);
		return strcmp(kind, MMSCOPE_DISARMED) ? "kretprobe" : kind;
	case MMSCOPE_METHOD_ENTRY:
		return point->hooked ? "ftrace" :
				       mmscope_probe_kind(&point->probe);
	default:
		return "-";
	}
}

static void point_where(const struct mmscope_point *point, char *where,
			size_t size)
{
	const struct mmscope_way *way = point->way;

	if (!way)
		snprintf(where, size, "-");
	else if (way->method == MMSCOPE_METHOD_TRACEPOINT)
		snprintf(where, size, "%s", way->symbol);
	else if (way->method == MMSCOPE_METHOD_BETWEEN &&
		 way->first == way->last)
		point_where(&mmscope_points[way->first], where, size);
	else if (way->method == MMSCOPE_METHOD_BETWEEN)
		snprintf(where, size, "%ps..%ps",
			 (void *)mmscope_points[way->first].address,
			 (void *)mmscope_points[way->last].address);
	else
		snprintf(where, size, "%pS", (void *)point->address);
}

static const char *reason_of(int error)
{
	switch (error) {
	case -ENOENT:
		return "not in this kernel";
	case -ENOTUNIQ:
		return "ambiguous: several functions have that name";
	case -ENXIO:
		return "a neighbour is missing";
	case -EINVAL:
	case -EILSEQ:
		return "the kernel allows no probe there";
	default:
		return NULL;
	}
}

static void point_note(struct seq_file *m, const struct mmscope_point *point,
		       const char *kind)
{
	const char *reason = reason_of(point->error);

	if (point->left_out)
		seq_printf(m, "left out by the parameter without: %s",
			   point->want->without);
	else if (reason)
		seq_printf(m, "%s: %s", reason, point->want->without);
	else if (point->error)
		seq_printf(m, "error %d: %s", point->error, point->want->without);
	else if (!strcmp(kind, MMSCOPE_DISARMED))
		seq_printf(
			m,
			"switched off by kprobes/enabled in debugfs or kernel.ftrace_enabled: %s",
			point->want->without);
	else
		seq_puts(m, "-");
}

static const char *point_status(const struct mmscope_point *point)
{
	if (point->attached)
		return "attached";
	return !point->way || point->error ? "unavailable" : "off";
}

/* One of the ledger's; there are none before it was on for the first time. */
static void site_row(struct seq_file *m, unsigned int n)
{
	struct mmscope_site_counts counts = {};
	const struct mmscope_site *site;

	/* The ledger may have begun anew since the first row. */
	if (n > mmscope_nr_sites())
		return;
	site = mmscope_site(n);
	mmscope_site_sum(n, &counts);
	seq_printf(m, "%-16s %-12s %-14s %-14s %-34s %12llu %9lu  ",
		   mmscope_site_counter(site),
		   site->attached   ? "attached" :
		   site->left_alone ? "left_alone" :
		   site->error	    ? "unavailable" :
				      "off",
		   "inlined", mmscope_site_kind(site), site->label,
		   counts.takes + counts.puts + counts.others,
		   mmscope_site_missed(site));
	if (site->left_alone)
		seq_printf(m, "%s\n", site->left_alone);
	else if (site->error)
		seq_printf(m, "error %d: an open ledger\n", site->error);
	else if (counts.others)
		seq_printf(m, "%llu of them no counter of an mm\n",
			   counts.others);
	else
		seq_puts(m, "-\n");
}

static void point_row(struct seq_file *m, const struct mmscope_point *point)
{
	char where[KSYM_SYMBOL_LEN];
	const char *kind = point_kind(point);

	point_where(point, where, sizeof(where));
	seq_printf(m, "%-16s %-12s %-14s %-14s %-34s %12lu %9lu  ", point->want->name,
		   point_status(point), point->way ? point->way->how : "-",
		   kind, where, point_hits(point), mmscope_point_missed(point));
	point_note(m, point, kind);
	seq_putc(m, '\n');
}

/* Something that the ledger does not look at. */
static void left_alone_row(struct seq_file *m, unsigned int n)
{
	const struct mmscope_left_alone *left;

	mutex_lock(&mmscope_sites_mutex);
	left = mmscope_left_alone(n);
	if (left)
		seq_printf(m, "%-16s %-12s %-14s %-14s %-34s %12s %9s  %s\n",
			   "-", "left_alone", "-", "-", left->what, "-", "-",
			   left->why);
	mutex_unlock(&mmscope_sites_mutex);
}

static unsigned long points_rows(void *seen)
{
	return 1 + MMSCOPE_POINT_END + mmscope_nr_sites() +
	       mmscope_nr_left_alone();
}

static void points_row(struct seq_file *m, void *seen, unsigned long n)
{
	if (!n)
		seq_puts(
			m,
			"# point          status       how            kind           where                                      hits    missed  note\n");
	else if (n <= MMSCOPE_POINT_END)
		point_row(m, &mmscope_points[n - 1]);
	else if (n <= MMSCOPE_POINT_END + mmscope_nr_sites())
		site_row(m, n - MMSCOPE_POINT_END);
	else
		left_alone_row(m,
			       n - MMSCOPE_POINT_END - mmscope_nr_sites() - 1);
}

const struct mmscope_text mmscope_points_text = {
	.name = "probes",
	.mode = 0400,
	.rows = points_rows,
	.row = points_row,
};
