// SPDX-License-Identifier: GPL-2.0-only
/*
 * points.c - what is wanted, and every way to have it
 *
 * copy_mm, dup_mm and context_switch are inlined in every stock kernel tried
 * (5.10 to 7.3), so each has a stand-in that sees the same fact. Which function
 * calls which is from kernel/fork.c, fs/exec.c, kernel/exit.c and
 * kernel/sched/core.c of those kernels.
 */
#include <linux/mm.h>
#include <trace/events/sched.h>
#include <trace/events/task.h>

#include "base/compat.h"
#include "points/borrow.h"
#include "points/clone.h"
#include "points/lifetime.h"
#include "points/points.h"

#define PROBE_SCHED_SWITCH                                     \
	MMSCOPE_PROBE_OF_SCHED_SWITCH(mmscope_on_sched_switch, \
				      mmscope_on_sched_switch_stateless)
#define PROBE_TASK_NEWTASK                                     \
	MMSCOPE_PROBE_OF_TASK_NEWTASK(mmscope_on_task_newtask, \
				      mmscope_on_task_newtask_long)

/* Never called: it does not compile where a tracepoint passes something else. */
static void __maybe_unused check_probes(void)
{
	check_trace_callback_type_sched_switch(PROBE_SCHED_SWITCH);
	check_trace_callback_type_task_newtask(PROBE_TASK_NEWTASK);
	check_trace_callback_type_sched_process_exec(
		mmscope_on_sched_process_exec);
	check_trace_callback_type_task_rename(mmscope_on_task_rename);
}

#define WAY_TRACEPOINT(name, handler)                                     \
	{                                                                 \
		.method = MMSCOPE_METHOD_TRACEPOINT, .how = "tracepoint", \
		.symbol = name, .probe = handler,                         \
	}
#define WAY_ENTRY(way_how, name, handler)                       \
	{                                                       \
		.method = MMSCOPE_METHOD_ENTRY, .how = way_how, \
		.symbol = name, .entry = handler,               \
	}
#define WAY_RETURN(way_how, name, at_call, at_return)              \
	{                                                          \
		.method = MMSCOPE_METHOD_RETURN, .how = way_how,   \
		.symbol = name, .call = at_call, .ret = at_return, \
	}
#define WAY_BETWEEN(point, other)                                         \
	{                                                                 \
		.method = MMSCOPE_METHOD_BETWEEN, .how = "reconstructed", \
		.symbol = "-", .first = MMSCOPE_POINT_##point,            \
		.last = MMSCOPE_POINT_##other,                            \
	}
#define POINT(id, lost_without, ...)     \
	[MMSCOPE_POINT_##id] = {         \
		.name = #id,             \
		.without = lost_without, \
		.ways = { __VA_ARGS__ }, \
	}

const struct mmscope_want mmscope_wanted[MMSCOPE_POINT_END] = {
	/* do_fork() itself took other arguments, and is older than 5.10. */
	POINT(do_fork, "no fork_begin",
	      WAY_ENTRY("symbol", "kernel_clone", mmscope_at_kernel_clone),
	      WAY_ENTRY("fallback", "_do_fork", mmscope_at_kernel_clone)),
	/*
	 * kernel_clone() does all of its work in copy_process(), and then waits for a
	 * vfork child: a probe of its own return would be taken by each that waits.
	 */
	POINT(copy_process, "no fork_end, no failed clones",
	      WAY_RETURN("symbol", "copy_process", mmscope_at_copy_process,
			 mmscope_at_copy_process_return)),
	/* copy_process() calls copy_namespaces() right after copy_mm(). */
	POINT(copy_mm, "paths are told from the finished task",
	      WAY_RETURN("symbol", "copy_mm", mmscope_at_copy_mm,
			 mmscope_at_copy_mm_return),
	      WAY_ENTRY("reconstructed", "copy_namespaces",
			mmscope_at_copy_namespaces)),
	POINT(dup_mm, "no dup_mm: what a copy cost is not known",
	      WAY_RETURN("symbol", "dup_mm", mmscope_at_dup_mm,
			 mmscope_at_dup_mm_return),
	      WAY_BETWEEN(mm_birth, copy_mm)),
	/* Both are called once for each clone that succeeds, by the parent. */
	POINT(new_task, "a clone is told of when copy_process returns",
	      WAY_TRACEPOINT("task_newtask", PROBE_TASK_NEWTASK),
	      WAY_ENTRY("fallback", "wake_up_new_task",
			mmscope_at_wake_up_new_task)),
	POINT(mm_birth, "no mm_birth: a new mm is found when it is first used",
	      WAY_ENTRY("symbol", "mm_init", mmscope_at_mm_init)),
	POINT(exec_release, "no exit_mm when a task leaves its mm by exec",
	      WAY_ENTRY("symbol", "exec_mm_release",
			mmscope_at_exec_mm_release),
	      WAY_ENTRY("fallback", "mm_exit_exec_release",
			mmscope_at_release_by_exec)),
	/* setup_new_exec() is what a loader calls once the mm is changed. */
	POINT(exec_mm, "no exec_mm",
	      WAY_TRACEPOINT("sched_process_exec",
			     mmscope_on_sched_process_exec),
	      WAY_ENTRY("fallback", "setup_new_exec",
			mmscope_at_setup_new_exec)),
	POINT(exit_mm, "no exit_mm when a task exits",
	      WAY_ENTRY("symbol", "exit_mm_release",
			mmscope_at_exit_mm_release),
	      WAY_ENTRY("fallback", "mm_exit_exec_release",
			mmscope_at_release_by_exit)),
	/* __mmput() calls exit_mmap(), and nobody else does. */
	POINT(mm_dead, "no mm_dead",
	      WAY_ENTRY("reconstructed", "exit_mmap", mmscope_at_exit_mmap),
	      WAY_ENTRY("symbol", "__mmput", mmscope_at_exit_mmap)),
	POINT(mm_free,
	      "no mm_free: an mm is given up when its memory is reused",
	      WAY_ENTRY("symbol", "__mmdrop", mmscope_at_mmdrop)),
	POINT(context_switch, "no borrows",
	      WAY_TRACEPOINT("sched_switch", PROBE_SCHED_SWITCH)),
	/* Where it is missing, the next switch shows another mm than before. */
	POINT(cpu_offline,
	      "a CPU that goes offline keeps its loan until it is off",
	      WAY_ENTRY("symbol", "idle_task_exit", mmscope_at_idle_task_exit),
	      WAY_BETWEEN(context_switch, context_switch)),
	POINT(use_mm, "kthread_use_mm() does not end a borrow",
	      WAY_ENTRY("symbol", "kthread_use_mm", mmscope_at_kthread_use_mm)),
	POINT(unuse_mm, "kthread_unuse_mm() does not begin a borrow",
	      WAY_ENTRY("symbol", "kthread_unuse_mm",
			mmscope_at_kthread_unuse_mm)),
	POINT(task_rename, "names that change are not told",
	      WAY_TRACEPOINT("task_rename", mmscope_on_task_rename),
	      WAY_ENTRY("fallback", "__set_task_comm",
			mmscope_at_set_task_comm)),
};
