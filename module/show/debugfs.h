/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debugfs.h - /sys/kernel/debug/mmscope
 */
#ifndef MMSCOPE_DEBUGFS_H
#define MMSCOPE_DEBUGFS_H

#include <linux/fs.h>

int mmscope_debugfs_create(void);
void mmscope_debugfs_remove(void);

extern const struct file_operations mmscope_events_fops;
extern const struct file_operations mmscope_watch_fops;

#endif /* MMSCOPE_DEBUGFS_H */
