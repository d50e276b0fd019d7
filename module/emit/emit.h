/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.h - the one place where a record is made
 *
 * A handler decides what happened and calls mmscope_emit(). Whether it is
 * wanted, its head, the ring, the tracepoint and the loss are seen to here.
 */
#ifndef MMSCOPE_EMIT_H
#define MMSCOPE_EMIT_H

#include <linux/bitops.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "emit/names.h"
#include "emit/trace.h"
#include "record/losses.h"
#include "record/ring.h"
#include "record/slow_path.h"
#include "shared/record.h"
#include "table/mm_table.h"

/* Time one record in so many, from its timestamp to its commit. */
#define MMSCOPE_COST_SAMPLE 1024

/**
 * struct mmscope_slot - a record while it is being made carefully
 * @record: where to write it
 * @ring: its ring, NULL if there is no room and only the tracepoint gets it
 * @moment: its time
 * @scratch: the record where there is no room
 */
struct mmscope_slot {
	struct mmscope_record *record;
	struct mmscope_ring *ring;
	struct mmscope_moment moment;
	struct mmscope_record scratch;
};

struct mmscope_slot *mmscope_open(enum mmscope_type type, enum mmscope_how how,
				  struct mmscope_mm *mm, unsigned long at,
				  u64 now);
void mmscope_close(struct mmscope_slot *slot);

/*
 * The next slot, if nothing has to be looked at but the ring: what nearly every
 * record comes to. NULL sends the caller to mmscope_open(), which asks each
 * question again and does what the answer takes. What is read here without
 * READ_ONCE() is read once all the same, and by its instruction, not before it.
 */
static __always_inline struct mmscope_record *
mmscope_try(struct mmscope_moment *moment, enum mmscope_type type,
	    const struct mmscope_mm *mm, pid_t pid)
{
	struct mmscope_ring *ring = moment->ring;
	unsigned long at = moment->at;
	struct mmscope_record *record;

	if (static_branch_unlikely(&mmscope_slow_path_key) ||
	    unlikely(ring == &mmscope_no_ring))
		return NULL;
	/* A flag that is set at this moment counts from the next record on. */
	if (unlikely(data_race(mm->flags) & MMSCOPE_MM_CAREFUL) ||
	    unlikely(!test_bit(pid, mmscope_named_pids)))
		return NULL;
	if (unlikely(!mmscope_local_take(&ring->write, at)))
		return NULL;
	moment->at = at + 1;
	/* As in mmscope_ring_reserve(). */
	smp_wmb();
	record = &ring->records[at & ring->mask];
	/* Spares the caller's question whether there is one. */
	if (!record)
		__builtin_unreachable();
	return record;
}

/* Then one word is both, as it is in a record. */
#define MMSCOPE_PIDS_ARE_NEIGHBOURS                                   \
	(offsetof(struct task_struct, tgid) ==                        \
		 offsetof(struct task_struct, pid) + sizeof(pid_t) && \
	 offsetof(struct task_struct, pid) % sizeof(u64) == 0)

static __always_inline void mmscope_head(struct mmscope_record *record, u64 now,
					 enum mmscope_type type,
					 enum mmscope_how how,
					 const struct task_struct *task, u64 mm)
{
	struct mmscope_head *head = &record->head;

	head->timestamp = now;
	head->id = type;
	head->how = how;
	head->cpu = raw_smp_processor_id();
	if (MMSCOPE_PIDS_ARE_NEIGHBOURS) {
		*(u64 *)&head->pid = *(const u64 *)&task->pid;
	} else {
		head->pid = task->pid;
		head->tgid = task->tgid;
	}
	head->mm = mm;
}

/* What a type's own fields come to; there are no gaps between them. */
#define MMSCOPE_FIELD_SIZE(type, ctype, name, kind) +sizeof(ctype)
#define MMSCOPE_OWN_SIZE(type) \
	(0 MMSCOPE_FIELDS_##type(MMSCOPE_FIELD_SIZE, type))

/* The type's own fields, and nothing of an older record behind them. */
#define mmscope_fill(record_, type_, ...)                                 \
	do {                                                              \
		memset((record_)->own + MMSCOPE_OWN_SIZE(type_), 0,       \
		       sizeof((record_)->own) - MMSCOPE_OWN_SIZE(type_)); \
		(record_)->type_ =                                        \
			(struct mmscope_own_##type_){ __VA_ARGS__ };      \
	} while (0)

void mmscope_record_event(struct mmscope_ring *ring, unsigned long end,
			  u64 now);

static __always_inline void mmscope_commit(const struct mmscope_moment *moment,
					   struct mmscope_record *record)
{
	if (mmscope_ring_commit(moment->ring, record, moment->at))
		mmscope_record_event(moment->ring, moment->at, moment->now);
}

/**
 * mmscope_emit_by() - make a record
 * @moment_: struct mmscope_moment; moved on if the time has passed
 * @task_: current, for a caller that has it at hand
 * @type_: the type's name, without prefix
 * @how_: enum mmscope_how
 * @mm_: the mm that the record is about; not NULL, but mmscope_mm_unknown may do
 * @...: the type's own fields, as in an initializer
 *
 * Several records of one handler may have one moment, which spares looks at the
 * clock. The record is written where it stays: nothing of it lies on the stack,
 * which kernels clear (INIT_STACK_ALL_ZERO) and guard at a price.
 *
 * Context: any, with preemption off since mmscope_moment().
 */
#define mmscope_emit_by(moment_, task_, type_, how_, mm_, ...)              \
	do {                                                                \
		const struct task_struct *by_ = (task_);                    \
		struct mmscope_mm *about_ = (mm_);                          \
		struct mmscope_record *record_ = NULL;                      \
		struct mmscope_slot *slot_;                                 \
                                                                            \
		if (!trace_##type_##_enabled())                             \
			record_ = mmscope_try(&(moment_),                   \
					      MMSCOPE_TYPE_##type_, about_, \
					      by_->pid);                    \
		if (likely(record_)) {                                      \
			mmscope_head(record_, (moment_).now,                \
				     MMSCOPE_TYPE_##type_, how_, by_,       \
				     about_->id);                           \
			mmscope_fill(record_, type_, __VA_ARGS__);          \
			mmscope_commit(&(moment_), record_);                \
			break;                                              \
		}                                                           \
		slot_ = mmscope_open(MMSCOPE_TYPE_##type_, how_, about_,    \
				     (moment_).at, (moment_).now);          \
		if (!slot_)                                                 \
			break;                                              \
		(moment_) = slot_->moment;                                  \
		mmscope_fill(slot_->record, type_, __VA_ARGS__);            \
		trace_##type_(slot_->record);                               \
		mmscope_close(slot_);                                       \
	} while (0)

/**
 * mmscope_emit_at() - make a record of the current task
 * @moment_: as for mmscope_emit_by()
 * @...: likewise
 *
 * Context: likewise.
 */
#define mmscope_emit_at(moment_, ...) \
	mmscope_emit_by(moment_, current, __VA_ARGS__)

/**
 * mmscope_emit() - make a record, now
 * @...: as for mmscope_emit_at(), without the moment
 *
 * Context: any, with preemption off.
 */
#define mmscope_emit(...)                                         \
	do {                                                      \
		struct mmscope_moment moment_ = mmscope_moment(); \
                                                                  \
		mmscope_emit_at(moment_, __VA_ARGS__);            \
	} while (0)

/**
 * struct mmscope_emit_costs - what the records cost that were timed
 * @ns: all of them together
 * @records: how many they were
 * @max_ns: the longest
 */
struct mmscope_emit_costs {
	u64 ns;
	u64 records;
	u64 max_ns;
};

void mmscope_emit_costs(struct mmscope_emit_costs *costs);

int mmscope_emit_alloc(void);
void mmscope_emit_free(void);
size_t mmscope_emit_bytes(void);

void mmscope_emit_name_of(struct task_struct *task,
			  const struct mmscope_mm *mm);
void mmscope_emit_name_of_new(struct mmscope_moment *moment,
			      const struct task_struct *task,
			      const struct mmscope_mm *parent);
#endif /* MMSCOPE_EMIT_H */
