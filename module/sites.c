// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites.c - find the instructions that change mm_users and mm_count, and probe them
 *
 * Their text is read as it is now, after the kernel has patched itself. What the
 * decoder takes for an instruction may be the middle of another one:
 * register_kprobe() knows, as it decodes each function from its start, and
 * refuses with -EILSEQ. What the instruction changes may be another structure's
 * counter at the same offset: the handler knows, as it looks the address up among
 * the known mm's.
 */
#include <linux/bits.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "ledger.h"
#include "memory.h"
#include "sites.h"
#include "sites_text.h"

/* Written under sites_mutex; a site is complete before its number exists. */
static struct mmscope_site *sites[MMSCOPE_MAX_SITES];
static struct mmscope_site_counts __percpu *site_counts[MMSCOPE_MAX_SITES];
static unsigned int nr_sites;
static unsigned int nr_refused;
DEFINE_MUTEX(mmscope_sites_mutex);

/* ---- handlers: in whatever context the instruction is, preemption off ---- */

static __always_inline struct mmscope_mm *
site_mm(const struct mmscope_site *site, unsigned long address,
	enum mmscope_counter *counter)
{
	struct mmscope_mm *mm;

	if (site->counters & BIT(MMSCOPE_USERS)) {
		mm = mmscope_mm_find(
			(void *)(address -
				 offsetof(struct mm_struct, mm_users)));
		*counter = MMSCOPE_USERS;
		if (mm)
			return mm;
	}
	if (!(site->counters & BIT(MMSCOPE_COUNT)))
		return NULL;
	*counter = MMSCOPE_COUNT;
	return mmscope_mm_find(
		(void *)(address - offsetof(struct mm_struct, mm_count)));
}

static void site_changes(const struct mmscope_site *site, unsigned long address,
			 int delta, struct pt_regs *regs)
{
	enum mmscope_counter counter;
	struct mmscope_mm *mm = site_mm(site, address, &counter);

	if (likely(mm))
		mmscope_transition(mm, counter, delta, site, regs);
	else
		this_cpu_inc(site_counts[site->number - 1]->others);
}

static int site_hit(struct kprobe *probe, struct pt_regs *regs)
{
	struct mmscope_site *site =
		container_of(probe, struct mmscope_site, probe);

	site_changes(site, mmscope_rmw_address(&site->rmw, regs),
		     mmscope_rmw_delta(&site->rmw, regs), regs);
	return 0;
}
NOKPROBE_SYMBOL(site_hit);

/*
 * A cmpxchg changes the counter or does not, and its loop tries again. Where the
 * instruction leaves behind what it found, that is known right after it. Between
 * the two handlers nothing else can be probed on this CPU, NMIs included.
 */
static DEFINE_PER_CPU(int, cmpxchg_expected);
static DEFINE_PER_CPU(int, cmpxchg_delta);

static int site_before(struct kprobe *probe, struct pt_regs *regs)
{
	struct mmscope_site *site =
		container_of(probe, struct mmscope_site, probe);

	this_cpu_write(cmpxchg_expected,
		       mmscope_rmw_expected(&site->rmw, regs));
	this_cpu_write(cmpxchg_delta, mmscope_rmw_delta(&site->rmw, regs));
	return 0;
}
NOKPROBE_SYMBOL(site_before);

static void site_after(struct kprobe *probe, struct pt_regs *regs,
		       unsigned long flags)
{
	struct mmscope_site *site =
		container_of(probe, struct mmscope_site, probe);

	if (mmscope_rmw_previous(&site->rmw, regs) ==
	    this_cpu_read(cmpxchg_expected))
		site_changes(site, mmscope_rmw_address(&site->rmw, regs),
			     this_cpu_read(cmpxchg_delta), regs);
}
NOKPROBE_SYMBOL(site_after);

/* A loop of loads and stores: what it will find can only be looked at before. */
static int site_loop(struct kprobe *probe, struct pt_regs *regs)
{
	struct mmscope_site *site =
		container_of(probe, struct mmscope_site, probe);
	unsigned long address = mmscope_rmw_address(&site->rmw, regs);
	int now;

	if (!copy_from_kernel_nofault(&now, (void *)address, sizeof(now)) &&
	    now == mmscope_rmw_expected(&site->rmw, regs))
		site_changes(site, address, mmscope_rmw_delta(&site->rmw, regs),
			     regs);
	return 0;
}
NOKPROBE_SYMBOL(site_loop);

/* Its presence keeps a probe from being optimized; see below. */
static void site_nothing_after(struct kprobe *probe, struct pt_regs *regs,
			       unsigned long flags)
{
}
NOKPROBE_SYMBOL(site_nothing_after);

static void site_set_handlers(struct mmscope_site *site)
{
	const struct mmscope_rmw *rmw = &site->rmw;

	site->probe.pre_handler = site_hit;
	if (rmw->kind == MMSCOPE_RMW_CMPXCHG &&
	    rmw->previous == rmw->expected) {
		site->probe.pre_handler = site_before;
		site->probe.post_handler = site_after;
	} else if (rmw->kind == MMSCOPE_RMW_CMPXCHG) {
		site->probe.pre_handler = site_loop;
	} else if (site->role == MMSCOPE_ROLE_HOLDER) {
		/* The kernel cannot walk the stack out of an optimized probe. */
		site->probe.post_handler = site_nothing_after;
	}
}

/* ---- finding and attaching, under sites_mutex ---- */

/* A module that is loaded again may lie elsewhere, itself and its text. */
static struct mmscope_site *site_known(const struct mmscope_place *place,
				       const char *label)
{
	unsigned int i;

	for (i = 0; i < nr_sites; i++)
		if (!sites[i]->owner == !place->owner &&
		    sites[i]->counters == place->counters &&
		    (place->owner ? !strcmp(sites[i]->label, label) :
				    sites[i]->address == place->address))
			return sites[i];
	return NULL;
}

static struct mmscope_site *site_new(void)
{
	struct mmscope_site *site;

	if (nr_sites == MMSCOPE_MAX_SITES)
		return NULL;
	site = kzalloc(sizeof(*site), GFP_KERNEL);
	if (!site)
		return NULL;
	site_counts[nr_sites] =
		alloc_percpu_gfp(struct mmscope_site_counts, MMSCOPE_GFP);
	if (!site_counts[nr_sites]) {
		kfree(site);
		return NULL;
	}
	site->number = nr_sites + 1;
	return site;
}

static void site_discard(struct mmscope_site *site)
{
	free_percpu(site_counts[site->number - 1]);
	site_counts[site->number - 1] = NULL;
	kfree(site);
}

/* MODULE:function+offset, without MODULE in the kernel itself: one word of a line. */
static void site_label(char *label, size_t size, unsigned long address)
{
	char symbol[KSYM_SYMBOL_LEN], *module;

	/* function+offset/size [MODULE] */
	sprint_symbol(symbol, address);
	module = strstr(symbol, " [");
	if (module) {
		module += 2;
		module[strcspn(module, "]")] = '\0';
	}
	symbol[strcspn(symbol, "/ ")] = '\0';
	snprintf(label, size, "%s%s%s", module ? module : "", module ? ":" : "",
		 symbol);
}

/**
 * mmscope_site_place() - attach to one instruction
 * @place: where, and what it does
 *
 * One that was attached to before keeps its number.
 *
 * Context: may sleep; under mmscope_sites_mutex.
 */
void mmscope_site_place(const struct mmscope_place *place)
{
	char label[sizeof_field(struct mmscope_site, label)];
	struct mmscope_site *site;
	bool known;

	site_label(label, sizeof(label), place->address);
	site = site_known(place, label);
	if (site && site->attached)
		return;
	known = site;
	if (!site)
		site = site_new();
	if (!site) {
		nr_refused++;
		return;
	}
	site->address = place->address;
	site->rmw = place->rmw;
	site->counters = place->counters;
	site->role = place->role;
	site->what = place->what;
	site->owner = place->owner;
	strscpy(site->label, label, sizeof(site->label));
	memset(&site->probe, 0, sizeof(site->probe));
	site->probe.addr = (kprobe_opcode_t *)place->address;
	site_set_handlers(site);
	site->error = register_kprobe(&site->probe);
	site->attached = !site->error;
	if (known)
		return;
	if (site->error == -EILSEQ) {
		site_discard(site);
		return;
	}
	sites[nr_sites] = site;
	/* Whoever reads the number finds the site. */
	smp_store_release(&nr_sites, nr_sites + 1);
}

/**
 * mmscope_sites_detach() - let go of all instructions of a module, or of all
 * @owner: the module; NULL: all there are
 *
 * Context: may sleep; under mmscope_sites_mutex. No handler of theirs runs when
 * it returns.
 */
void mmscope_sites_detach(const struct module *owner)
{
	struct kprobe **probes;
	unsigned int i;
	int n = 0;

	probes = kcalloc(nr_sites + 1, sizeof(*probes), GFP_KERNEL);
	for (i = 0; i < nr_sites; i++) {
		if (!sites[i]->attached || (owner && sites[i]->owner != owner))
			continue;
		sites[i]->missed += sites[i]->probe.nmissed;
		sites[i]->attached = false;
		if (probes)
			probes[n++] = &sites[i]->probe;
		else
			unregister_kprobe(&sites[i]->probe);
	}
	unregister_kprobes(probes, n);
	kfree(probes);
}

/**
 * mmscope_sites_clear() - begin to count anew; the sites and their numbers stay
 *
 * Context: may sleep; nothing is attached.
 */
void mmscope_sites_clear(void)
{
	unsigned int i;
	int cpu;

	for (i = 0; i < nr_sites; i++) {
		sites[i]->missed = 0;
		for_each_possible_cpu(cpu)
			memset(per_cpu_ptr(site_counts[i], cpu), 0,
			       sizeof(*site_counts[i]));
	}
}

/**
 * mmscope_sites_free() - forget all sites
 *
 * Context: may sleep; nothing is attached, and nobody reads.
 */
void mmscope_sites_free(void)
{
	while (nr_sites)
		site_discard(sites[--nr_sites]);
	nr_refused = 0;
}

/* ---- what others ask ---- */

/**
 * mmscope_nr_sites() - sites have the numbers from 1 to this
 */
unsigned int mmscope_nr_sites(void)
{
	/* Pairs with the release in mmscope_site_place(). */
	return smp_load_acquire(&nr_sites);
}

/**
 * mmscope_sites_refused() - instructions there was no room for
 */
unsigned int mmscope_sites_refused(void)
{
	return nr_refused;
}

/**
 * mmscope_site() - one site
 * @number: as in records
 *
 * Return: the site, NULL if there is none. It stays until the module goes.
 */
const struct mmscope_site *mmscope_site(unsigned int number)
{
	return number && number <= mmscope_nr_sites() ? sites[number - 1] :
							NULL;
}

/**
 * mmscope_site_label() - function+offset of a site
 * @site: its number
 *
 * Return: the text, NULL if there is no such site.
 */
const char *mmscope_site_label(unsigned int site)
{
	const struct mmscope_site *found = mmscope_site(site);

	return found ? found->label : NULL;
}

/**
 * mmscope_site_counter() - which counter a site changes
 * @site: which
 */
const char *mmscope_site_counter(const struct mmscope_site *site)
{
	if (site->counters == BIT(MMSCOPE_USERS))
		return "users";
	return site->counters == BIT(MMSCOPE_COUNT) ? "count" : "either";
}

/**
 * mmscope_site_kind() - how a site is probed at this moment
 * @site: which
 */
const char *mmscope_site_kind(const struct mmscope_site *site)
{
	return site->attached ? mmscope_probe_kind(&site->probe) : "-";
}

/**
 * mmscope_site_count() - a site has changed a counter
 * @site: which
 * @delta: by how much
 * @elsewhere: another CPU had changed it last
 *
 * Context: any, with preemption off.
 */
void mmscope_site_count(const struct mmscope_site *site, int delta,
			bool elsewhere)
{
	struct mmscope_site_counts __percpu *counts =
		site_counts[site->number - 1];

	if (delta > 0)
		this_cpu_add(counts->takes, delta);
	else
		this_cpu_add(counts->puts, -delta);
	if (elsewhere)
		this_cpu_inc(counts->elsewhere);
}

/**
 * mmscope_site_sum() - what a site has come to
 * @number: which
 * @sum: its counts are added here
 */
void mmscope_site_sum(unsigned int number, struct mmscope_site_counts *sum)
{
	const struct mmscope_site_counts *counts;
	int cpu;

	for_each_possible_cpu(cpu) {
		counts = per_cpu_ptr(site_counts[number - 1], cpu);
		sum->takes += READ_ONCE(counts->takes);
		sum->puts += READ_ONCE(counts->puts);
		sum->elsewhere += READ_ONCE(counts->elsewhere);
		sum->others += READ_ONCE(counts->others);
	}
}

/**
 * mmscope_site_missed() - how often a site's probe could not show what it did
 * @site: which
 *
 * The kernel passes over a probe that is hit while another one's handler runs on
 * the same CPU, as an interrupt may do.
 */
unsigned long mmscope_site_missed(const struct mmscope_site *site)
{
	return site->missed + (site->attached ? site->probe.nmissed : 0);
}

/**
 * mmscope_sites_missed() - the same for all sites
 * @elsewhere: gets what was missed at sites that have never changed an mm
 *
 * Return: what was missed at all others.
 */
unsigned long mmscope_sites_missed(unsigned long *elsewhere)
{
	struct mmscope_site_counts counts;
	unsigned long missed = 0;
	unsigned int n;

	*elsewhere = 0;
	for (n = 1; n <= mmscope_nr_sites(); n++) {
		memset(&counts, 0, sizeof(counts));
		mmscope_site_sum(n, &counts);
		if (counts.takes || counts.puts)
			missed += mmscope_site_missed(mmscope_site(n));
		else
			*elsewhere += mmscope_site_missed(mmscope_site(n));
	}
	return missed;
}

/**
 * mmscope_sites_bytes() - memory that the sites take
 */
size_t mmscope_sites_bytes(void)
{
	return mmscope_nr_sites() *
	       (sizeof(struct mmscope_site) +
		num_possible_cpus() * sizeof(struct mmscope_site_counts));
}
