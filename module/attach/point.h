/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * point.h - the points of the kernel where mmscope looks, and what has become of each
 */
#ifndef MMSCOPE_POINT_H
#define MMSCOPE_POINT_H

#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/tracepoint.h>

/* Each wanted point; points/points.c says how each can be had. */
enum mmscope_point_id {
	MMSCOPE_POINT_do_fork,
	MMSCOPE_POINT_copy_process,
	MMSCOPE_POINT_copy_mm,
	MMSCOPE_POINT_dup_mm,
	MMSCOPE_POINT_new_task,
	MMSCOPE_POINT_mm_birth,
	MMSCOPE_POINT_exec_release,
	MMSCOPE_POINT_exec_mm,
	MMSCOPE_POINT_exit_mm,
	MMSCOPE_POINT_mm_dead,
	MMSCOPE_POINT_mm_free,
	MMSCOPE_POINT_context_switch,
	MMSCOPE_POINT_cpu_offline,
	MMSCOPE_POINT_use_mm,
	MMSCOPE_POINT_unuse_mm,
	MMSCOPE_POINT_task_rename,
	MMSCOPE_POINT_END,
};

/**
 * typedef mmscope_entry_fn - handler at a function's entry
 * @arg0: the function's first argument
 * @arg1: its second
 * @caller: where it was called from
 *
 * Context: whatever the function runs in, with preemption off.
 */
typedef void (*mmscope_entry_fn)(unsigned long arg0, unsigned long arg1,
				 unsigned long caller);

enum mmscope_method {
	/* ways[] ends */
	MMSCOPE_METHOD_NONE,
	/* a tracepoint of the kernel's own */
	MMSCOPE_METHOD_TRACEPOINT,
	/* a function's entry: an ftrace hook if it has one, else a kprobe */
	MMSCOPE_METHOD_ENTRY,
	/* entry and return: a kretprobe */
	MMSCOPE_METHOD_RETURN,
	/* nothing of its own: seen between two other points */
	MMSCOPE_METHOD_BETWEEN,
};

/**
 * struct mmscope_way - one way to have a point
 * @method: how to attach
 * @how: what `probes` calls it: symbol, fallback, reconstructed, tracepoint
 * @symbol: the function or tracepoint
 * @probe: METHOD_TRACEPOINT: the probe
 * @entry: METHOD_ENTRY: the handler
 * @call: METHOD_RETURN: the handler at entry; nonzero: do not look at the return
 * @ret: METHOD_RETURN: the handler at return
 * @first: METHOD_BETWEEN: this point ...
 * @last: ... and this one must be attached
 */
struct mmscope_way {
	enum mmscope_method method;
	const char *how;
	const char *symbol;
	void *probe;
	mmscope_entry_fn entry;
	kretprobe_handler_t call;
	kretprobe_handler_t ret;
	enum mmscope_point_id first;
	enum mmscope_point_id last;
};

#define MMSCOPE_MAX_WAYS 5

/**
 * struct mmscope_want - one point that is wanted
 * @name: what it is called in `probes`
 * @without: what is not seen if it cannot be had
 * @ways: the best first
 */
struct mmscope_want {
	const char *name;
	const char *without;
	struct mmscope_way ways[MMSCOPE_MAX_WAYS];
};

/**
 * struct mmscope_point - what has become of it
 * @want: what is wanted
 * @way: the one that is taken; NULL: none
 * @attached: it is attached now
 * @error: why not, 0 or a negative errno
 * @address: where a probe lands: at the function, or behind its landing pad
 * @function: of the function's first byte
 * @size: of the function
 * @hooked: attached by the ftrace hook
 * @probe: METHOD_ENTRY
 * @retprobe: METHOD_RETURN
 * @tracepoint: METHOD_TRACEPOINT
 * @left_out: the parameter `without` names it
 */
struct mmscope_point {
	const struct mmscope_want *want;
	const struct mmscope_way *way;
	bool attached;
	int error;
	unsigned long address;
	unsigned long function;
	unsigned long size;
	bool hooked;
	struct kprobe probe;
	struct kretprobe retprobe;
	struct tracepoint *tracepoint;
	bool left_out;
};

extern struct mmscope_point mmscope_points[MMSCOPE_POINT_END];

DECLARE_PER_CPU(unsigned long[MMSCOPE_POINT_END], mmscope_hits);

/* Counts for `probes`; one instruction on x86. */
static __always_inline void mmscope_hit(enum mmscope_point_id point)
{
	this_cpu_inc(mmscope_hits[point]);
}

unsigned long mmscope_point_missed(const struct mmscope_point *point);
bool mmscope_point_disarmed(enum mmscope_point_id id);

/**
 * mmscope_point_holds() - whether an address lies in a point's function
 * @id: which point
 * @address: any
 *
 * Context: any. False where the point has no function.
 */
static __always_inline bool mmscope_point_holds(enum mmscope_point_id id,
						unsigned long address)
{
	return address - mmscope_points[id].function < mmscope_points[id].size;
}

#endif /* MMSCOPE_POINT_H */
