/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook.h - one ftrace hook for all functions
 */
#ifndef MMSCOPE_HOOK_H
#define MMSCOPE_HOOK_H

#include "attach/point.h"

void mmscope_hooks_init(void);
int mmscope_hook_add(enum mmscope_point_id id, unsigned long address,
		     unsigned long function, unsigned long size,
		     mmscope_entry_fn entry);
bool mmscope_hooks_attach(void);
void mmscope_hooks_detach(void);

#endif /* MMSCOPE_HOOK_H */
