/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watch_log.h - one watch, and what it has seen
 */
#ifndef MMSCOPE_WATCH_LOG_H
#define MMSCOPE_WATCH_LOG_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "ledger/sites.h"

struct mm_struct;
struct perf_event;

/* Why a watch is over. */
enum mmscope_watch_state {
	MMSCOPE_WATCH_arming,
	MMSCOPE_WATCH_armed,
	MMSCOPE_WATCH_freed,
	MMSCOPE_WATCH_off,
};

/**
 * struct mmscope_change - one change of one counter
 * @time: ns; written last, 0 until the rest is there
 * @address: of the instruction
 * @pid: whose it was
 * @delta: by how much
 * @cpu: where
 * @counter: enum mmscope_counter
 * @known: @delta is; else the instruction is none that rmw.h knows
 * @comm: whose it was
 */
struct mmscope_change {
	u64 time;
	unsigned long address;
	pid_t pid;
	int delta;
	u16 cpu;
	u8 counter;
	bool known;
	char comm[TASK_COMM_LEN];
};

/**
 * struct mmscope_watch_cpu - a watch on one CPU
 * @events: one for each counter, NULL: none
 */
struct mmscope_watch_cpu {
	struct perf_event *events[MMSCOPE_COUNTERS];
};

/* Changes that the log holds; what comes after them is only counted. */
#define MMSCOPE_WATCH_CHANGES 32768

/**
 * struct mmscope_watch - the ledger of one mm
 * @references: of who may look: the file while it is open, and being the current
 * @mm: whose; not to be followed once @state is past armed
 * @id: of the mm, 0 while it is not known
 * @pid: the process that was named
 * @comm: its name then
 * @state: enum mmscope_watch_state; changes once to armed, once to an end
 * @first: the counters when it was armed
 * @armed: when that was, ns
 * @ended: when it ended, ns; written last of what is about the end
 * @ender: who ended it
 * @ender_comm: its name
 * @hits: changes that have begun to be noted
 * @sums: what the changes of each counter come to
 * @unknown: changes of which the delta is not known
 * @next: how many changes have been logged or lost
 * @changes: the log
 * @uncovered: CPUs that came later and on which there was no register left
 * @cpus: per CPU
 * @node: in the hotplug state
 * @at_free: tells the mm's end
 * @at_hit: arm64: tells a hit
 * @irq_work: from any context to @work
 * @work: takes the watchpoints away
 * @attaching: held while something is attached or detached
 * @attached: what is attached
 */
struct mmscope_watch {
	refcount_t references;
	struct mm_struct *mm;
	u64 id;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	int state;
	int first[MMSCOPE_COUNTERS];
	u64 armed;
	u64 ended;
	pid_t ender;
	char ender_comm[TASK_COMM_LEN];

	atomic64_t hits;
	atomic_t sums[MMSCOPE_COUNTERS];
	atomic64_t unknown;
	atomic64_t next;
	struct mmscope_change *changes;

	struct cpumask uncovered;
	struct mmscope_watch_cpu __percpu *cpus;
	struct hlist_node node;
	struct kprobe at_free;
	struct kprobe at_hit;
	struct irq_work irq_work;
	struct work_struct work;
	/* Held while something is attached or detached. */
	struct mutex attaching;
	struct {
		bool free;
		bool hit;
		bool cpus;
	} attached;
};

atomic_t *mmscope_counter_of(struct mm_struct *mm,
			     enum mmscope_counter counter);
int mmscope_watch_log_alloc(struct mmscope_watch *watch);
void mmscope_watch_log_free(struct mmscope_watch *watch);
void mmscope_watch_log(struct mmscope_watch *watch,
		       enum mmscope_counter counter, unsigned long address,
		       bool known, int delta);
void mmscope_watch_end(struct mmscope_watch *watch,
		       enum mmscope_watch_state why);

#endif /* MMSCOPE_WATCH_LOG_H */
