/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refs.h - what takes references to an address space, one way after the other
 */
#ifndef REFS_H
#define REFS_H

#include "workload.h"

/* Every way: 0, or -errno where this kernel does not offer it; dies otherwise. */
int ref_proc(void);
int ref_ptrace(void);
int ref_process_vm_readv(void);
int ref_move_pages(void);
int ref_oom_score_adj(void);
int ref_process_mrelease(void);
int ref_userfaultfd(void);
int ref_io_uring(void);
int ref_ksm(void);
int ref_khugepaged(void);
int ref_madvise_collapse(void);
int ref_swapoff(void);

/* refs_victim.c */

/* A child that sleeps until it is ended. */
pid_t ref_victim(void);
/* One page of its: at the same address as here, so of no concern where. */
extern char ref_page[];
void ref_end_victim(pid_t pid);

/* refs_proc.c */

/* Reads files of a process that take its mm; how many could be opened. */
long read_proc_files(pid_t pid);

#endif /* REFS_H */
