/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stacks.h - call stacks, each kept once
 */
#ifndef MMSCOPE_STACKS_H
#define MMSCOPE_STACKS_H

#include <linux/types.h>

#include "base/text.h"

struct pt_regs;
struct seq_file;

int mmscope_stacks_alloc(void);
void mmscope_stacks_free(void);
size_t mmscope_stacks_bytes(void);
u32 mmscope_stack_here(unsigned long address, struct pt_regs *regs);
void mmscope_stack_line(struct seq_file *m, u32 number, unsigned int frames);

extern const struct mmscope_text mmscope_stacks_text;

#endif /* MMSCOPE_STACKS_H */
