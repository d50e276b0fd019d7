/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites_text.h - which text is searched for sites
 */
#ifndef MMSCOPE_SITES_TEXT_H
#define MMSCOPE_SITES_TEXT_H

#include <linux/types.h>

#include "ledger/sites.h"

struct module;

bool mmscope_function_is_listed(const char *name);
int mmscope_sites_arm(bool audit);
void mmscope_sites_disarm(void);

/* sites_modules.c */
int mmscope_modules_watch(void);
void mmscope_modules_unwatch(void);
void mmscope_modules_search(void);

#endif /* MMSCOPE_SITES_TEXT_H */
