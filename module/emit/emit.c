// SPDX-License-Identifier: GPL-2.0-only
/*
 * emit.c - records as they are made, with all that may have to be said before them
 */
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/threads.h>

#include "base/clock.h"
#include "base/memory.h"
#include "emit/emit.h"
#include "emit/names.h"
#include "record/losses.h"
#include "table/filter.h"

/* Records that can be under way at once: as deep as contexts nest, and more. */
#define EMIT_SLOTS 8

/*
 * In `slots` careful records are made, one inside the other. The costs are those of the
 * records that were timed.
 */
struct emit_cpu {
	unsigned int depth;
	u64 cost_ns;
	u64 cost_records;
	u64 cost_max_ns;
	struct mmscope_slot slots[EMIT_SLOTS];
};

/* There while anything is attached, and as long as there are rings. */
static struct emit_cpu __percpu *emit_cpu;

/* NULL if the ring is full and keeps its oldest records. */
static struct mmscope_record *emit_reserve(struct mmscope_ring *ring,
					   struct mmscope_moment *moment)
{
	if (!mmscope_overwrite &&
	    local_read(&ring->write) - READ_ONCE(ring->consumed) > ring->mask)
		return NULL;
	return mmscope_ring_reserve(ring, moment);
}

static void emit_commit(struct mmscope_ring *ring,
			struct mmscope_record *record,
			const struct mmscope_moment *moment)
{
	if (mmscope_ring_commit(ring, record, moment->at))
		mmscope_attend(ring, moment->at, moment->now);
}

/*
 * Records that are missing are said before the next one that fits. Somebody who
 * interrupts here finds the counter empty and goes on.
 */
static void emit_pending(struct mmscope_ring *ring,
			 struct mmscope_moment *moment)
{
	struct mmscope_losses *cpu = this_cpu_ptr(mmscope_losses);
	struct mmscope_record *record;
	unsigned long records;
	unsigned int why;

	this_cpu_write(mmscope_losses->any_pending, 0);
	this_cpu_write(mmscope_ready, ring);
	for (why = 0; why < MMSCOPE_HOW_END; why++) {
		records = this_cpu_xchg(mmscope_losses->pending[why], 0);
		if (!records)
			continue;
		record = emit_reserve(ring, moment);
		if (!record) {
			this_cpu_add(mmscope_losses->pending[why], records);
			this_cpu_write(mmscope_losses->any_pending, 1);
			this_cpu_write(mmscope_ready, &mmscope_no_ring);
			return;
		}
		mmscope_head(record, moment->now, MMSCOPE_TYPE_lost, why,
			     current, 0);
		mmscope_fill(record, lost, .records = records,
			     .since = cpu->pending_since);
		trace_lost(record);
		emit_commit(ring, record, moment);
	}
}

static __always_inline void name_fill(struct mmscope_record *record, u64 now,
				      const struct task_struct *task)
{
	mmscope_head(record, now, MMSCOPE_TYPE_comm, MMSCOPE_HOW_unknown, task,
		     0);
	mmscope_fill(record, comm, );
	memcpy(record->comm.name.text, task->comm, TASK_COMM_LEN);
}

/* A task's name, before the first record that needs it. */
static void emit_name(struct mmscope_ring *ring, struct mmscope_moment *moment,
		      struct task_struct *task)
{
	struct mmscope_record *record;
	pid_t pid = task->pid;

	if (pid >= PID_MAX_LIMIT || test_and_set_bit(pid, mmscope_named_pids))
		return;
	record = emit_reserve(ring, moment);
	if (!record) {
		/* Not lost: it is told when there is room again. */
		clear_bit(pid, mmscope_named_pids);
		return;
	}
	name_fill(record, moment->now, task);
	trace_comm(record);
	emit_commit(ring, record, moment);
}

/* Another's name, as it is known. */
static void emit_owner(struct mmscope_ring *ring, struct mmscope_moment *moment,
		       const struct mmscope_mm *mm)
{
	struct mmscope_record *record;
	pid_t pid = mm->pid;

	if (!pid || pid >= PID_MAX_LIMIT ||
	    test_and_set_bit(pid, mmscope_named_pids))
		return;
	record = emit_reserve(ring, moment);
	if (!record) {
		clear_bit(pid, mmscope_named_pids);
		return;
	}
	name_fill(record, moment->now, current);
	record->head.pid = pid;
	record->head.tgid = pid;
	memcpy(record->comm.name.text, mm->comm, TASK_COMM_LEN);
	trace_comm(record);
	emit_commit(ring, record, moment);
}

/*
 * An mm that was there before and for which the announcement had no room: it is told
 * before the first record about it.
 */
static void emit_unsaid(struct mmscope_ring *ring,
			struct mmscope_moment *moment, struct mmscope_mm *mm)
{
	struct mmscope_record *record;
	int users, count;

	if (!(READ_ONCE(mmscope_filter_types) & BIT(MMSCOPE_TYPE_mm_birth)) ||
	    !test_and_clear_bit(MMSCOPE_MM_UNSAID, &mm->flags) ||
	    !mmscope_mm_counters(mm - mmscope_mm_entries, READ_ONCE(mm->mm),
				 mm->id, &users, &count))
		return;
	emit_owner(ring, moment, mm);
	record = emit_reserve(ring, moment);
	if (!record) {
		set_bit(MMSCOPE_MM_UNSAID, &mm->flags);
		return;
	}
	mmscope_head(record, moment->now, MMSCOPE_TYPE_mm_birth,
		     MMSCOPE_HOW_found, current, mm->id);
	mmscope_fill(record, mm_birth, .parent_mm = mm->parent,
		     .owner = mm->pid, .users = users, .count = count);
	trace_mm_birth(record);
	emit_commit(ring, record, moment);
}

/**
 * mmscope_emit_name_of() - tell the name of a task that does not run here
 * @task: the task
 * @mm: what the name is wanted for: told only if records about it are wanted
 *
 * Context: any in which @task does not go away, with preemption off.
 */
void mmscope_emit_name_of(struct task_struct *task, const struct mmscope_mm *mm)
{
	struct mmscope_ring *ring = this_cpu_read(mmscope_ring);
	struct mmscope_moment moment;

	if (!ring || !mmscope_filter_passes(MMSCOPE_TYPE_comm, mm))
		return;
	moment.at = local_read(&ring->write);
	moment.now = mmscope_now();
	emit_name(ring, &moment, task);
}

/**
 * mmscope_emit_name_of_new() - tell the name of a task that has just been made
 * @moment: now; moved on
 * @task: the task; it does not run yet
 * @parent: the mm of the task that made it
 *
 * It will most likely be wanted, and here it costs the least. Where it is not as
 * simple as that, the task's own first record tells it.
 *
 * Context: the task that makes it, with preemption off.
 */
void mmscope_emit_name_of_new(struct mmscope_moment *moment,
			      const struct task_struct *task,
			      const struct mmscope_mm *parent)
{
	struct mmscope_record *record = NULL;

	if (!trace_comm_enabled())
		record = mmscope_try(moment, MMSCOPE_TYPE_comm, parent,
				     current->pid);
	if (unlikely(!record)) {
		mmscope_name_forget(task->pid);
		return;
	}
	name_fill(record, moment->now, task);
	mmscope_commit(moment, record);
	set_bit(task->pid, mmscope_named_pids);
}

static struct mmscope_slot *slot_take(void)
{
	unsigned int depth = this_cpu_inc_return(emit_cpu->depth);

	if (likely(depth <= EMIT_SLOTS))
		return &this_cpu_ptr(emit_cpu)->slots[depth - 1];
	this_cpu_dec(emit_cpu->depth);
	return NULL;
}

/**
 * mmscope_open() - begin a record for which there may be more to do
 * @type: what happened
 * @how: how
 * @mm: the mm it is about, or NULL
 * @at: of the record's moment
 * @now: likewise
 *
 * What was lost is said, the task's name told, the filter asked. Use
 * mmscope_emit_at().
 *
 * Context: any, with preemption off.
 * Return: where to write it; NULL if nobody wants the record.
 */
struct mmscope_slot *mmscope_open(enum mmscope_type type, enum mmscope_how how,
				  struct mmscope_mm *mm, unsigned long at,
				  u64 now)
{
	struct mmscope_ring *ring = this_cpu_read(mmscope_ring);
	struct mmscope_slot *slot;

	if (mm == &mmscope_mm_unknown)
		mm = NULL;
	if (!mmscope_filter_passes(type, mm))
		return NULL;
	slot = slot_take();
	if (unlikely(!slot)) {
		mmscope_lose(MMSCOPE_HOW_no_ring);
		return NULL;
	}
	slot->moment = (struct mmscope_moment){ .at = at, .now = now };
	slot->record = NULL;
	if (likely(ring)) {
		if (unlikely(this_cpu_read(mmscope_ready) != ring))
			emit_pending(ring, &slot->moment);
		if (!test_bit(current->pid, mmscope_named_pids))
			emit_name(ring, &slot->moment, current);
		if (mm && unlikely(test_bit(MMSCOPE_MM_UNSAID, &mm->flags)))
			emit_unsaid(ring, &slot->moment, mm);
		slot->record = emit_reserve(ring, &slot->moment);
	}
	slot->ring = ring;
	slot->moment.ring = this_cpu_read(mmscope_ready);
	if (unlikely(!slot->record)) {
		mmscope_lose(ring ? MMSCOPE_HOW_ring_full :
				    MMSCOPE_HOW_no_ring);
		slot->ring = NULL;
		slot->moment.ring = &mmscope_no_ring;
		slot->record = &slot->scratch;
	}
	mmscope_head(slot->record, slot->moment.now, type, how, current,
		     mmscope_mm_id(mm));
	return slot;
}

/**
 * mmscope_close() - a record that was made carefully is complete
 * @slot: from mmscope_open()
 *
 * Use mmscope_emit_at().
 *
 * Context: as mmscope_open(), without preemption in between.
 */
void mmscope_close(struct mmscope_slot *slot)
{
	if (likely(slot->ring))
		emit_commit(slot->ring, slot->record, &slot->moment);
	this_cpu_dec(emit_cpu->depth);
}

/* What a record has cost that has just been committed. */
static void time_record(u64 since)
{
	struct emit_cpu *cpu = this_cpu_ptr(emit_cpu);
	u64 ns = mmscope_now() - since;

	this_cpu_add(emit_cpu->cost_ns, ns);
	this_cpu_inc(emit_cpu->cost_records);
	if (ns > cpu->cost_max_ns)
		cpu->cost_max_ns = ns;
}

/**
 * mmscope_attend() - what is to be done after one record in some hundred
 * @ring: this CPU's
 * @end: records there are
 * @now: time of the last one; it has just been committed
 *
 * Context: any, with preemption off.
 */
void __cold mmscope_attend(struct mmscope_ring *ring, unsigned long end,
			   u64 now)
{
	if (!(end % MMSCOPE_COST_SAMPLE))
		time_record(now);
	mmscope_ring_attend(ring, end, (end | (MMSCOPE_COST_SAMPLE - 1)) + 1);
}

/**
 * mmscope_emit_costs() - sum up all CPUs
 * @costs: gets the sums; they may be a few records apart from each other
 */
void mmscope_emit_costs(struct mmscope_emit_costs *costs)
{
	struct emit_cpu *one;
	unsigned int cpu;

	memset(costs, 0, sizeof(*costs));
	if (!emit_cpu)
		return;
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(emit_cpu, cpu);
		costs->ns += READ_ONCE(one->cost_ns);
		costs->records += READ_ONCE(one->cost_records);
		costs->max_ns = max(costs->max_ns, READ_ONCE(one->cost_max_ns));
	}
}

/**
 * mmscope_emit_alloc() - memory for each CPU's records under way
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_emit_alloc(void)
{
	if (!emit_cpu)
		emit_cpu = alloc_percpu_gfp(struct emit_cpu, MMSCOPE_GFP);
	return emit_cpu ? 0 : -ENOMEM;
}

/**
 * mmscope_emit_free() - give it back; nobody may emit any more
 */
void mmscope_emit_free(void)
{
	free_percpu(emit_cpu);
	emit_cpu = NULL;
}

/**
 * mmscope_emit_bytes() - memory that it takes
 */
size_t mmscope_emit_bytes(void)
{
	return emit_cpu ? num_possible_cpus() * sizeof(*emit_cpu) : 0;
}
