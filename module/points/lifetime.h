/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lifetime.h - birth, exec, exit, death and free of every mm
 */
#ifndef MMSCOPE_LIFETIME_H
#define MMSCOPE_LIFETIME_H

#include <linux/types.h>

struct linux_binprm;
struct mm_struct;
struct task_struct;

void mmscope_find_droppers(void);

/* Handlers; points.c says where. */
void mmscope_at_mm_init(unsigned long mm, unsigned long task,
			unsigned long caller);
void mmscope_at_exec_mm_release(unsigned long task, unsigned long mm,
				unsigned long caller);
void mmscope_at_exit_mm_release(unsigned long task, unsigned long mm,
				unsigned long caller);
void mmscope_at_release_by_exec(unsigned long task, unsigned long mm,
				unsigned long caller);
void mmscope_at_release_by_exit(unsigned long task, unsigned long mm,
				unsigned long caller);
void mmscope_on_sched_process_exec(void *data, struct task_struct *task,
				   pid_t old_pid, struct linux_binprm *bprm);
void mmscope_at_setup_new_exec(unsigned long bprm, unsigned long unused,
			       unsigned long caller);
void mmscope_at_exit_mmap(unsigned long mm, unsigned long unused,
			  unsigned long caller);
void mmscope_at_mmdrop(unsigned long mm, unsigned long unused,
		       unsigned long caller);
void mmscope_on_task_rename(void *data, struct task_struct *task,
			    const char *comm);
void mmscope_at_set_task_comm(unsigned long task, unsigned long comm,
			      unsigned long caller);

#endif /* MMSCOPE_LIFETIME_H */
