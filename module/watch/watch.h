/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watch.h - hardware watchpoints on the counters of one mm: its exact ledger
 */
#ifndef MMSCOPE_WATCH_H
#define MMSCOPE_WATCH_H

#include <linux/types.h>

struct mmscope_watch;

struct mmscope_watch *mmscope_watch_current(void);
u64 mmscope_watch_id(struct mmscope_watch *watch);
void mmscope_watch_put(struct mmscope_watch *watch);
size_t mmscope_watch_bytes(void);
int mmscope_watch_set(char *text);
void mmscope_watch_exit(void);

#endif /* MMSCOPE_WATCH_H */
