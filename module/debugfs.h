/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debugfs.h - /sys/kernel/debug/mmscope
 */
#ifndef MMSCOPE_DEBUGFS_H
#define MMSCOPE_DEBUGFS_H

#include <linux/fs.h>

struct seq_file;

int mmscope_debugfs_create(void);
void mmscope_debugfs_remove(void);
int mmscope_may_open(void);

/* One for each file; each in a show_*.c or metadata.c of its own. */
extern const struct file_operations mmscope_events_fops;
void mmscope_mms_show(struct seq_file *m);
void mmscope_stats_show(struct seq_file *m);
void mmscope_metadata_show(struct seq_file *m);

#endif /* MMSCOPE_DEBUGFS_H */
