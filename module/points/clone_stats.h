/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clone_stats.h - clones by path and kind, for the file `forks`
 */
#ifndef MMSCOPE_CLONE_STATS_H
#define MMSCOPE_CLONE_STATS_H

#include <linux/types.h>

#include "base/text.h"
#include "shared/record.h"

struct mm_struct;

/**
 * struct mmscope_clone_result - what copy_mm() came to
 * @path: none, share, dup; unknown until copy_mm() is done
 * @new_mm: id of the child's mm
 * @copy_ns: what the copy took
 * @users: mm_users of the child's mm, right after the decision
 * @count: mm_count
 * @vmas: of the copy
 * @pages: resident in the copy
 * @pgtable_pages: of the copy
 */
struct mmscope_clone_result {
	enum mmscope_how path;
	u64 new_mm;
	u64 copy_ns;
	int users;
	int count;
	u32 vmas;
	u32 pages;
	u32 pgtable_pages;
};

int mmscope_clone_stats_alloc(void);
void mmscope_clone_stats_free(void);
size_t mmscope_clone_stats_bytes(void);
void mmscope_clone_result(struct mmscope_clone_result *result,
			  struct mm_struct *mm);
void mmscope_clone_count_ok(enum mmscope_how kind,
			    const struct mmscope_clone_result *result);
void mmscope_clone_count_failed(enum mmscope_how kind,
				const struct mmscope_clone_result *result);
void mmscope_clone_count_time(enum mmscope_how kind,
			      const struct mmscope_clone_result *result,
			      u64 ns);
void mmscope_clone_count_wait(enum mmscope_how path, u64 ns);

extern const struct mmscope_text mmscope_clone_stats_text;

#endif /* MMSCOPE_CLONE_STATS_H */
