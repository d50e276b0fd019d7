// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm_seen.c - what is known of an mm that a handler meets
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "base/clock.h"
#include "emit/emit.h"
#include "points/mm_seen.h"

/* Nobody has told of it, and no task had it when the tasks were looked at. */
static noinline struct mmscope_mm *mm_found(struct mm_struct *mm)
{
	struct mmscope_mm *entry =
		mmscope_mm_add(mm, MMSCOPE_HOW_found, mmscope_now());

	if (!entry)
		return &mmscope_mm_unknown;
	if (mm == current->mm)
		mmscope_mm_set_owner(entry, current);
	if (!atomic_read(&mm->mm_users))
		entry->dead = entry->birth;
	mmscope_emit(mm_birth, MMSCOPE_HOW_found, entry, .owner = entry->pid,
		     .users = atomic_read(&mm->mm_users),
		     .count = atomic_read(&mm->mm_count));
	return entry;
}

/**
 * mmscope_mm_meet() - what is known of an mm that was not the last one seen
 * @mm: an mm that cannot be freed meanwhile, or NULL
 *
 * An mm that nobody has told of was there before recording: dead and pinned,
 * borrowed, or the kernel's own. Use mmscope_mm_seen().
 *
 * Context: any, with preemption off, while recording.
 * Return: the entry, or mmscope_mm_unknown.
 */
struct mmscope_mm *mmscope_mm_meet(struct mm_struct *mm)
{
	struct mmscope_mm *entry;

	if (!mm)
		return &mmscope_mm_unknown;
	entry = mmscope_mm_search(mm);
	return likely(entry) ? entry : mm_found(mm);
}
