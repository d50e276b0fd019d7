// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_log.c - what a watch has seen, until it ends
 *
 * The log keeps the beginning: it is what the sums start from. Sums go on when it
 * is full, so that they stay exact.
 */
#include <linux/mm_types.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "watch/watch_log.h"

/**
 * mmscope_counter_of() - where a counter of an mm is
 * @mm: not followed
 * @counter: which one
 */
atomic_t *mmscope_counter_of(struct mm_struct *mm, enum mmscope_counter counter)
{
	return counter == MMSCOPE_USERS ? &mm->mm_users : &mm->mm_count;
}
NOKPROBE_SYMBOL(mmscope_counter_of);

/**
 * mmscope_watch_end() - nothing more is noted
 * @watch: the watch; if it has ended already, nothing happens
 * @why: freed or off
 *
 * The watchpoints go later, from a work item.
 *
 * Context: any, NMI included.
 */
void mmscope_watch_end(struct mmscope_watch *watch,
		       enum mmscope_watch_state why)
{
	int state = READ_ONCE(watch->state), before;

	for (;;) {
		if (state > MMSCOPE_WATCH_armed)
			return;
		before = cmpxchg(&watch->state, state, why);
		if (before == state)
			break;
		state = before;
	}
	watch->ender = current->pid;
	memcpy(watch->ender_comm, current->comm, sizeof(watch->ender_comm));
	watch->ender_comm[sizeof(watch->ender_comm) - 1] = '\0';
	/* Who finds the time finds the rest. */
	smp_store_release(&watch->ended, mmscope_now());
	irq_work_queue(&watch->irq_work);
}
NOKPROBE_SYMBOL(mmscope_watch_end);

/**
 * mmscope_watch_log_alloc() - memory for the log
 * @watch: the watch
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int mmscope_watch_log_alloc(struct mmscope_watch *watch)
{
	watch->changes =
		mmscope_alloc(MMSCOPE_WATCH_CHANGES * sizeof(*watch->changes));
	return watch->changes ? 0 : -ENOMEM;
}

/**
 * mmscope_watch_log_free() - give it back
 * @watch: the watch
 *
 * Context: may sleep.
 */
void mmscope_watch_log_free(struct mmscope_watch *watch)
{
	kvfree(watch->changes);
}

/**
 * mmscope_watch_log() - note a change
 * @watch: the watch, armed
 * @counter: which counter
 * @address: of the instruction
 * @known: @delta is; else it is not counted in the sums
 * @delta: by how much
 *
 * Context: any, NMI included, and it cannot be interrupted by itself.
 */
void mmscope_watch_log(struct mmscope_watch *watch,
		       enum mmscope_counter counter, unsigned long address,
		       bool known, int delta)
{
	struct mmscope_change *change;
	u64 position;

	atomic64_inc(&watch->hits);
	if (known)
		atomic_add(delta, &watch->sums[counter]);
	else
		atomic64_inc(&watch->unknown);
	position = atomic64_inc_return(&watch->next) - 1;
	if (position >= MMSCOPE_WATCH_CHANGES)
		return;
	change = &watch->changes[position];
	change->address = address;
	change->pid = current->pid;
	change->delta = delta;
	change->cpu = raw_smp_processor_id();
	change->counter = counter;
	change->known = known;
	memcpy(change->comm, current->comm, sizeof(change->comm));
	change->comm[sizeof(change->comm) - 1] = '\0';
	/* Who finds the time finds the rest. */
	smp_store_release(&change->time, mmscope_now());
}
NOKPROBE_SYMBOL(mmscope_watch_log);
