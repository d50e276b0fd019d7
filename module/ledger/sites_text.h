/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites_text.h - functions of the kernel that are searched for sites: those of
 * site_functions.c and of the parameter `functions`
 */
#ifndef MMSCOPE_SITES_TEXT_H
#define MMSCOPE_SITES_TEXT_H

#include <linux/types.h>

bool mmscope_function_is_listed(const char *name);
int mmscope_sites_arm(bool audit);
void mmscope_sites_disarm(void);

#endif /* MMSCOPE_SITES_TEXT_H */
