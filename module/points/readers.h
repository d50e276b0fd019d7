/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * readers.h - who reads the files cpuN
 */
#ifndef MMSCOPE_READERS_H
#define MMSCOPE_READERS_H

#include <linux/list.h>
#include <linux/types.h>

struct mm_struct;
struct pid;

/**
 * struct mmscope_reader - who has one cpuN open
 * @list: all of them
 * @cpu: whose records
 * @pid: the process that read last, or opened it; the doings of its mm are not recorded
 * @mm: where that mm is; not to be followed, and not held: the ledger would see it
 * @id: which one it is; 0: not recorded, or not known
 */
struct mmscope_reader {
	struct list_head list;
	unsigned int cpu;
	struct pid *pid;
	struct mm_struct *mm;
	u64 id;
};

int mmscope_reader_add(struct mmscope_reader *reader, unsigned int cpu);
void mmscope_reader_remove(struct mmscope_reader *reader);
void mmscope_reader_reads(struct mmscope_reader *reader);
void mmscope_readers_mark(void);

#endif /* MMSCOPE_READERS_H */
