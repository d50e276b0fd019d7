/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites.h - the instructions that change mm_users and mm_count
 */
#ifndef MMSCOPE_SITES_H
#define MMSCOPE_SITES_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "rmw.h"
#include "site_functions.h"

struct module;
struct seq_file;

/* Stock kernels have some 80 in the listed functions, a big module a handful. */
#define MMSCOPE_MAX_SITES 1024

enum mmscope_counter {
	MMSCOPE_USERS,
	MMSCOPE_COUNT,
	MMSCOPE_COUNTERS,
};

/**
 * struct mmscope_site - one instruction
 * @probe: at it
 * @address: its own
 * @rmw: what it does
 * @label: function+offset, for `probes`, metadata and people
 * @number: in records
 * @counters: bits of enum mmscope_counter: what it may change
 * @role: enum mmscope_site_role: what a change here means
 * @what: what holds, for people; NULL: see @role
 * @owner: the module it is in, NULL: the kernel itself; only ever compared
 * @attached: the probe is there
 * @error: why it is not
 * @missed: changes that earlier probes could not show
 */
struct mmscope_site {
	struct kprobe probe;
	unsigned long address;
	struct mmscope_rmw rmw;
	char label[96];
	unsigned int number;
	u8 counters;
	u8 role;
	const char *what;
	const struct module *owner;
	bool attached;
	int error;
	unsigned long missed;
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

unsigned int mmscope_nr_sites(void);
unsigned int mmscope_sites_refused(void);
const struct mmscope_site *mmscope_site(unsigned int number);
const char *mmscope_site_label(unsigned int site);
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
