// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone_slot.c - the table of clones under way
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>

#include "base/memory.h"
#include "points/clone_slot.h"
#include "shared/window.h"

static struct mmscope_clone_slot *slots;
static unsigned int slot_bits;

/* It is nobody's, and stays so. */
static struct mmscope_clone_slot no_slot;
DEFINE_PER_CPU(struct mmscope_clone_slot *, mmscope_clone_slot_last);

/**
 * mmscope_clone_slots_alloc() - memory for clones under way
 * @max_clones: how many there can be
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_clone_slots_alloc(unsigned int max_clones)
{
	int cpu;

	if (slots)
		return 0;
	/* Twice as many, so that a window is not full before the kretprobe is. */
	slot_bits = order_base_2(max_clones) + 1;
	slots = mmscope_alloc(mmscope_clone_slots_bytes());
	for_each_possible_cpu(cpu)
		per_cpu(mmscope_clone_slot_last, cpu) = &no_slot;
	return slots ? 0 : -ENOMEM;
}

/**
 * mmscope_clone_slots_free() - give it back; nothing is attached any more
 */
void mmscope_clone_slots_free(void)
{
	kvfree(slots);
	slots = NULL;
}

/**
 * mmscope_clone_slots_bytes() - memory that the slots take
 */
size_t mmscope_clone_slots_bytes(void)
{
	return sizeof(*slots) << slot_bits;
}

/**
 * mmscope_clone_slots_clear() - forget clones whose return was not seen
 *
 * Context: nothing is attached.
 */
void mmscope_clone_slots_clear(void)
{
	memset(slots, 0, mmscope_clone_slots_bytes());
}

/**
 * mmscope_clone_slot_search() - the current task's slot, if it is not the last one
 *
 * Use mmscope_clone_slot_find().
 *
 * Context: task, with preemption off.
 * Return: the slot, or NULL.
 */
struct mmscope_clone_slot *mmscope_clone_slot_search(void)
{
	unsigned long mask = (1UL << slot_bits) - 1;
	unsigned long at = hash_ptr(current, slot_bits);
	unsigned int i;

	for (i = 1; i <= MMSCOPE_CLONE_WINDOW; i++) {
		if (READ_ONCE(slots[at].task) == current)
			return &slots[at];
		at = mmscope_window_next(at, i, mask);
	}
	return NULL;
}

/**
 * mmscope_clone_slot_claim() - the current task begins a clone
 *
 * Context: task, with preemption off.
 * Return: the slot, to be filled in; NULL if none is free near its home.
 */
struct mmscope_clone_slot *mmscope_clone_slot_claim(void)
{
	unsigned long mask = (1UL << slot_bits) - 1;
	unsigned long at = hash_ptr(current, slot_bits);
	unsigned int i;

	for (i = 1; i <= MMSCOPE_CLONE_WINDOW; i++) {
		if (!READ_ONCE(slots[at].task) &&
		    !cmpxchg(&slots[at].task, NULL, current)) {
			raw_cpu_write(mmscope_clone_slot_last, &slots[at]);
			return &slots[at];
		}
		at = mmscope_window_next(at, i, mask);
	}
	return NULL;
}
