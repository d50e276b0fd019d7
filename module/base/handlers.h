/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * handlers.h - waiting for handlers
 */
#ifndef MMSCOPE_HANDLERS_H
#define MMSCOPE_HANDLERS_H

#include <linux/cpu.h>
#include <linux/rcupdate.h>

/**
 * mmscope_wait_for_handlers() - until no handler runs that began before this
 *
 * Handlers run with preemption off, which RCU waits for; but not on a CPU that goes
 * offline: before 7.0 idle_task_exit() is called there after RCU has written the
 * CPU off (do_idle(), cpuhp_report_idle_dead()). The CPU hotplug lock is held until such
 * a CPU is dead. A tracepoint of ours does not fire on it: each asks cpu_online().
 *
 * Context: may sleep; not in a callback of CPU hotplug.
 */
static inline void mmscope_wait_for_handlers(void)
{
	synchronize_rcu();
	cpus_read_lock();
	cpus_read_unlock();
}

#endif /* MMSCOPE_HANDLERS_H */
