/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * site_change.h - what happens at a site
 */
#ifndef MMSCOPE_SITE_CHANGE_H
#define MMSCOPE_SITE_CHANGE_H

struct mmscope_site;

void mmscope_site_set_handlers(struct mmscope_site *site);

#endif /* MMSCOPE_SITE_CHANGE_H */
