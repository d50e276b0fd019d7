/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit_cpu.h - what emit.c and losses.c share of each CPU
 */
#ifndef MMSCOPE_EMIT_CPU_H
#define MMSCOPE_EMIT_CPU_H

#include <linux/percpu.h>

#include "emit/emit.h"

/* Records that can be under way at once: as deep as contexts nest, and more. */
#define EMIT_SLOTS 8

/*
 * What a CPU could not record. Each is counted for good, and waits in `pending`
 * to be said in a record of its own as soon as the ring takes one. In `slots` careful
 * records are made, one inside the other.
 *
 * Not a static per-CPU variable: all modules together have 8 KiB of those.
 */
struct mmscope_emit_cpu {
	unsigned int depth;
	u64 lost[MMSCOPE_HOW_END];
	unsigned long pending[MMSCOPE_HOW_END];
	unsigned long any_pending;
	u64 pending_since;
	u64 cost_ns;
	u64 cost_records;
	u64 cost_max_ns;
	struct mmscope_slot slots[EMIT_SLOTS];
};

/* There while anything is attached, and as long as there are rings. */
extern struct mmscope_emit_cpu __percpu *mmscope_emit_cpu;

#endif /* MMSCOPE_EMIT_CPU_H */
