/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites_text.h - which text is searched for sites
 */
#ifndef MMSCOPE_SITES_TEXT_H
#define MMSCOPE_SITES_TEXT_H

#include <linux/types.h>

bool mmscope_function_is_listed(const char *name);
int mmscope_sites_arm(bool audit);
void mmscope_sites_disarm(void);

#endif /* MMSCOPE_SITES_TEXT_H */
