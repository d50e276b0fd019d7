/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h - one ring of records for each CPU
 *
 * A ring is an array of records and an index that only grows. Its own CPU
 * writes, in any context and nested as deep as contexts nest; anybody may read.
 * A record is there once its seq has the value that belongs to its index, so
 * neither side ever waits for the other.
 */
#ifndef MMSCOPE_RING_H
#define MMSCOPE_RING_H

#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <asm/local.h>

#include "record.h"

/**
 * struct mmscope_ring - the records of one CPU
 * @write: index of the next record; the slot is index & mask
 * @records: mask + 1 records
 * @mask: size - 1
 * @consumed: index of the first record that cpuN's reader has not taken
 * @wake_at: index from which a waiting reader is to be woken; ULONG_MAX: nobody
 * @overwritten: records that cpuN's reader found overwritten
 * @wake: wakes the reader out of a context that may hold the runqueue lock
 */
struct mmscope_ring {
	local_t write;
	struct mmscope_record *records;
	unsigned long mask;
	unsigned long consumed;
	unsigned long wake_at;
	unsigned long overwritten;
	struct irq_work wake;
};

DECLARE_PER_CPU(struct mmscope_ring *, mmscope_ring);

/* A full ring keeps its newest records and loses the oldest. */
extern bool mmscope_overwrite;

/**
 * mmscope_ring_reserve() - take the next slot of this CPU's ring
 * @ring: this CPU's
 * @index: gets the record's index
 * @timestamp: gets the time, CLOCK_MONOTONIC, ns
 *
 * The clock is read between the two looks at the index, so the order of the
 * slots is the order of the timestamps, whatever interrupts.
 *
 * Context: any, with preemption off. Bounded: another turn means that somebody
 * nested deeper has finished a record.
 * Return: the record, or NULL if the ring is full and keeps its oldest records.
 */
static __always_inline struct mmscope_record *
mmscope_ring_reserve(struct mmscope_ring *ring, unsigned long *index,
		     u64 *timestamp)
{
	unsigned long at;

	do {
		at = local_read(&ring->write);
		if (unlikely(!mmscope_overwrite) &&
		    at - READ_ONCE(ring->consumed) > ring->mask)
			return NULL;
		*timestamp = ktime_get_mono_fast_ns();
	} while (unlikely(local_cmpxchg(&ring->write, at, at + 1) != at));
	*index = at;
	/* Who sees what is now written to the slot also sees the new index. */
	smp_wmb();
	return &ring->records[at & ring->mask];
}

/**
 * mmscope_ring_commit() - a reserved record is complete
 * @ring: this CPU's
 * @record: from mmscope_ring_reserve()
 * @index: likewise
 *
 * Context: as mmscope_ring_reserve(), without preemption in between.
 */
static __always_inline void mmscope_ring_commit(struct mmscope_ring *ring,
						struct mmscope_record *record,
						unsigned long index)
{
	/* Pairs with the acquire in ring_copy(): the seq comes last. */
	smp_store_release(&record->head.seq, (u32)(index + 1));
	/* On its way off a CPU may never run it: ring_cpu_dead() wakes then. */
	if (unlikely(index >= READ_ONCE(ring->wake_at)) &&
	    likely(cpu_active(raw_smp_processor_id())))
		irq_work_queue(&ring->wake);
}

/**
 * struct mmscope_cursor - where somebody reads in a ring
 * @next: index of the next record
 * @last: timestamp of the one before
 */
struct mmscope_cursor {
	unsigned long next;
	u64 last;
};

int mmscope_rings_alloc(unsigned long bytes);
void mmscope_rings_free(void);
size_t mmscope_rings_bytes(void);
struct mmscope_ring *mmscope_ring_of(unsigned int cpu);
unsigned long mmscope_ring_written(const struct mmscope_ring *ring);
unsigned long mmscope_ring_lost(const struct mmscope_ring *ring);
unsigned long mmscope_ring_first(const struct mmscope_ring *ring);
unsigned long mmscope_ring_oldest(const struct mmscope_ring *ring);
unsigned long mmscope_ring_wake_distance(const struct mmscope_ring *ring);
bool mmscope_ring_read(struct mmscope_ring *ring, unsigned int cpu,
		       unsigned long end, struct mmscope_cursor *cursor,
		       struct mmscope_record *record);

extern struct wait_queue_head mmscope_ring_wait;

#endif /* MMSCOPE_RING_H */
