/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clone.h - what becomes of each clone, from kernel_clone's entry to its return
 */
#ifndef MMSCOPE_CLONE_H
#define MMSCOPE_CLONE_H

#include <linux/kprobes.h>

#include "base/compat.h"

struct mm_struct;

/* Handlers; points.c says where. */
void mmscope_at_kernel_clone(unsigned long args, unsigned long unused,
			     unsigned long caller);
int mmscope_at_copy_process(struct kretprobe_instance *ri,
			    struct pt_regs *regs);
int mmscope_at_copy_process_return(struct kretprobe_instance *ri,
				   struct pt_regs *regs);
int mmscope_at_copy_mm(struct kretprobe_instance *ri, struct pt_regs *regs);
int mmscope_at_copy_mm_return(struct kretprobe_instance *ri,
			      struct pt_regs *regs);
int mmscope_at_dup_mm(struct kretprobe_instance *ri, struct pt_regs *regs);
int mmscope_at_dup_mm_return(struct kretprobe_instance *ri,
			     struct pt_regs *regs);
void mmscope_at_copy_namespaces(unsigned long flags, unsigned long child,
				unsigned long caller);
void mmscope_on_task_newtask(void *data, struct task_struct *child, u64 flags);
void mmscope_on_task_newtask_long(void *data, struct task_struct *child,
				  unsigned long flags);
void mmscope_at_wake_up_new_task(unsigned long child, unsigned long unused,
				 unsigned long caller);

/* From control.c. */
void mmscope_clones_begin(void);
void mmscope_clones_missed(void);

/* From lifetime.c: mm_init() has begun on the copy that this clone makes. */
void mmscope_clone_birth(u64 new_mm, u64 now);

#endif /* MMSCOPE_CLONE_H */
