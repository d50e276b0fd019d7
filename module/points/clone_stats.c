// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone_stats.c - clones by path and kind
 */
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "base/compat.h"
#include "base/memory.h"
#include "points/clone_stats.h"
#include "points/mm_seen.h"
#include "record/record_names.h"
#include "shared/histogram.h"
#include "table/mm_table.h"

#define PATHS (MMSCOPE_HOW_dup + 1)
#define KINDS (MMSCOPE_HOW_idle_thread - MMSCOPE_HOW_fork + 1)

/**
 * struct clone_row - clones of one path and kind on one CPU
 * @ok: succeeded
 * @failed: did not
 * @timed: those whose return was seen
 * @waited: those whose parent has waited for them in vfork, to the end
 * @max: the longest of them, ns
 * @copy_ns: sums over the succeeded ones, from here on
 * @vfork_ns: likewise
 * @vmas: likewise
 * @pages: likewise
 * @pgtable_pages: likewise
 * @times: the timed ones
 */
struct clone_row {
	u64 ok;
	u64 failed;
	u64 timed;
	u64 waited;
	u64 max;
	u64 copy_ns;
	u64 vfork_ns;
	u64 vmas;
	u64 pages;
	u64 pgtable_pages;
	u32 times[MMSCOPE_HISTOGRAM_BUCKETS];
};

struct clone_table {
	struct clone_row rows[PATHS][KINDS];
};

static DEFINE_PER_CPU(struct clone_table *, clone_tables);

/**
 * mmscope_clone_stats_alloc() - counters for each possible CPU
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_clone_stats_alloc(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (per_cpu(clone_tables, cpu))
			continue;
		per_cpu(clone_tables, cpu) = mmscope_alloc_node(
			sizeof(struct clone_table), cpu_to_node(cpu));
		if (!per_cpu(clone_tables, cpu))
			return -ENOMEM;
	}
	return 0;
}

/**
 * mmscope_clone_stats_free() - give them back; nothing is attached any more
 */
void mmscope_clone_stats_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kvfree(per_cpu(clone_tables, cpu));
		per_cpu(clone_tables, cpu) = NULL;
	}
}

/**
 * mmscope_clone_stats_bytes() - memory that the counters take
 */
size_t mmscope_clone_stats_bytes(void)
{
	int cpu;
	size_t bytes = 0;

	for_each_possible_cpu(cpu)
		if (per_cpu(clone_tables, cpu))
			bytes += sizeof(struct clone_table);
	return bytes;
}

/**
 * mmscope_clone_result() - read off what copy_mm() did
 * @result: gets it
 * @mm: the child's mm, NULL for a kernel thread
 *
 * What a copy holds is read here, where only the task that made it knows it.
 *
 * Context: the task that makes the clone, before the child runs.
 */
void mmscope_clone_result(struct mmscope_clone_result *result,
			  struct mm_struct *mm)
{
	if (!mm) {
		result->path = MMSCOPE_HOW_none;
		return;
	}
	result->users = atomic_read(&mm->mm_users);
	result->count = atomic_read(&mm->mm_count);
	result->new_mm = mmscope_mm_id(mmscope_mm_seen(mm));
	if (mm == current->mm) {
		result->path = MMSCOPE_HOW_share;
		return;
	}
	result->path = MMSCOPE_HOW_dup;
	result->vmas = mm->map_count;
	result->pages = mmscope_mm_pages(mm);
	result->pgtable_pages = mm_pgtables_bytes(mm) >> PAGE_SHIFT;
}

static struct clone_row *this_row(enum mmscope_how kind, enum mmscope_how path)
{
	return &this_cpu_read(clone_tables)->rows[path][kind - MMSCOPE_HOW_fork];
}

/**
 * mmscope_clone_count_ok() - a clone has succeeded
 * @kind: fork, vfork, ...
 * @result: what copy_mm() came to
 *
 * Context: task, with preemption off; so for the next two.
 */
void mmscope_clone_count_ok(enum mmscope_how kind,
			    const struct mmscope_clone_result *result)
{
	struct clone_row *row = this_row(kind, result->path);

	row->ok++;
	row->copy_ns += result->copy_ns;
	row->vmas += result->vmas;
	row->pages += result->pages;
	row->pgtable_pages += result->pgtable_pages;
}

/**
 * mmscope_clone_count_failed() - a clone has failed
 * @kind: fork, vfork, ...
 * @result: what copy_mm() came to before
 */
void mmscope_clone_count_failed(enum mmscope_how kind,
				const struct mmscope_clone_result *result)
{
	this_row(kind, result->path)->failed++;
}

/**
 * mmscope_clone_count_time() - a clone that succeeded returns
 * @kind: fork, vfork, ...
 * @result: what copy_mm() came to
 * @ns: what copy_process() took
 */
void mmscope_clone_count_time(enum mmscope_how kind,
			      const struct mmscope_clone_result *result, u64 ns)
{
	struct clone_row *row = this_row(kind, result->path);

	row->timed++;
	row->max = max(row->max, ns);
	row->times[mmscope_histogram_index(ns)]++;
}

/**
 * mmscope_clone_count_wait() - a vfork child lets its parent go on
 * @path: share, or dup where the clone did not say CLONE_VM
 * @ns: how long the parent has waited
 *
 * Context: the child, with preemption off.
 */
void mmscope_clone_count_wait(enum mmscope_how path, u64 ns)
{
	struct clone_row *row = this_row(MMSCOPE_HOW_vfork, path);

	row->waited++;
	row->vfork_ns += ns;
}

static void row_sum(struct clone_row *sum, unsigned int path, unsigned int kind)
{
	const struct clone_row *row;
	unsigned int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		row = &per_cpu(clone_tables, cpu)->rows[path][kind];
		sum->ok += row->ok;
		sum->failed += row->failed;
		sum->timed += row->timed;
		sum->waited += row->waited;
		sum->max = max(sum->max, row->max);
		sum->copy_ns += row->copy_ns;
		sum->vfork_ns += row->vfork_ns;
		sum->vmas += row->vmas;
		sum->pages += row->pages;
		sum->pgtable_pages += row->pgtable_pages;
		for (i = 0; i < MMSCOPE_HISTOGRAM_BUCKETS; i++)
			sum->times[i] += row->times[i];
	}
}

static u64 mean(u64 sum, u64 n)
{
	return n ? div64_u64(sum, n) : 0;
}

static void row_show(struct seq_file *m, const struct clone_row *row,
		     unsigned int path, unsigned int kind)
{
	seq_printf(
		m,
		"%-7s %-11s %8llu %7llu %11llu %11llu %11llu %11llu %12llu %6llu %8llu %11llu\n",
		mmscope_how_label(path),
		mmscope_how_label(kind + MMSCOPE_HOW_fork), row->ok,
		row->failed,
		mmscope_histogram_quantile(row->times, row->timed, 500,
					   row->max),
		mmscope_histogram_quantile(row->times, row->timed, 990,
					   row->max),
		row->max, mean(row->copy_ns, row->ok),
		mean(row->vfork_ns, row->waited), mean(row->vmas, row->ok),
		mean(row->pages, row->ok),
		mean(row->pgtable_pages << (PAGE_SHIFT - 10), row->ok));
}

/* Where the CPUs are summed up. */
static void *forks_look(void)
{
	struct clone_row *sum = kmalloc(sizeof(*sum), MMSCOPE_GFP);

	return sum ? sum : ERR_PTR(-ENOMEM);
}

static void forks_forget(void *sum)
{
	kfree(sum);
}

static unsigned long forks_rows(void *sum)
{
	if (!per_cpu(clone_tables, cpumask_first(cpu_possible_mask)))
		return 1;
	return 1 + PATHS * KINDS;
}

static void forks_row(struct seq_file *m, void *seen, unsigned long n)
{
	struct clone_row *sum = seen;
	unsigned int path, kind;

	if (!n--) {
		seq_puts(
			m,
			"# path  kind              ok  failed      p50_ns      p99_ns      max_ns     copy_ns     vfork_ns   vmas    pages pgtable_kib\n");
		return;
	}
	path = n / KINDS;
	kind = n % KINDS;
	/* The memory may have been given back since the first row. */
	if (!per_cpu(clone_tables, cpumask_first(cpu_possible_mask)))
		return;
	row_sum(sum, path, kind);
	if (sum->ok || sum->failed)
		row_show(m, sum, path, kind);
}

const struct mmscope_text mmscope_clone_stats_text = {
	.name = "forks",
	.mode = 0400,
	.look = forks_look,
	.forget = forks_forget,
	.rows = forks_rows,
	.row = forks_row,
};
