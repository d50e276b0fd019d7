/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook.h - the ftrace hook, one for all functions
 */
#ifndef MMSCOPE_HOOK_H
#define MMSCOPE_HOOK_H

#include "attach/attach.h"

void mmscope_hooks_init(void);
bool mmscope_hook_add(struct mmscope_point *point);
void mmscope_hooks_attach(void);
void mmscope_hooks_detach(void);

#endif /* MMSCOPE_HOOK_H */
