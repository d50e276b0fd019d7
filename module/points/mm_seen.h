/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm_seen.h - mmscope_mm_seen() gives the table's entry of an mm_struct, and adds one
 * at first sight
 */
#ifndef MMSCOPE_MM_SEEN_H
#define MMSCOPE_MM_SEEN_H

#include <linux/compiler.h>
#include <linux/percpu.h>

#include "table/mm_table.h"

struct mmscope_mm *mmscope_mm_meet(struct mm_struct *mm);

/**
 * mmscope_mm_seen() - what is known of an mm; if nothing, this is its birth
 * @mm: an mm that cannot be freed meanwhile, or NULL
 *
 * Context: any, with preemption off, while recording.
 * Return: the entry, or mmscope_mm_unknown.
 */
static __always_inline struct mmscope_mm *mmscope_mm_seen(struct mm_struct *mm)
{
	struct mmscope_mm *last = this_cpu_read(mmscope_mm_last);

	/* An entry that another CPU takes for another mm at this moment is not this one's. */
	if (unlikely(data_race(last->mm) != mm))
		return mmscope_mm_meet(mm);
	/* Spares the callers' questions whether it is one. */
	if (!last || last == &mmscope_mm_unknown)
		__builtin_unreachable();
	return last;
}

#endif /* MMSCOPE_MM_SEEN_H */
