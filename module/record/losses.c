// SPDX-License-Identifier: GPL-2.0-only
/*
 * losses.c - records that could not be made: counted, and said when there is room
 */
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/recording.h"
#include "record/losses.h"
#include "record/ring.h"

struct mmscope_losses __percpu *mmscope_losses;

/**
 * mmscope_lose_many() - count records that could not be made
 * @why: the cause
 * @records: how many
 *
 * Context: any. With preemption on they may be counted for a neighbouring CPU.
 */
void mmscope_lose_many(enum mmscope_how why, unsigned long records)
{
	struct mmscope_losses *cpu;

	preempt_disable_notrace();
	cpu = this_cpu_ptr(mmscope_losses);
	this_cpu_add(mmscope_losses->lost[why], records);
	if (!cpu->any_pending)
		cpu->pending_since = mmscope_now();
	this_cpu_add(mmscope_losses->pending[why], records);
	this_cpu_write(mmscope_losses->any_pending, 1);
	/* The next record says it first. */
	this_cpu_write(mmscope_ready, &mmscope_no_ring);
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

static void loss_fill(struct mmscope_record *record, unsigned int cpu,
		      unsigned int why, unsigned long records)
{
	u64 since = per_cpu_ptr(mmscope_losses, cpu)->pending_since;

	memset(record, 0, sizeof(*record));
	record->head.id = MMSCOPE_TYPE_lost;
	record->head.how = why;
	record->head.cpu = cpu;
	record->head.timestamp = since;
	record->lost.records = records;
	record->lost.since = since;
}

/**
 * mmscope_pending_loss() - a loss that no record could say yet
 * @cpu: whose
 * @why: the cause to begin with, 0 at first; moved on
 * @told: how much of each was said before; brought up to date
 * @record: gets what the ring had no room for
 *
 * Only what has come since is said.
 *
 * Context: may sleep or not; the rings are held.
 * Return: false if there is no further one.
 */
bool mmscope_pending_loss(unsigned int cpu, unsigned int *why,
			  unsigned long told[MMSCOPE_HOW_END],
			  struct mmscope_record *record)
{
	unsigned long records, before;

	for (; mmscope_losses && *why < MMSCOPE_HOW_END; (*why)++) {
		records = READ_ONCE(
			per_cpu_ptr(mmscope_losses, cpu)->pending[*why]);
		before = told[*why];
		told[*why] = records;
		/* Fewer: a record has said those before, and more are lost. */
		if (records < before)
			before = 0;
		if (records == before)
			continue;
		loss_fill(record, cpu, (*why)++, records - before);
		return true;
	}
	return false;
}

/**
 * mmscope_take_loss() - a loss that no record could say, and that is said now
 * @cpu: whose
 * @record: gets it
 *
 * Context: may sleep or not; not while recording, the rings are held.
 * Return: false if there is none.
 */
bool mmscope_take_loss(unsigned int cpu, struct mmscope_record *record)
{
	struct mmscope_losses *from;
	unsigned int why;

	if (!mmscope_losses)
		return false;
	from = per_cpu_ptr(mmscope_losses, cpu);
	for (why = 0; why < MMSCOPE_HOW_END; why++) {
		if (!from->pending[why])
			continue;
		loss_fill(record, cpu, why, from->pending[why]);
		from->pending[why] = 0;
		return true;
	}
	return false;
}

static void loss_return(void *data)
{
	const struct mmscope_record *record = data;

	this_cpu_add(mmscope_losses->pending[record->head.how],
		     record->lost.records);
	this_cpu_write(mmscope_losses->any_pending, 1);
	this_cpu_write(mmscope_ready, &mmscope_no_ring);
}

/**
 * mmscope_return_loss() - a loss has not been said after all
 * @record: from mmscope_take_loss()
 * @recording: what is attached may make records of that CPU
 *
 * Context: may sleep; under mmscope_mutex, so that @recording stays as it is.
 */
void mmscope_return_loss(struct mmscope_record *record, bool recording)
{
	unsigned int cpu = record->head.cpu;
	struct mmscope_losses *to = per_cpu_ptr(mmscope_losses, cpu);

	if (recording &&
	    !smp_call_function_single(cpu, loss_return, record, true))
		return;
	/* That CPU is off, or nobody writes. */
	to->pending[record->head.how] += record->lost.records;
	to->any_pending = 1;
	per_cpu(mmscope_ready, cpu) = &mmscope_no_ring;
}

/**
 * mmscope_losses_sum() - sum up all CPUs
 * @lost: gets the sums by cause; they may be a few records apart from each other
 *
 * What readers of the rings found overwritten is not among them.
 */
void mmscope_losses_sum(u64 lost[MMSCOPE_HOW_END])
{
	struct mmscope_losses *one;
	unsigned int cpu, why;

	memset(lost, 0, MMSCOPE_HOW_END * sizeof(*lost));
	if (!mmscope_losses)
		return;
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(mmscope_losses, cpu);
		for (why = 0; why < MMSCOPE_HOW_END; why++)
			lost[why] += READ_ONCE(one->lost[why]);
	}
}

/**
 * mmscope_losses_alloc() - memory for what each CPU could not record
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_losses_alloc(void)
{
	if (!mmscope_losses)
		mmscope_losses =
			alloc_percpu_gfp(struct mmscope_losses, MMSCOPE_GFP);
	return mmscope_losses ? 0 : -ENOMEM;
}

/**
 * mmscope_losses_free() - give it back; nobody may emit or read any more
 */
void mmscope_losses_free(void)
{
	free_percpu(mmscope_losses);
	mmscope_losses = NULL;
}

/**
 * mmscope_losses_bytes() - memory that it takes
 */
size_t mmscope_losses_bytes(void)
{
	return mmscope_losses ? num_possible_cpus() * sizeof(*mmscope_losses) :
				0;
}
