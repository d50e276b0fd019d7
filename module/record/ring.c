// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c - memory and readers of the per-CPU rings; ring.h has the writers' side
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/recording.h"
#include "record/ring.h"
#include "record/slow_path.h"

/* A waiting reader is woken for a quarter of the ring, at most for this many. */
#define MMSCOPE_WAKE_RECORDS 256

DEFINE_PER_CPU(struct mmscope_ring *, mmscope_ring);
DEFINE_STATIC_KEY_FALSE(mmscope_slow_path_key);
DEFINE_PER_CPU(struct mmscope_ring *, mmscope_ready);
struct mmscope_ring mmscope_no_ring;
/* For who waits for a CPU that has no ring yet. */
DECLARE_WAIT_QUEUE_HEAD(mmscope_ring_comes);
bool mmscope_overwrite = true;

static unsigned long ring_records;
static int ring_hotplug_state;
/* Opened files that read in the rings; under mmscope_mutex. */
static unsigned int ring_holders;

/* epoll goes on to wait where it was when the file was added: there may have been no ring. */
static void ring_wake_reader(struct mmscope_ring *ring)
{
	WRITE_ONCE(ring->wake_at, ULONG_MAX);
	wake_up_all(&ring->wait);
	if (wq_has_sleeper(&mmscope_ring_comes))
		wake_up_all(&mmscope_ring_comes);
}

static void ring_wake(struct irq_work *work)
{
	ring_wake_reader(container_of(work, struct mmscope_ring, wake));
}

/**
 * mmscope_ring_attend() - wake the reader if there is as much as it waits for
 * @ring: this CPU's
 * @end: records there are
 * @again: come back when there are so many, or earlier for a reader
 *
 * Context: any, with preemption off.
 */
void __cold mmscope_ring_attend(struct mmscope_ring *ring, unsigned long end,
				unsigned long again)
{
	unsigned long wake_at;

	WRITE_ONCE(ring->attend_at, again);
	/* Pairs with the one in mmscope_ring_wake_from(). */
	smp_mb();
	wake_at = READ_ONCE(ring->wake_at);
	if (wake_at >= again)
		return;
	if (wake_at >= end)
		WRITE_ONCE(ring->attend_at, wake_at + 1);
	/* On its way off a CPU may never run it: ring_cpu_dead() wakes then. */
	else if (likely(cpu_active(raw_smp_processor_id())))
		irq_work_queue(&ring->wake);
}

/**
 * mmscope_ring_wake_from() - a reader waits
 * @ring: of any CPU
 * @index: of the record that is to wake it
 *
 * The next record attends in any case, and sees what the reader waits for.
 *
 * Context: any. It is a full barrier.
 */
void mmscope_ring_wake_from(struct mmscope_ring *ring, unsigned long index)
{
	WRITE_ONCE(ring->wake_at, index);
	/* Who overwrites attend_at with a later one has yet to look at wake_at. */
	smp_mb();
	WRITE_ONCE(ring->attend_at, 0);
	/* Either the writer sees this, or the reader what it wrote. */
	smp_mb();
}

/* What a CPU writes on its way off wakes nobody: whoever waits may look now. */
static int ring_cpu_dead(unsigned int cpu)
{
	struct mmscope_ring *ring = per_cpu(mmscope_ring, cpu);

	if (ring)
		ring_wake_reader(ring);
	return 0;
}

/*
 * A CPU that comes for the first time gets its ring before it runs anything; one
 * that comes back finds the ring it had. Rings stay until the module goes.
 */
static int ring_alloc(unsigned int cpu)
{
	struct mmscope_ring *ring;

	if (per_cpu(mmscope_ring, cpu))
		return 0;
	ring = kzalloc_node(sizeof(*ring), GFP_KERNEL, cpu_to_node(cpu));
	if (!ring)
		return -ENOMEM;
	ring->records = mmscope_alloc_node(ring_records * MMSCOPE_RECORD_SIZE,
					   cpu_to_node(cpu));
	if (!ring->records) {
		kfree(ring);
		return -ENOMEM;
	}
	ring->mask = ring_records - 1;
	ring->wake_at = ULONG_MAX;
	init_waitqueue_head(&ring->wait);
	/* On RT the wake-up may sleep: there irq_work runs in a thread. */
	init_irq_work(&ring->wake, ring_wake);
	WRITE_ONCE(per_cpu(mmscope_ring, cpu), ring);
	/* Who waits for a CPU that had none can now say for how much. */
	wake_up_all(&mmscope_ring_comes);
	return 0;
}

/* Where there is no memory the CPU comes all the same; its records are lost, by no_ring. */
static int ring_cpu_comes(unsigned int cpu)
{
	ring_alloc(cpu);
	return 0;
}

/* A ring for each CPU that has none. */
static int rings_fill(void)
{
	int cpu, err = 0;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		err = err ? err : ring_alloc(cpu);
	cpus_read_unlock();
	return err;
}

/* All rings together take a part of memory, and no more than this. */
#define RINGS_BYTES SZ_64M
#define RINGS_MEMORY_SHIFT 5
#define RING_BYTES_MIN SZ_64K
#define RING_BYTES_MAX SZ_2M

/**
 * mmscope_rings_default() - how large each CPU's ring is if nobody says
 *
 * Return: bytes, a power of two.
 */
unsigned long mmscope_rings_default(void)
{
	u64 all = (u64)totalram_pages() << PAGE_SHIFT >> RINGS_MEMORY_SHIFT;

	all = min_t(u64, all, RINGS_BYTES);
	return rounddown_pow_of_two(clamp_t(u64,
					    div_u64(all, num_present_cpus()),
					    RING_BYTES_MIN, RING_BYTES_MAX));
}

/**
 * mmscope_rings_init() - no CPU has a ring
 *
 * An initializer would not do: a module's per-CPU variables are copied before
 * they are relocated (seen on 6.1), and a pointer in them is NULL.
 */
void mmscope_rings_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(mmscope_ready, cpu) = &mmscope_no_ring;
}

/**
 * mmscope_rings_alloc() - a ring for each CPU, now and later
 * @bytes: size of each, a power of two
 *
 * Context: may sleep. Called again it tries those once more that had no memory.
 * Return: 0, or -ENOMEM or what the hotplug core says; then there are no rings, unless
 * somebody has a file open that reads in them.
 */
int mmscope_rings_alloc(unsigned long bytes)
{
	int state, err;

	if (ring_hotplug_state) {
		rings_fill();
		return 0;
	}
	ring_records = bytes / MMSCOPE_RECORD_SIZE;
	state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "mmscope:ring",
					  ring_cpu_comes, ring_cpu_dead);
	if (state < 0)
		return state;
	ring_hotplug_state = state;
	/* Some kernels do not call a dynamic prepare state for these. */
	err = rings_fill();
	/* Who has a file open may be reading in those that are there already. */
	if (err && !mmscope_rings_are_held())
		mmscope_rings_free();
	return err;
}

/**
 * mmscope_rings_free() - give the rings back
 *
 * Context: may sleep; nobody may write or read any more.
 */
void mmscope_rings_free(void)
{
	struct mmscope_ring *ring;
	int cpu;

	if (ring_hotplug_state)
		cpuhp_remove_state_nocalls(ring_hotplug_state);
	ring_hotplug_state = 0;
	for_each_possible_cpu(cpu) {
		ring = per_cpu(mmscope_ring, cpu);
		if (!ring)
			continue;
		per_cpu(mmscope_ready, cpu) = &mmscope_no_ring;
		per_cpu(mmscope_ring, cpu) = NULL;
		irq_work_sync(&ring->wake);
		kvfree(ring->records);
		kfree(ring);
	}
}

/**
 * mmscope_rings_hold() - a file is opened that reads in the rings
 *
 * Context: under mmscope_mutex.
 */
void mmscope_rings_hold(void)
{
	ring_holders++;
}

/**
 * mmscope_rings_let_go() - it is closed
 *
 * Context: under mmscope_mutex.
 */
void mmscope_rings_let_go(void)
{
	ring_holders--;
}

/**
 * mmscope_rings_are_held() - whether such a file is open
 *
 * Context: under mmscope_mutex.
 */
bool mmscope_rings_are_held(void)
{
	return ring_holders;
}

/**
 * mmscope_rings_bytes() - memory that all rings take
 */
size_t mmscope_rings_bytes(void)
{
	size_t bytes = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		if (mmscope_ring_of(cpu))
			bytes += sizeof(struct mmscope_ring) +
				 ring_records * MMSCOPE_RECORD_SIZE;
	return bytes;
}

/**
 * mmscope_ring_of() - the ring of a CPU
 * @cpu: a possible CPU
 *
 * Return: the ring, NULL if that CPU has never been online while recording.
 */
struct mmscope_ring *mmscope_ring_of(unsigned int cpu)
{
	return READ_ONCE(per_cpu(mmscope_ring, cpu));
}

/**
 * mmscope_ring_written() - how many records were ever written
 * @ring: of any CPU
 */
unsigned long mmscope_ring_written(const struct mmscope_ring *ring)
{
	return local_read(&ring->write);
}

/**
 * mmscope_ring_oldest() - index of the oldest record that is still there
 * @ring: of any CPU
 */
unsigned long mmscope_ring_oldest(const struct mmscope_ring *ring)
{
	unsigned long written = mmscope_ring_written(ring);

	return written > ring->mask ? written - ring->mask - 1 : 0;
}

/**
 * mmscope_ring_first() - where the story begins that the ring can tell
 * @ring: of any CPU
 *
 * The oldest record that is still there; or, if records are gone that nobody
 * took, the first of them, so that reading begins with saying how many.
 */
unsigned long mmscope_ring_first(const struct mmscope_ring *ring)
{
	unsigned long oldest = mmscope_ring_oldest(ring);
	unsigned long consumed = READ_ONCE(ring->consumed);

	return oldest > consumed ? consumed : oldest;
}

/**
 * mmscope_ring_lost() - records that were overwritten before cpuN's reader came
 * @ring: of any CPU
 */
unsigned long mmscope_ring_lost(const struct mmscope_ring *ring)
{
	unsigned long oldest = mmscope_ring_oldest(ring);
	unsigned long consumed = READ_ONCE(ring->consumed);
	unsigned long lost = READ_ONCE(ring->overwritten);

	return oldest > consumed ? lost + oldest - consumed : lost;
}

/**
 * mmscope_ring_wake_distance() - records for which a reader is worth waking
 * @ring: of any CPU
 */
unsigned long mmscope_ring_wake_distance(const struct mmscope_ring *ring)
{
	return min_t(unsigned long, (ring->mask + 1) / 4, MMSCOPE_WAKE_RECORDS);
}

/*
 * Copies a slot and says whether it was the record with that index, whole.
 * The writer of index + size may begin on the slot at any moment.
 */
static bool ring_copy(struct mmscope_ring *ring, unsigned long index,
		      struct mmscope_record *record)
{
	struct mmscope_record *slot = &ring->records[index & ring->mask];
	/* Pairs with the release in mmscope_ring_commit(). */
	u32 seq = smp_load_acquire(&slot->head.seq);

	if (seq != (u32)(index + 1))
		return false;
	memcpy(record, slot, sizeof(*record));
	record->head.seq = seq;
	/* The copy is done before the index is looked at again. */
	smp_rmb();
	return mmscope_ring_written(ring) - index <= ring->mask + 1;
}

/*
 * The record that stands where others were overwritten. It has the time of the
 * first one that is still there, and the sequence number before its.
 */
static void ring_lost_record(struct mmscope_record *record, unsigned int cpu,
			     unsigned long records, u64 since)
{
	struct mmscope_head survivor = record->head;

	memset(record, 0, sizeof(*record));
	record->head.id = MMSCOPE_TYPE_lost;
	record->head.how = MMSCOPE_HOW_overwritten;
	record->head.cpu = cpu;
	record->head.seq = survivor.seq - 1;
	record->head.timestamp = max(survivor.timestamp, since);
	record->lost.records = records;
	record->lost.since = since;
}

/**
 * mmscope_ring_read() - the next record, without taking it away
 * @ring: of any CPU
 * @cpu: that CPU
 * @end: read nothing from this index on
 * @cursor: where to read; moved on
 * @record: gets the record
 *
 * Where records were overwritten since the last call, a `lost` record comes
 * first. Timestamps never go down: mmscope_now() may step back by
 * some nanoseconds when the clock is being adjusted, which is evened out here
 * rather than at a cost to every record.
 *
 * Context: may sleep or not; may run on any CPU while the ring is written.
 * Return: false if there is no further record yet.
 */
bool mmscope_ring_read(struct mmscope_ring *ring, unsigned int cpu,
		       unsigned long end, struct mmscope_cursor *cursor,
		       struct mmscope_record *record)
{
	unsigned long oldest, skipped = 0;

	while ((long)(end - cursor->next - skipped) > 0) {
		if (ring_copy(ring, cursor->next + skipped, record)) {
			if (skipped) {
				ring_lost_record(record, cpu, skipped,
						 cursor->last);
				cursor->next += skipped;
			} else {
				cursor->next++;
			}
			record->head.timestamp =
				max(record->head.timestamp, cursor->last);
			cursor->last = record->head.timestamp;
			return true;
		}
		oldest = mmscope_ring_oldest(ring);
		if ((long)(oldest - cursor->next - skipped) <= 0)
			return false; /* its writer has not finished */
		skipped = oldest - cursor->next;
	}
	return false;
}
