// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites.c - the sites there are, and their probes
 *
 * Their text is read as it is now, after the kernel has patched itself. What the
 * decoder takes for an instruction may be the middle of another one:
 * register_kprobe() knows, as it decodes each function from its start, and
 * refuses with -EILSEQ.
 */
#include <linux/bits.h>
#include <linux/irq_work.h>
#include <linux/kallsyms.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/recording.h"
#include "ledger/sites.h"
#include "shared/record_fields.h"

/* Pointers to sites come in pieces of a page, so that none ever moves. */
#define SITES_A_PIECE (PAGE_SIZE / sizeof(struct mmscope_site *))

/* Written under sites_mutex; a site is complete before its number exists. */
static struct mmscope_site **pieces[MMSCOPE_MAX_SITES / SITES_A_PIECE];
static unsigned int nr_sites;
static unsigned int nr_refused;
static unsigned int generation;
static struct irq_work unwanted_irq_work;
/* Puts the handlers into a site's probe; from mmscope_sites_use(). */
static void (*set_handlers)(struct mmscope_site *site);
/* Held while sites come or go; inside mmscope_mutex. */
DEFINE_MUTEX(mmscope_sites_mutex);

static struct mmscope_site *site_at(unsigned int index)
{
	return pieces[index / SITES_A_PIECE][index % SITES_A_PIECE];
}

/* ---- finding and attaching, under sites_mutex ---- */

/* Why a site has no probe: see mmscope_text_may_change(). */
static const char text_may_change[] =
	"left alone: the kernel rewrites this LOCK prefix when a second CPU comes";

/* A module that is loaded again may lie elsewhere, itself and its text. */
static struct mmscope_site *site_known(const struct mmscope_place *place,
				       const char *label)
{
	struct mmscope_site *site;
	unsigned int i;

	for (i = 0; i < nr_sites; i++) {
		site = site_at(i);
		if (!site->owner == !place->owner &&
		    site->counters == place->counters &&
		    (place->owner ? !strcmp(site->label, label) &&
					    (!site->attached ||
					     site->address == place->address) :
				    site->address == place->address))
			return site;
	}
	return NULL;
}

static struct mmscope_site *site_new(void)
{
	struct mmscope_site ***piece = &pieces[nr_sites / SITES_A_PIECE];
	struct mmscope_site *site;

	if (nr_sites == MMSCOPE_MAX_SITES)
		return NULL;
	if (!*piece)
		*piece = kcalloc(SITES_A_PIECE, sizeof(**piece), MMSCOPE_GFP);
	if (!*piece)
		return NULL;
	site = kzalloc(sizeof(*site), MMSCOPE_GFP);
	if (!site)
		return NULL;
	site->counts =
		alloc_percpu_gfp(struct mmscope_site_counts, MMSCOPE_GFP);
	if (!site->counts) {
		kfree(site);
		return NULL;
	}
	site->unwanted = &unwanted_irq_work;
	site->number = nr_sites + 1;
	return site;
}

static void site_discard(struct mmscope_site *site)
{
	free_percpu(site->counts);
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
	scnprintf(label, size, "%s%s%s", module ? module : "",
		  module ? ":" : "", symbol);
}

/*
 * One that is to be left alone is only tried: a disabled probe changes no text, and
 * shows whether an instruction begins there at all.
 */
static void site_attach(struct mmscope_site *site)
{
	memset(&site->probe, 0, sizeof(site->probe));
	site->probe.addr = (kprobe_opcode_t *)(site->address + site->rmw.after);
	set_handlers(site);
	if (site->left_alone == text_may_change)
		site->probe.flags = KPROBE_FLAG_DISABLED;
	else if (site->left_alone)
		return;
	site->error = register_kprobe(&site->probe);
	if (!site->error && site->left_alone)
		unregister_kprobe(&site->probe);
	site->attached = !site->error && !site->left_alone;
}

static bool site_is_unwanted(const struct mmscope_site *site,
			     const struct module *unused)
{
	return !READ_ONCE(site->at_mm) &&
	       READ_ONCE(site->strangers) >= MMSCOPE_SITE_STRANGERS;
}

/**
 * mmscope_sites_use() - what is to happen at a site
 * @set: puts the handlers into the probe of a site that is complete but for them
 *
 * Context: nothing is attached.
 */
void mmscope_sites_use(void (*set)(struct mmscope_site *site))
{
	set_handlers = set;
}

/**
 * mmscope_site_place() - attach to one instruction
 * @place: where, and what it does
 *
 * One that was attached to before keeps its number. One that is to be left alone is
 * noted with the reason; one that was let go stays so until the ledger comes on anew.
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
	if (site && (site->attached || site_is_unwanted(site, NULL)))
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
	site->left_alone = place->left_alone;
	if (!site->left_alone && mmscope_text_may_change(place->address))
		site->left_alone = text_may_change;
	strscpy(site->label, label, sizeof(site->label));
	site_attach(site);
	if (known)
		return;
	if (site->error == -EILSEQ) {
		site_discard(site);
		return;
	}
	pieces[nr_sites / SITES_A_PIECE][nr_sites % SITES_A_PIECE] = site;
	/* Whoever reads the number finds the site. */
	smp_store_release(&nr_sites, nr_sites + 1);
}

/*
 * Lets go of those that are chosen, all at once where there is memory for a list: to let
 * go of each alone takes a grace period each.
 */
static void sites_let_go(bool (*chosen)(const struct mmscope_site *site,
					const struct module *owner),
			 const struct module *owner)
{
	struct mmscope_site *site;
	struct kprobe **probes;
	unsigned int i;
	int n = 0;

	probes = kvcalloc(nr_sites + 1, sizeof(*probes), MMSCOPE_GFP);
	for (i = 0; i < nr_sites; i++) {
		site = site_at(i);
		if (!site->attached || !chosen(site, owner))
			continue;
		site->missed += site->probe.nmissed;
		site->attached = false;
		if (probes)
			probes[n++] = &site->probe;
		else
			unregister_kprobe(&site->probe);
	}
	unregister_kprobes(probes, n);
	kvfree(probes);
}

static bool site_is_of(const struct mmscope_site *site,
		       const struct module *owner)
{
	return !owner || site->owner == owner;
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
	sites_let_go(site_is_of, owner);
}

/* ---- sites that have nothing to do with mm's ---- */

static void let_go_of_unwanted(struct work_struct *work)
{
	struct mmscope_site *site;
	unsigned int i;

	mutex_lock(&mmscope_sites_mutex);
	sites_let_go(site_is_unwanted, NULL);
	for (i = 0; i < nr_sites; i++) {
		site = site_at(i);
		if (!site->attached && !site->error &&
		    site_is_unwanted(site, NULL))
			site->left_alone =
				"let go: it was hit 1000 times and never at an mm";
	}
	mutex_unlock(&mmscope_sites_mutex);
}

static DECLARE_WORK(unwanted_work, let_go_of_unwanted);

static void queue_unwanted_work(struct irq_work *unused)
{
	schedule_work(&unwanted_work);
}

/**
 * mmscope_sites_settle() - wait until no site is about to be let go
 *
 * Context: may sleep, without mmscope_sites_mutex; all sites are detached.
 */
void mmscope_sites_settle(void)
{
	irq_work_sync(&unwanted_irq_work);
	cancel_work_sync(&unwanted_work);
}

/**
 * mmscope_sites_clear() - begin to count anew; the sites and their numbers stay
 *
 * A site that was let go is tried again.
 *
 * Context: may sleep; nothing is attached.
 */
void mmscope_sites_clear(void)
{
	struct mmscope_site *site;
	unsigned int i;
	int cpu;

	init_irq_work(&unwanted_irq_work, queue_unwanted_work);
	nr_refused = 0;
	for (i = 0; i < nr_sites; i++) {
		site = site_at(i);
		site->missed = 0;
		site->strangers = 0;
		site->at_mm = false;
		for_each_possible_cpu(cpu)
			memset(per_cpu_ptr(site->counts, cpu), 0,
			       sizeof(*site->counts));
	}
}

/**
 * mmscope_sites_free() - forget all sites
 *
 * Context: may sleep; nothing is attached, and nobody reads.
 */
void mmscope_sites_free(void)
{
	unsigned int i, n = nr_sites;

	/* Whoever reads the number from now on follows no site. */
	smp_store_release(&nr_sites, 0);
	generation++;
	/* A watchpoint's handler looks addresses up among the sites at any time. */
	synchronize_rcu();
	while (n)
		site_discard(site_at(--n));
	for (i = 0; i < ARRAY_SIZE(pieces) && pieces[i]; i++) {
		kfree(pieces[i]);
		pieces[i] = NULL;
	}
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
 * mmscope_sites_generation() - changes when the sites there were are freed
 *
 * Context: under mmscope_mutex.
 */
unsigned int mmscope_sites_generation(void)
{
	return generation;
}

/**
 * mmscope_sites_attached() - how many sites have a probe
 *
 * Context: under mmscope_sites_mutex.
 */
unsigned int mmscope_sites_attached(void)
{
	unsigned int i, attached = 0;

	for (i = 0; i < nr_sites; i++)
		attached += site_at(i)->attached;
	return attached;
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
	return number && number <= mmscope_nr_sites() ? site_at(number - 1) :
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
	struct mmscope_site_counts __percpu *counts = site->counts;

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
	const struct mmscope_site *site = mmscope_site(number);
	const struct mmscope_site_counts *counts;
	int cpu;

	for_each_possible_cpu(cpu) {
		counts = per_cpu_ptr(site->counts, cpu);
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
	const struct mmscope_site *site;
	unsigned long missed = 0;
	unsigned int n;

	*elsewhere = 0;
	for (n = 1; n <= mmscope_nr_sites(); n++) {
		site = mmscope_site(n);
		if (READ_ONCE(site->at_mm))
			missed += mmscope_site_missed(site);
		else
			*elsewhere += mmscope_site_missed(site);
	}
	return missed;
}

/**
 * mmscope_sites_bytes() - memory that the sites take
 */
size_t mmscope_sites_bytes(void)
{
	unsigned int sites = mmscope_nr_sites();

	return DIV_ROUND_UP(sites, SITES_A_PIECE) * PAGE_SIZE +
	       sites * (sizeof(struct mmscope_site) +
			num_possible_cpus() *
				sizeof(struct mmscope_site_counts));
}
