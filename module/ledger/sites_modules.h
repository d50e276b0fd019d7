/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites_modules.h - the sites in modules
 */
#ifndef MMSCOPE_SITES_MODULES_H
#define MMSCOPE_SITES_MODULES_H

int mmscope_modules_watch(void);
void mmscope_modules_unwatch(void);
void mmscope_modules_search(void);

#endif /* MMSCOPE_SITES_MODULES_H */
