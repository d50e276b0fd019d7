/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.h - the one place where a record is made
 *
 * A handler decides what happened and calls mmscope_emit(). Whether it is
 * wanted, its head, the ring, the tracepoint and the loss are seen to here.
 */
#ifndef MMSCOPE_EMIT_H
#define MMSCOPE_EMIT_H

#include <linux/preempt.h>
#include <linux/string.h>

#include "mm_table.h"
#include "record.h"
#include "ring.h"
#include "trace.h"

/**
 * struct mmscope_slot - a record while it is being made
 * @record: where to write it
 * @ring: its ring, NULL if there is no room and only the tracepoint gets it
 * @index: in the ring
 * @now: the record's time, ns
 * @scratch: the record where there is no room
 */
struct mmscope_slot {
	struct mmscope_record *record;
	struct mmscope_ring *ring;
	unsigned long index;
	u64 now;
	struct mmscope_record scratch;
};

bool mmscope_open(struct mmscope_slot *slot, enum mmscope_type type,
		  enum mmscope_how how, struct mmscope_mm *mm);
void mmscope_close(struct mmscope_slot *slot);
void mmscope_lose(enum mmscope_how why);
void mmscope_lose_many(enum mmscope_how why, unsigned long records);

/**
 * mmscope_emit() - make a record
 * @type_: the type's name, without prefix
 * @how_: enum mmscope_how
 * @mm_: the mm that the record is about, may be NULL
 * @...: the type's own fields, as in an initializer
 *
 * Context: any, with preemption off.
 * Return: the record's time in ns; 0 if the record was not wanted.
 */
#define mmscope_emit(type_, how_, mm_, ...)                                    \
	({                                                                     \
		struct mmscope_slot slot_;                                     \
		u64 when_ = 0;                                                 \
									       \
		if (mmscope_open(&slot_, MMSCOPE_TYPE_##type_, how_, mm_)) {   \
			when_ = slot_.now;                                     \
			slot_.record->type_ = (struct mmscope_own_##type_){    \
				__VA_ARGS__                                    \
			};                                                     \
			trace_##type_(slot_.record);                           \
			mmscope_close(&slot_);                                 \
		}                                                              \
		when_;                                                         \
	})

/**
 * struct mmscope_emit_totals - what emitting has come to, over all CPUs
 * @lost: records lost, by cause; overwritten ones are the rings' to tell
 * @cost_ns: time spent on the records that were timed
 * @cost_records: how many were
 * @cost_max_ns: the longest
 */
struct mmscope_emit_totals {
	u64 lost[MMSCOPE_HOW_END];
	u64 cost_ns;
	u64 cost_records;
	u64 cost_max_ns;
};

void mmscope_emit_totals(struct mmscope_emit_totals *totals);

bool mmscope_pending_loss(unsigned int cpu, unsigned int *why, bool take,
			  struct mmscope_record *record);

void mmscope_emit_name_of(struct task_struct *task, const struct mmscope_mm *mm);
int mmscope_names_alloc(void);
void mmscope_names_free(void);
size_t mmscope_names_bytes(void);
void mmscope_names_forget_all(void);
void mmscope_name_forget(pid_t pid);

#endif /* MMSCOPE_EMIT_H */
