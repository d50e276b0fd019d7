/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm_table.h - which mm_struct is which address space
 *
 * The slab hands a freed mm_struct out again, so a pointer says nothing about
 * identity. The table gives each mm a number at birth or at first sight, and
 * forgets the pointer before the kernel frees it.
 */
#ifndef MMSCOPE_MM_TABLE_H
#define MMSCOPE_MM_TABLE_H

#include <linux/bits.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "shared/record.h"

struct mm_struct;

enum mmscope_mm_flag {
	/* A recorded task has used it: its records pass a filter. */
	MMSCOPE_MM_FOLLOWED,
	/* It belongs to a reader of cpuN, whose doings are not recorded. */
	MMSCOPE_MM_READER,
	/* It belonged to one: a loan of it may have begun unrecorded. */
	MMSCOPE_MM_WAS_READER,
	/* It is no entry of the table: mmscope_mm_unknown, or a copy of one that has gone. */
	MMSCOPE_MM_UNKNOWN,
	/* It was there before, and no record has said so yet. */
	MMSCOPE_MM_UNSAID,
};

/* A record about such an mm has more to be asked. */
#define MMSCOPE_MM_CAREFUL                                  \
	(BIT(MMSCOPE_MM_READER) | BIT(MMSCOPE_MM_UNKNOWN) | \
	 BIT(MMSCOPE_MM_UNSAID))

/**
 * struct mmscope_mm - what is known of one address space
 * @id: never given twice; 0 only while the slot is being filled
 * @mm: its address, as in the table's keys; MMSCOPE_MM_NOBODY: it is gone
 * @parent: id of the mm that it was copied from or execed out of
 * @birth: ns, or when it was found
 * @dead: ns, when mm_users reached 0; 0 while it has users
 * @flags: bits of enum mmscope_mm_flag
 * @slot: its place in the table
 * @pid: the process that owned it at birth or exec
 * @returned_by: the last borrower that a switch took it from, on PREEMPT_RT; 0: none
 * @how: dup, exec or found
 * @comm: the name of that process
 */
struct mmscope_mm {
	u64 id;
	struct mm_struct *mm;
	u64 parent;
	u64 birth;
	u64 dead;
	unsigned long flags;
	u32 slot;
	pid_t pid;
	pid_t returned_by;
	u8 how;
	char comm[TASK_COMM_LEN];
};

/* How many looks it has taken at most to find an mm: the bound of every search. */
extern unsigned int mmscope_mm_reach;

extern struct mm_struct **mmscope_mm_keys;
extern struct mmscope_mm *mmscope_mm_entries;
extern unsigned int mmscope_mm_bits;

/* Some mm's found no room, as far as is known. */
extern bool mmscope_mm_some_roomless;

/* Whether an mm that is not in the table may be one all the same. Context: any. */
static __always_inline bool mmscope_mm_some_are_missing(void)
{
	return READ_ONCE(mmscope_mm_some_roomless);
}

/* No mm_struct lies there. */
#define MMSCOPE_MM_NOBODY ((struct mm_struct *)1UL)

/* Stands for an mm of which nothing is known, with 0 for an id. Never changed. */
extern struct mmscope_mm mmscope_mm_unknown;

/* What was last found on each CPU; never NULL. */
DECLARE_PER_CPU(struct mmscope_mm *, mmscope_mm_last);

struct mmscope_mm *mmscope_mm_search(const struct mm_struct *mm);

/**
 * mmscope_mm_find() - what is known of an mm
 * @mm: any pointer; it is not followed
 *
 * Most often it is the one that was asked for last. Who knows of an mm that has
 * moved in where another was knows also that the other has gone from the table.
 *
 * Context: any, NMI included. The entry stays this mm's until its __mmdrop().
 * Return: the entry, or NULL.
 */
static __always_inline struct mmscope_mm *
mmscope_mm_find(const struct mm_struct *mm)
{
	/* Another CPU's would do as well. */
	struct mmscope_mm *last = raw_cpu_read(mmscope_mm_last);

	if (likely(READ_ONCE(last->mm) == mm))
		return last;
	return mmscope_mm_search(mm);
}

static __always_inline u64 mmscope_mm_id(const struct mmscope_mm *entry)
{
	return entry ? entry->id : 0;
}

/**
 * mmscope_mm_slot() - the place of an entry in the table
 * @entry: an entry, mmscope_mm_unknown, or a copy of an entry, which has the flag
 *	MMSCOPE_MM_UNKNOWN
 * @slot: gets the place
 *
 * Whoever keeps something beside the table asks here, since a record may be about an
 * mm that is not in it.
 *
 * Context: any.
 * Return: false if @entry is not in the table.
 */
static __always_inline bool mmscope_mm_slot(const struct mmscope_mm *entry,
					    unsigned long *slot)
{
	*slot = entry->slot;
	/* Other flags may change at this moment, this one never does. */
	return !(data_race(entry->flags) & BIT(MMSCOPE_MM_UNKNOWN));
}

int mmscope_mm_table_alloc(unsigned int max_mms);
void mmscope_mm_table_free(void);
void mmscope_mm_table_clear(void);
size_t mmscope_mm_table_bytes(void);
unsigned long mmscope_mm_slots(void);
unsigned long mmscope_mm_roomless_sights(void);
u64 mmscope_mm_new_id(void);
struct mmscope_mm *mmscope_mm_add(struct mm_struct *mm, enum mmscope_how how,
				  u64 now);
struct mmscope_mm *mmscope_mm_find_or_add(struct mm_struct *mm);
void mmscope_mm_remove(const struct mm_struct *mm);
void mmscope_mm_set_owner(struct mmscope_mm *entry, struct task_struct *task);
struct mm_struct *mmscope_mm_copy(unsigned long slot, struct mmscope_mm *copy);
bool mmscope_mm_counters(unsigned long slot, struct mm_struct *mm, u64 id,
			 int *users, int *count);

#endif /* MMSCOPE_MM_TABLE_H */
