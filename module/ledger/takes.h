/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * takes.h - who took a reference and has not given it back
 */
#ifndef MMSCOPE_TAKES_H
#define MMSCOPE_TAKES_H

#include <linux/sched.h>

#include "ledger/account.h"
#include "shared/window.h"

/**
 * struct mmscope_take - one reference that somebody holds
 * @since: ns
 * @by: the site where it was taken; NULL if it is no reference
 * @stack: the calls that led there, 0: not kept
 * @pid: who took it
 * @counter: which counter
 * @leaving: no reference: that task is about to give up its share of mm_users
 * @comm: who took it
 */
struct mmscope_take {
	u64 since;
	const struct mmscope_site *by;
	u32 stack;
	pid_t pid;
	u8 counter;
	bool leaving;
	char comm[TASK_COMM_LEN];
};

int mmscope_takes_alloc(void);
void mmscope_takes_free(void);
void mmscope_takes_clear(void);
size_t mmscope_takes_bytes(void);
u32 mmscope_takes_change(struct mmscope_account *account,
			 enum mmscope_counter counter, int delta,
			 const struct mmscope_site *site,
			 const struct mm_struct *mm, struct pt_regs *regs,
			 u64 now);
void mmscope_takes_leave(struct mmscope_account *account);
void mmscope_takes_forget(struct mmscope_account *account);
bool mmscope_take_copy(u64 mm, unsigned int n, struct mmscope_take *copy);

#endif /* MMSCOPE_TAKES_H */
