/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - whose name stands in the rings already
 */
#ifndef MMSCOPE_NAMES_H
#define MMSCOPE_NAMES_H

#include <linux/types.h>

/* One bit for each pid. There while anything is attached. */
extern unsigned long *mmscope_named_pids;

int mmscope_names_alloc(void);
void mmscope_names_free(void);
size_t mmscope_names_bytes(void);
void mmscope_names_forget_all(void);
void mmscope_name_forget(pid_t pid);

#endif /* MMSCOPE_NAMES_H */
