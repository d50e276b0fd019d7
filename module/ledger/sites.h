/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites.h - the instructions that change mm_users and mm_count
 */
#ifndef MMSCOPE_SITES_H
#define MMSCOPE_SITES_H

#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "base/rmw.h"
#include "shared/site_functions.h"

struct module;

/*
 * Stock kernels have some 85 in the listed functions, and a module that deals with
 * mm's a handful. Room is taken as it is needed, up to this.
 */
#define MMSCOPE_MAX_SITES 16384

/* A site that was hit so often and never at an mm is let go. */
#define MMSCOPE_SITE_STRANGERS 1000

enum mmscope_counter {
	MMSCOPE_USERS,
	MMSCOPE_COUNT,
	MMSCOPE_COUNTERS,
};

/**
 * struct mmscope_place - where an instruction may be that changes a counter
 * @address: of the instruction
 * @rmw: what it does
 * @counters: bits of enum mmscope_counter: what it may change
 * @role: enum mmscope_site_role
 * @what: as in struct mmscope_site
 * @owner: the module, NULL: the kernel itself
 * @left_alone: why no probe may go there; NULL: one may
 */
struct mmscope_place {
	unsigned long address;
	struct mmscope_rmw rmw;
	u8 counters;
	u8 role;
	const char *what;
	const struct module *owner;
	const char *left_alone;
};

/**
 * struct mmscope_site_counts - what one site has come to
 * @takes: times a counter went up by it
 * @puts: times one went down
 * @elsewhere: times another CPU had changed that counter last
 * @others: times it changed something that is no counter of an mm
 */
struct mmscope_site_counts {
	u64 takes;
	u64 puts;
	u64 elsewhere;
	u64 others;
};

/**
 * struct mmscope_site - one instruction
 * @probe: at it
 * @address: its own
 * @rmw: what it does
 * @counts: on each CPU
 * @label: function+offset, for `probes`, metadata and people
 * @number: in records
 * @counters: bits of enum mmscope_counter: what it may change
 * @role: enum mmscope_site_role: what a change here means
 * @what: what holds, for people; NULL: see @role
 * @owner: the module it is in, NULL: the kernel itself; only ever compared
 * @attached: the probe is there
 * @error: why it is not
 * @left_alone: why mmscope does not want it to be there; NULL: it does
 * @at_mm: it has changed a counter of an mm
 * @strangers: how often it has changed something else before that, about
 * @unwanted: to be queued when it has done so MMSCOPE_SITE_STRANGERS times. A handler cannot
 *	queue work itself, as it may have interrupted whoever holds the workqueue's locks
 * @missed: changes that earlier probes could not show
 */
struct mmscope_site {
	struct kprobe probe;
	unsigned long address;
	struct mmscope_rmw rmw;
	struct mmscope_site_counts __percpu *counts;
	char label[96];
	unsigned int number;
	u8 counters;
	u8 role;
	const char *what;
	const struct module *owner;
	bool attached;
	int error;
	const char *left_alone;
	bool at_mm;
	unsigned int strangers;
	struct irq_work *unwanted;
	unsigned long missed;
};

/* Held while sites come or go; taken inside mmscope_mutex. */
extern struct mutex mmscope_sites_mutex;

void mmscope_sites_use(void (*set_handlers)(struct mmscope_site *site));
void mmscope_site_place(const struct mmscope_place *place);
void mmscope_sites_detach(const struct module *owner);
void mmscope_sites_settle(void);
unsigned int mmscope_sites_attached(void);

unsigned int mmscope_nr_sites(void);
unsigned int mmscope_sites_generation(void);
unsigned int mmscope_sites_refused(void);
const struct mmscope_site *mmscope_site(unsigned int number);
const char *mmscope_site_counter(const struct mmscope_site *site);
const char *mmscope_site_kind(const struct mmscope_site *site);
void mmscope_site_count(const struct mmscope_site *site, int delta,
			bool elsewhere);
void mmscope_site_sum(unsigned int number, struct mmscope_site_counts *sum);
unsigned long mmscope_site_missed(const struct mmscope_site *site);
unsigned long mmscope_sites_missed(unsigned long *elsewhere);
size_t mmscope_sites_bytes(void);
void mmscope_sites_clear(void);
void mmscope_sites_free(void);

#endif /* MMSCOPE_SITES_H */
