// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm_table.c - the table of address spaces
 *
 * Open addressing without locks: keys lie apart from entries, so that a search
 * touches one or two cache lines. A slot is claimed with a marked key, filled,
 * and only then published. Removing leaves a hole, so a search that fails looks
 * as far as any mm has ever lain from its home.
 *
 * An mm that finds no room is noted, so that each further sight of it costs one look
 * and one counter instead of a search and a record.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "base/clock.h"
#include "base/memory.h"
#include "record/losses.h"
#include "shared/window.h"
#include "table/mm_table.h"

/* An mm_struct is aligned to more than this, so a marked key is nobody's. */
#define MM_CLAIMED 1UL

struct mm_struct **mmscope_mm_keys __read_mostly;
struct mmscope_mm *mmscope_mm_entries __read_mostly;
unsigned int mmscope_mm_bits __read_mostly;
unsigned int mmscope_mm_reach __read_mostly;

/* Each new mm writes it, so it has a cache line apart from what each search reads. */
static struct {
	atomic64_t last;
} ____cacheline_aligned_in_smp mm_ids;

/*
 * The mm's that found no room, by some bits of their addresses; a newer one replaces
 * an older one. While mmscope_mm_some_roomless is false nobody looks, and each is tried again.
 */
#define MM_ROOMLESS_BITS 10
static struct mm_struct *mm_roomless[1 << MM_ROOMLESS_BITS];
bool mmscope_mm_some_roomless __read_mostly;
/* There has been one since recording began. */
static bool mm_ever_roomless __read_mostly;
static DEFINE_PER_CPU(unsigned long, mm_roomless_sights);

/* Room for so many mm's on a machine with 4 GiB, where each may be of 128 KiB. */
#define MM_ROOM_AT_4_GIB 32768
#define MM_ROOM_LEAST 4096

struct mmscope_mm mmscope_mm_unknown = {
	.mm = MMSCOPE_MM_NOBODY,
	.flags = BIT(MMSCOPE_MM_UNKNOWN),
};
DEFINE_PER_CPU(struct mmscope_mm *, mmscope_mm_last);

/*
 * Nobody looks for an mm meanwhile. An initializer would not do, as for
 * mmscope_rings_init().
 */
static void mm_forget_last(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(mmscope_mm_last, cpu) = &mmscope_mm_unknown;
}

/*
 * By the machine's memory: in proportion up to 4 GiB, and from there with its square
 * root: 524,288 for 1 TiB. The kernel makes no more tasks than PID_MAX_LIMIT.
 */
static unsigned int mm_room_by_memory(void)
{
	u64 mib = totalram_pages() >> (20 - PAGE_SHIFT);
	u64 room = mib * (MM_ROOM_AT_4_GIB / 4096);

	/* A machine of 4 GiB shows somewhat less. */
	if (mib > 3072)
		room = MM_ROOM_AT_4_GIB / 64 *
		       int_sqrt64(max_t(u64, mib, 4096));
	return clamp_t(u64, room, MM_ROOM_LEAST, PID_MAX_LIMIT);
}

/**
 * mmscope_mm_table_alloc() - memory for the table
 * @max_mms: how many mm's must fit; 0: by the size of the machine's memory
 *
 * Twice as many slots are made, so that searches stay short.
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_mm_table_alloc(unsigned int max_mms)
{
	unsigned long slots;

	if (mmscope_mm_keys)
		return 0;
	mm_forget_last();
	if (!max_mms)
		max_mms = mm_room_by_memory();
	mmscope_mm_bits = order_base_2(max_mms) + 1;
	slots = mmscope_mm_slots();
	mmscope_mm_entries = mmscope_alloc(slots * sizeof(*mmscope_mm_entries));
	if (!mmscope_mm_entries)
		return -ENOMEM;
	mmscope_mm_keys = mmscope_alloc(slots * sizeof(*mmscope_mm_keys));
	if (!mmscope_mm_keys) {
		mmscope_mm_table_free();
		return -ENOMEM;
	}
	return 0;
}

/**
 * mmscope_mm_table_free() - give the table back
 *
 * Context: may sleep; nobody may use it any more.
 */
void mmscope_mm_table_free(void)
{
	mm_forget_last();
	kvfree(mmscope_mm_keys);
	kvfree(mmscope_mm_entries);
	mmscope_mm_keys = NULL;
	mmscope_mm_entries = NULL;
}

/**
 * mmscope_mm_slots() - how many slots there are
 */
unsigned long mmscope_mm_slots(void)
{
	return 1UL << mmscope_mm_bits;
}

/**
 * mmscope_mm_table_bytes() - memory that the table takes
 */
size_t mmscope_mm_table_bytes(void)
{
	if (!mmscope_mm_keys)
		return 0;
	return mmscope_mm_slots() *
	       (sizeof(*mmscope_mm_keys) + sizeof(*mmscope_mm_entries));
}

/**
 * mmscope_mm_table_clear() - forget every mm
 *
 * While nothing is attached births and deaths go unseen, so what is in the
 * table then says nothing when recording begins again.
 *
 * Context: nothing is attached.
 */
void mmscope_mm_table_clear(void)
{
	mm_forget_last();
	memset(mmscope_mm_keys, 0,
	       mmscope_mm_slots() * sizeof(*mmscope_mm_keys));
	mmscope_mm_reach = 0;
	memset(mm_roomless, 0, sizeof(mm_roomless));
	mmscope_mm_some_roomless = false;
	mm_ever_roomless = false;
}

/* ---- mm's that found no room ---- */

static struct mm_struct **mm_roomless_place(const struct mm_struct *mm)
{
	return &mm_roomless[hash_ptr(mm, MM_ROOMLESS_BITS)];
}

static bool mm_is_roomless(const struct mm_struct *mm)
{
	return READ_ONCE(mmscope_mm_some_roomless) &&
	       READ_ONCE(*mm_roomless_place(mm)) == mm;
}

/* Counts a loss where it is the first sight of that mm: its mm_birth is missing. */
static void mm_note_roomless(struct mm_struct *mm)
{
	struct mm_struct **place = mm_roomless_place(mm);

	if (READ_ONCE(*place) != mm) {
		WRITE_ONCE(*place, mm);
		mmscope_lose(MMSCOPE_HOW_mm_table_full);
	}
	WRITE_ONCE(mm_ever_roomless, true);
	WRITE_ONCE(mmscope_mm_some_roomless, true);
}

/* The mm at this address is another one from now on, or none. */
static __always_inline void mm_forget_roomless(const struct mm_struct *mm)
{
	struct mm_struct **place;

	if (likely(!READ_ONCE(mm_ever_roomless)))
		return;
	place = mm_roomless_place(mm);
	if (READ_ONCE(*place) == mm)
		WRITE_ONCE(*place, NULL);
}

/**
 * mmscope_mm_roomless_sights() - how often an mm was seen that has no room
 *
 * Records were made all the same, with 0 for the id of the mm.
 */
unsigned long mmscope_mm_roomless_sights(void)
{
	unsigned long sights = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sights += READ_ONCE(per_cpu(mm_roomless_sights, cpu));
	return sights;
}

/**
 * mmscope_mm_search() - find an mm that is not the last one
 * @mm: any pointer; it is not followed
 *
 * Use mmscope_mm_find().
 *
 * Context: any, NMI included.
 * Return: the entry, or NULL.
 */
struct mmscope_mm *mmscope_mm_search(const struct mm_struct *mm)
{
	unsigned long mask = mmscope_mm_slots() - 1;
	unsigned long slot = hash_ptr(mm, mmscope_mm_bits);
	struct mmscope_mm *entry;
	unsigned int i, reach;

	/* Nearly always it is at home. */
	if (likely(READ_ONCE(mmscope_mm_keys[slot]) == mm))
		goto found;
	if (unlikely(mm_is_roomless(mm)))
		return NULL;
	reach = READ_ONCE(mmscope_mm_reach);
	for (i = 1; i < reach; i++) {
		slot = mmscope_window_next(slot, i, mask);
		if (READ_ONCE(mmscope_mm_keys[slot]) == mm)
			goto found;
	}
	return NULL;

found:
	entry = &mmscope_mm_entries[slot];
	raw_cpu_write(mmscope_mm_last, entry);
	return entry;
}

static struct mm_struct *mm_claimed(const struct mm_struct *mm)
{
	return (struct mm_struct *)((unsigned long)mm | MM_CLAIMED);
}

/* Whether another slot of the window holds the mm, or is about to. */
static bool mm_is_elsewhere(const struct mm_struct *mm, unsigned long mine)
{
	unsigned long mask = mmscope_mm_slots() - 1;
	unsigned long slot = hash_ptr(mm, mmscope_mm_bits);
	struct mm_struct *key;
	unsigned int i, reach = READ_ONCE(mmscope_mm_reach);

	for (i = 1; i <= reach; i++) {
		key = READ_ONCE(mmscope_mm_keys[slot]);
		if (slot != mine && (key == mm || key == mm_claimed(mm)))
			return true;
		slot = mmscope_window_next(slot, i, mask);
	}
	return false;
}

/* Before a key that takes so many looks to find can be looked for. */
static void mm_reaches(unsigned int looks)
{
	unsigned int reach = READ_ONCE(mmscope_mm_reach), before;

	while (unlikely(reach < looks)) {
		before = cmpxchg(&mmscope_mm_reach, reach, looks);
		reach = before == reach ? looks : before;
	}
}

/* The first free slot of the mm's window, claimed; -1: there is none. */
static long mm_claim(struct mm_struct *mm)
{
	unsigned long mask = mmscope_mm_slots() - 1;
	unsigned long slot = hash_ptr(mm, mmscope_mm_bits);
	unsigned int i;

	for (i = 1; i <= MMSCOPE_MM_WINDOW; i++) {
		if (!READ_ONCE(mmscope_mm_keys[slot])) {
			mm_reaches(i);
			if (!cmpxchg(&mmscope_mm_keys[slot], NULL,
				     mm_claimed(mm)))
				return slot;
		}
		slot = mmscope_window_next(slot, i, mask);
	}
	return -1;
}

/**
 * mmscope_mm_new_id() - a number that no mm has had
 *
 * Context: any.
 */
u64 mmscope_mm_new_id(void)
{
	return atomic64_inc_return(&mm_ids.last);
}

/**
 * mmscope_mm_add() - a new mm, or one that is seen for the first time
 * @mm: the mm; not followed
 * @how: dup, exec or found
 * @now: its birth, ns
 *
 * Context: any, NMI included, with preemption off. If two CPUs find the same mm at
 * once, both may come away empty; the next sight of it adds it.
 * Return: the entry, or NULL, which has then been counted where it is for want of a
 * slot: as a loss at the first sight of the mm, as a sight from then on.
 */
struct mmscope_mm *mmscope_mm_add(struct mm_struct *mm, enum mmscope_how how,
				  u64 now)
{
	struct mmscope_mm *entry;
	long slot;

	if (how != MMSCOPE_HOW_found) {
		mm_forget_roomless(mm);
	} else if (unlikely(mm_is_roomless(mm))) {
		raw_cpu_inc(mm_roomless_sights);
		return NULL;
	}
	slot = mm_claim(mm);
	if (slot < 0) {
		mm_note_roomless(mm);
		return NULL;
	}
	/* Nobody else can know of an mm that is being born. */
	if (how == MMSCOPE_HOW_found && mm_is_elsewhere(mm, slot)) {
		/* As in mmscope_mm_remove(). */
		smp_store_release(&mmscope_mm_keys[slot], NULL);
		return NULL;
	}
	/* It has room now: a later sight must not stop at the note that it has none. */
	if (how == MMSCOPE_HOW_found)
		mm_forget_roomless(mm);
	entry = &mmscope_mm_entries[slot];
	/* One by one: clearing all of it first costs as much again. */
	entry->id = mmscope_mm_new_id();
	entry->parent = 0;
	entry->birth = now;
	entry->dead = 0;
	entry->flags = 0;
	entry->slot = slot;
	entry->pid = 0;
	entry->returned_by = 0;
	entry->how = how;
	memset(entry->comm, 0, sizeof(entry->comm));
	/* Who finds the key, or the entry by its mm, finds it filled in. */
	smp_store_release(&entry->mm, mm);
	/* Likewise. */
	smp_store_release(&mmscope_mm_keys[slot], mm);
	raw_cpu_write(mmscope_mm_last, entry);
	return entry;
}

/**
 * mmscope_mm_find_or_add() - what is known of an mm, from now on at the latest
 * @mm: an mm that cannot be freed meanwhile, or NULL
 *
 * Context: any, NMI included.
 * Return: the entry, or NULL.
 */
struct mmscope_mm *mmscope_mm_find_or_add(struct mm_struct *mm)
{
	struct mmscope_mm *entry;

	if (!mm)
		return NULL;
	entry = mmscope_mm_find(mm);
	if (unlikely(!entry))
		entry = mmscope_mm_add(mm, MMSCOPE_HOW_found, mmscope_now());
	return entry;
}

/**
 * mmscope_mm_remove() - an mm is about to be freed
 * @mm: the mm
 *
 * Context: any; the caller is the only one who still refers to the mm.
 */
void mmscope_mm_remove(const struct mm_struct *mm)
{
	struct mmscope_mm *entry = mmscope_mm_find(mm);

	if (!entry) {
		mm_forget_roomless(mm);
		return;
	}
	/* One that found no room may find it now. */
	if (unlikely(READ_ONCE(mmscope_mm_some_roomless)))
		WRITE_ONCE(mmscope_mm_some_roomless, false);
	WRITE_ONCE(entry->mm, MMSCOPE_MM_NOBODY);
	/* Whoever claims the slot does so after the last use of the entry. */
	smp_store_release(&mmscope_mm_keys[entry - mmscope_mm_entries], NULL);
}

/**
 * mmscope_mm_set_owner() - note which process an mm belongs to
 * @entry: the mm, or NULL
 * @task: any of the process's threads; its name and tgid are taken
 *
 * Context: any in which @task does not go away. The name may be torn if it
 * changes right then, as in the kernel's own tracepoints.
 */
void mmscope_mm_set_owner(struct mmscope_mm *entry, struct task_struct *task)
{
	if (!entry)
		return;
	entry->pid = task->tgid;
	memcpy(entry->comm, task->comm, sizeof(entry->comm));
	entry->comm[sizeof(entry->comm) - 1] = '\0';
}

/**
 * mmscope_mm_copy() - one slot as it is now
 * @slot: less than mmscope_mm_slots()
 * @copy: gets what is known
 *
 * Context: any.
 * Return: the mm, not to be followed; NULL if the slot holds none.
 */
struct mm_struct *mmscope_mm_copy(unsigned long slot, struct mmscope_mm *copy)
{
	/* Pairs with the release in mmscope_mm_add(). */
	struct mm_struct *mm = smp_load_acquire(&mmscope_mm_keys[slot]);

	if (!mm || (unsigned long)mm & MM_CLAIMED)
		return NULL;
	*copy = mmscope_mm_entries[slot];
	/* Another mm may have moved in at the same address meanwhile. */
	smp_rmb();
	if (READ_ONCE(mmscope_mm_keys[slot]) != mm ||
	    READ_ONCE(mmscope_mm_entries[slot].id) != copy->id)
		return NULL;
	return mm;
}

/**
 * mmscope_mm_counters() - mm_users and mm_count of an mm that nobody holds
 * @slot: where it was found
 * @mm: as found
 * @id: as found
 * @users: gets mm_users
 * @count: gets mm_count
 *
 * The mm may be freed at any moment. Its entry goes first, in the handler at
 * __mmdrop()'s entry: if the entry is still the same after reading, what was
 * read was the mm's.
 *
 * Context: any.
 * Return: false if the mm is gone.
 */
bool mmscope_mm_counters(unsigned long slot, struct mm_struct *mm, u64 id,
			 int *users, int *count)
{
	if (copy_from_kernel_nofault(users, &mm->mm_users, sizeof(*users)) ||
	    copy_from_kernel_nofault(count, &mm->mm_count, sizeof(*count)))
		return false;
	/* The counters were read before the entry is looked at again. */
	smp_rmb();
	return READ_ONCE(mmscope_mm_keys[slot]) == mm &&
	       READ_ONCE(mmscope_mm_entries[slot].id) == id;
}
