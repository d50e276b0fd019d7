/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites_text.h - which text is searched for sites
 */
#ifndef MMSCOPE_SITES_TEXT_H
#define MMSCOPE_SITES_TEXT_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "rmw.h"

struct module;

/**
 * struct mmscope_place - where an instruction may be that changes a counter
 * @address: of the instruction
 * @rmw: what it does
 * @counters: bits of enum mmscope_counter: what it may change
 * @role: enum mmscope_site_role
 * @what: as in struct mmscope_site
 * @owner: the module, NULL: the kernel itself
 */
struct mmscope_place {
	unsigned long address;
	struct mmscope_rmw rmw;
	u8 counters;
	u8 role;
	const char *what;
	const struct module *owner;
};

/* Held while sites come or go; taken inside mmscope_mutex. */
extern struct mutex mmscope_sites_mutex;

void mmscope_site_place(const struct mmscope_place *place);
void mmscope_sites_detach(const struct module *owner);

bool mmscope_function_is_listed(const char *name);
int mmscope_sites_arm(bool audit);
void mmscope_sites_disarm(void);

#endif /* MMSCOPE_SITES_TEXT_H */
