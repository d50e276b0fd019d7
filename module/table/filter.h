/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.h - which records are wanted
 */
#ifndef MMSCOPE_FILTER_H
#define MMSCOPE_FILTER_H

#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/threads.h>

#include "base/text.h"
#include "shared/record.h"
#include "table/mm_table.h"

/* The types that are wanted, one bit each. */
extern unsigned long mmscope_filter_types;
/* The pids that are followed; NULL: all. Never freed before unloading. */
extern unsigned long *mmscope_filter_pids;
/* Whose loan on this CPU was recorded before it became a reader's; NULL: nobody's. */
DECLARE_PER_CPU(const struct mmscope_mm *, mmscope_filter_lent);

static __always_inline bool mmscope_filter_follows(pid_t pid)
{
	unsigned long *pids = READ_ONCE(mmscope_filter_pids);

	return !pids || (pid < PID_MAX_LIMIT && test_bit(pid, pids));
}

bool mmscope_filter_passes_reader(enum mmscope_type type,
				  const struct mmscope_mm *mm);

/**
 * mmscope_filter_passes() - whether a record is wanted
 * @type: what happened
 * @mm: the mm it is about, or NULL
 *
 * Context: any, with preemption off. A reader of cpuN is not recorded, or it would
 * feed itself.
 */
static __always_inline bool mmscope_filter_passes(enum mmscope_type type,
						  const struct mmscope_mm *mm)
{
	if (mm && test_bit(MMSCOPE_MM_READER, &mm->flags) &&
	    !mmscope_filter_passes_reader(type, mm))
		return false;
	if (!(READ_ONCE(mmscope_filter_types) & BIT(type)))
		return false;
	return likely(!READ_ONCE(mmscope_filter_pids)) ||
	       (mm && test_bit(MMSCOPE_MM_FOLLOWED, &mm->flags)) ||
	       mmscope_filter_follows(current->pid);
}

int mmscope_filter_set(char *text);
size_t mmscope_filter_bytes(void);
void mmscope_filter_free(void);
void mmscope_filter_apply(void);
void mmscope_filter_clone(struct task_struct *child);
void mmscope_filter_exec(struct mmscope_mm *mm);

extern const struct mmscope_text mmscope_filter_text;

#endif /* MMSCOPE_FILTER_H */
