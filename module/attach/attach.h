/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach.h - find the points, attach to them, let go of them
 */
#ifndef MMSCOPE_ATTACH_H
#define MMSCOPE_ATTACH_H

#include "attach/point.h"

bool mmscope_list_has(const char *list, const char *word);
int mmscope_points_resolve(const struct mmscope_want *wanted, bool kprobes_only,
			   const char *without);
int mmscope_points_attach(unsigned int max_clones);
void mmscope_points_detach(void);

#endif /* MMSCOPE_ATTACH_H */
