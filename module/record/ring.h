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
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/wait.h>
#include <asm/local.h>

#include "base/clock.h"
#include "base/compat.h"
#include "shared/record.h"

/**
 * struct mmscope_ring - the records of one CPU
 * @write: index of the next record; the slot is index & mask
 * @records: mask + 1 records
 * @mask: size - 1
 * @consumed: index of the first record that cpuN's reader has not taken
 * @wake_at: index from which a waiting reader is to be woken; ULONG_MAX: nobody
 * @event_at: number of records at which the writer has something else to do, too
 * @overwritten: records that cpuN's reader found overwritten
 * @wait: the reader waits there
 * @wake: wakes the reader out of a context that may hold the runqueue lock
 */
struct mmscope_ring {
	local_t write;
	struct mmscope_record *records;
	unsigned long mask;
	unsigned long consumed;
	unsigned long wake_at;
	unsigned long event_at;
	unsigned long overwritten;
	struct wait_queue_head wait;
	struct irq_work wake;
};

DECLARE_PER_CPU(struct mmscope_ring *, mmscope_ring);

/*
 * The same where a record can be written straight away; mmscope_no_ring: the
 * next record has to look at what else there is to do, emit.c says what.
 */
DECLARE_PER_CPU(struct mmscope_ring *, mmscope_ready);
extern struct mmscope_ring mmscope_no_ring;

/* A full ring keeps its newest records and loses the oldest. */
extern bool mmscope_overwrite;

/**
 * struct mmscope_moment - one look at the clock, for all records of one handler
 * @ring: this CPU's; mmscope_no_ring: there is none, or more to be done first
 * @at: index of the next record when the clock was looked at
 * @now: CLOCK_MONOTONIC, ns
 */
struct mmscope_moment {
	struct mmscope_ring *ring;
	unsigned long at;
	u64 now;
};

/**
 * mmscope_moment() - look at the clock
 *
 * Context: any, with preemption off until the last record that has this time.
 */
static __always_inline struct mmscope_moment mmscope_moment(void)
{
	struct mmscope_moment moment = { .ring = this_cpu_read(mmscope_ready) };

	moment.at = local_read(&moment.ring->write);
	moment.now = mmscope_now();
	return moment;
}

/**
 * mmscope_ring_reserve() - take the next slot of this CPU's ring
 * @ring: this CPU's
 * @moment: the record's time; another one if it has passed
 *
 * A slot is taken only if none has been since the clock was looked at, but those
 * of this moment itself. Otherwise somebody nested has made a record with a
 * later time, and the clock is looked at again: so the order of the slots is the
 * order of the timestamps, whatever interrupts.
 *
 * Context: any, with preemption off. Bounded: another turn means that somebody
 * nested deeper has finished a record.
 * Return: the record; with it there are @moment->at in all.
 */
static __always_inline struct mmscope_record *
mmscope_ring_reserve(struct mmscope_ring *ring, struct mmscope_moment *moment)
{
	unsigned long at = moment->at;

	while (unlikely(!mmscope_local_take(&ring->write, at))) {
		at = local_read(&ring->write);
		moment->now = mmscope_now();
	}
	moment->at = at + 1;
	/* Who sees what is now written to the slot also sees the new index. */
	smp_wmb();
	return &ring->records[at & ring->mask];
}

/**
 * mmscope_ring_commit() - a reserved record is complete
 * @ring: this CPU's
 * @record: from mmscope_ring_reserve()
 * @end: records there are with it
 *
 * Context: as mmscope_ring_reserve(), without preemption in between.
 * Return: whether mmscope_ring_event() is to be called.
 */
static __always_inline bool mmscope_ring_commit(struct mmscope_ring *ring,
						struct mmscope_record *record,
						unsigned long end)
{
	/* Pairs with the acquire in ring_copy(): the seq comes last. */
	smp_store_release(&record->head.seq, (u32)end);
	/* A reader may lower it at this moment: the next record sees that. */
	return unlikely(end >= data_race(ring->event_at));
}

void mmscope_ring_event(struct mmscope_ring *ring, unsigned long end,
			unsigned long again);
void mmscope_ring_wake_from(struct mmscope_ring *ring, unsigned long index);

/**
 * struct mmscope_cursor - where somebody reads in a ring
 * @next: index of the next record
 * @last: timestamp of the one before
 */
struct mmscope_cursor {
	unsigned long next;
	u64 last;
};

void mmscope_rings_init(void);
unsigned long mmscope_rings_default(void);
void mmscope_rings_hold(void);
void mmscope_rings_let_go(void);
bool mmscope_rings_are_held(void);
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

extern struct wait_queue_head mmscope_ring_comes;

#endif /* MMSCOPE_RING_H */
