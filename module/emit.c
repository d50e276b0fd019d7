// SPDX-License-Identifier: GPL-2.0-only
/*
 * emit.c - heads, names and losses of records
 */
#include <linux/bitmap.h>
#include <linux/sched.h>
#include <linux/threads.h>

#include "emit.h"
#include "filter.h"
#include "ledger.h"

#define CREATE_TRACE_POINTS
#include "memory.h"
#include "trace.h"

/* One record in so many is timed from its timestamp to its commit. */
#define EMIT_COST_SAMPLE 1024

/*
 * What a CPU could not record. Each is counted for good, and waits in `pending`
 * to be said in a record of its own as soon as the ring takes one.
 */
struct emit_cpu {
	u64 lost[MMSCOPE_HOW_END];
	unsigned long pending[MMSCOPE_HOW_END];
	unsigned long any_pending;
	u64 pending_since;
	u64 cost_ns;
	u64 cost_records;
	u64 cost_max_ns;
};

static DEFINE_PER_CPU(struct emit_cpu, emit_cpu);

/* The pids whose name stands in the rings already. */
static unsigned long *named_pids;

/**
 * mmscope_lose_many() - count records that could not be made
 * @why: the cause
 * @records: how many
 *
 * Context: any. With preemption on they may be counted for a neighbouring CPU.
 */
void mmscope_lose_many(enum mmscope_how why, unsigned long records)
{
	struct emit_cpu *cpu;

	preempt_disable_notrace();
	cpu = this_cpu_ptr(&emit_cpu);
	this_cpu_add(emit_cpu.lost[why], records);
	if (!cpu->any_pending)
		cpu->pending_since = ktime_get_mono_fast_ns();
	this_cpu_add(emit_cpu.pending[why], records);
	this_cpu_write(emit_cpu.any_pending, 1);
	preempt_enable_notrace();
}

/**
 * mmscope_lose() - count one record that could not be made
 * @why: the cause
 *
 * Context: any.
 */
void mmscope_lose(enum mmscope_how why)
{
	mmscope_lose_many(why, 1);
}

static void emit_head(struct mmscope_slot *slot, enum mmscope_type type,
		      enum mmscope_how how, u64 mm)
{
	struct mmscope_head *head = &slot->record->head;

	head->timestamp = slot->now;
	head->id = type;
	head->how = how;
	head->cpu = raw_smp_processor_id();
	head->pid = current->pid;
	head->tgid = current->tgid;
	head->mm = mm;
	memset(slot->record->own, 0, sizeof(slot->record->own));
}

/*
 * Records that are missing are said before the next one that fits. Somebody who
 * interrupts here finds the counter empty and goes on.
 */
static void emit_pending(struct mmscope_ring *ring)
{
	struct emit_cpu *cpu = this_cpu_ptr(&emit_cpu);
	struct mmscope_slot slot = { .ring = ring };
	unsigned long records;
	unsigned int why;

	this_cpu_write(emit_cpu.any_pending, 0);
	for (why = 0; why < MMSCOPE_HOW_END; why++) {
		records = this_cpu_xchg(emit_cpu.pending[why], 0);
		if (!records)
			continue;
		slot.record =
			mmscope_ring_reserve(ring, &slot.index, &slot.now);
		if (!slot.record) {
			this_cpu_add(emit_cpu.pending[why], records);
			this_cpu_write(emit_cpu.any_pending, 1);
			return;
		}
		emit_head(&slot, MMSCOPE_TYPE_lost, why, 0);
		slot.record->lost = (struct mmscope_own_lost){
			.records = records,
			.since = cpu->pending_since,
		};
		trace_lost(slot.record);
		mmscope_ring_commit(ring, slot.record, slot.index);
	}
}

/**
 * mmscope_pending_loss() - a loss that no record could say yet
 * @cpu: whose
 * @why: the cause to begin with, 0 at first; moved on
 * @take: it is said now and not to be said again; only while not recording
 * @record: gets what the ring had no room for
 *
 * Context: may sleep or not.
 * Return: false if there is no further one.
 */
bool mmscope_pending_loss(unsigned int cpu, unsigned int *why, bool take,
			  struct mmscope_record *record)
{
	struct emit_cpu *from = per_cpu_ptr(&emit_cpu, cpu);
	unsigned long records;

	while (*why < MMSCOPE_HOW_END) {
		records = READ_ONCE(from->pending[*why]);
		if (records && take)
			WRITE_ONCE(from->pending[*why], 0);
		(*why)++;
		if (!records)
			continue;
		memset(record, 0, sizeof(*record));
		record->head.id = MMSCOPE_TYPE_lost;
		record->head.how = *why - 1;
		record->head.cpu = cpu;
		record->head.timestamp = from->pending_since;
		record->lost.records = records;
		record->lost.since = from->pending_since;
		return true;
	}
	return false;
}

/* A task's name, before the first record that needs it. */
static void emit_name(struct mmscope_ring *ring, struct task_struct *task)
{
	struct mmscope_slot slot = { .ring = ring };
	pid_t pid = task->pid;

	if (pid >= PID_MAX_LIMIT || test_and_set_bit(pid, named_pids))
		return;
	slot.record = mmscope_ring_reserve(ring, &slot.index, &slot.now);
	if (!slot.record) {
		/* Not lost: it is told when there is room again. */
		clear_bit(pid, named_pids);
		return;
	}
	emit_head(&slot, MMSCOPE_TYPE_comm, MMSCOPE_HOW_unknown, 0);
	slot.record->head.pid = pid;
	slot.record->head.tgid = task->tgid;
	memcpy(slot.record->comm.name.text, task->comm, TASK_COMM_LEN);
	trace_comm(slot.record);
	mmscope_ring_commit(ring, slot.record, slot.index);
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

	if (ring && mmscope_filter_passes(MMSCOPE_TYPE_comm, mm))
		emit_name(ring, task);
}

/**
 * mmscope_open() - begin a record
 * @slot: gets where to write it
 * @type: what happened
 * @how: how
 * @mm: the mm it is about, or NULL
 *
 * Use mmscope_emit().
 *
 * Context: any, with preemption off.
 * Return: false if nobody wants the record.
 */
bool mmscope_open(struct mmscope_slot *slot, enum mmscope_type type,
		  enum mmscope_how how, struct mmscope_mm *mm)
{
	struct mmscope_ring *ring = this_cpu_read(mmscope_ring);
	pid_t pid = current->pid;

	if (!mmscope_filter_passes(type, mm))
		return false;
	mmscope_ledger_check(mm, type);
	slot->ring = ring;
	if (likely(ring)) {
		if (unlikely(this_cpu_read(emit_cpu.any_pending)))
			emit_pending(ring);
		if (unlikely(!test_bit(pid, named_pids)))
			emit_name(ring, current);
		slot->record =
			mmscope_ring_reserve(ring, &slot->index, &slot->now);
	}
	if (unlikely(!ring || !slot->record)) {
		mmscope_lose(ring ? MMSCOPE_HOW_ring_full : MMSCOPE_HOW_no_ring);
		slot->ring = NULL;
		slot->now = ktime_get_mono_fast_ns();
		slot->record = &slot->scratch;
	}
	emit_head(slot, type, how, mmscope_mm_id(mm));
	return true;
}

static void emit_time_record(u64 since)
{
	struct emit_cpu *cpu = this_cpu_ptr(&emit_cpu);
	u64 ns = ktime_get_mono_fast_ns() - since;

	this_cpu_add(emit_cpu.cost_ns, ns);
	this_cpu_inc(emit_cpu.cost_records);
	if (ns > cpu->cost_max_ns)
		cpu->cost_max_ns = ns;
}

/**
 * mmscope_close() - a record is complete
 * @slot: from mmscope_open()
 *
 * Use mmscope_emit().
 *
 * Context: as mmscope_open(), without preemption in between.
 */
void mmscope_close(struct mmscope_slot *slot)
{
	if (unlikely(!slot->ring))
		return;
	mmscope_ring_commit(slot->ring, slot->record, slot->index);
	if (unlikely(!(slot->index % EMIT_COST_SAMPLE)))
		emit_time_record(slot->now);
}

/**
 * mmscope_emit_totals() - sum up all CPUs
 * @totals: gets the sums; they may be a few records apart from each other
 */
void mmscope_emit_totals(struct mmscope_emit_totals *totals)
{
	unsigned int cpu, why;
	struct emit_cpu *one;

	memset(totals, 0, sizeof(*totals));
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(&emit_cpu, cpu);
		for (why = 0; why < MMSCOPE_HOW_END; why++)
			totals->lost[why] += READ_ONCE(one->lost[why]);
		totals->cost_ns += READ_ONCE(one->cost_ns);
		totals->cost_records += READ_ONCE(one->cost_records);
		totals->cost_max_ns =
			max(totals->cost_max_ns, READ_ONCE(one->cost_max_ns));
	}
}

/**
 * mmscope_names_alloc() - memory for one bit for each possible pid
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_names_alloc(void)
{
	if (!named_pids)
		named_pids = mmscope_alloc(mmscope_names_bytes());
	return named_pids ? 0 : -ENOMEM;
}

/**
 * mmscope_names_free() - give it back; nobody may emit any more
 */
void mmscope_names_free(void)
{
	kvfree(named_pids);
	named_pids = NULL;
}

/**
 * mmscope_names_bytes() - memory that the names take
 */
size_t mmscope_names_bytes(void)
{
	return BITS_TO_LONGS(PID_MAX_LIMIT) * sizeof(long);
}

/**
 * mmscope_names_forget_all() - say every task's name once more
 *
 * Context: may sleep; recording may go on.
 */
void mmscope_names_forget_all(void)
{
	bitmap_zero(named_pids, PID_MAX_LIMIT);
	/* Idle tasks need no telling: pid 0 is swapper. */
	set_bit(0, named_pids);
}

/**
 * mmscope_name_forget() - a task is new or has another name
 * @pid: in the initial pid namespace
 *
 * Context: any.
 */
void mmscope_name_forget(pid_t pid)
{
	if (pid > 0 && pid < PID_MAX_LIMIT)
		clear_bit(pid, named_pids);
}
