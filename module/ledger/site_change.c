// SPDX-License-Identifier: GPL-2.0-only
/*
 * site_change.c - what happens at a site: which counter changes, and by how much
 *
 * What an instruction changes may be another structure's counter at the same offset:
 * the handler looks the address up among the known mm's. A site that is hit many
 * times and never at an mm is let go.
 *
 * Handlers run in whatever context the instruction runs in, with preemption off.
 */
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "base/rmw_regs.h"
#include "ledger/accounts.h"
#include "ledger/site_change.h"
#include "ledger/sites.h"

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

/* It may be an mm all the same while mm's are known to be missing from the table. */
static noinline void site_meets_stranger(struct mmscope_site *site)
{
	unsigned int strangers;

	this_cpu_inc(site->counts->others);
	if (READ_ONCE(site->at_mm) || mmscope_mm_some_are_missing())
		return;
	strangers = READ_ONCE(site->strangers) + 1;
	WRITE_ONCE(site->strangers, strangers);
	if (strangers == MMSCOPE_SITE_STRANGERS)
		irq_work_queue(site->unwanted);
}

static __always_inline void site_changes(struct mmscope_site *site,
					 unsigned long address, int delta,
					 struct pt_regs *regs)
{
	enum mmscope_counter counter;
	struct mmscope_mm *mm = site_mm(site, address, &counter);

	if (unlikely(!mm)) {
		site_meets_stranger(site);
		return;
	}
	if (unlikely(!READ_ONCE(site->at_mm)))
		WRITE_ONCE(site->at_mm, true);
	mmscope_transition(mm, counter, delta, site, regs);
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
 * A cmpxchg changes the counter or does not, and the caller tries again. Where the
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

/*
 * A loop of loads and stores that carries out one cmpxchg. The probe is at the first
 * instruction behind the loop, where the registers hold what was there, what was
 * expected and what was stored: whether the cmpxchg succeeded is known for certain,
 * whatever other CPUs do. arch/arm64/include/asm/atomic_ll_sc.h keeps the three in
 * registers of their own.
 */
static int site_loop_end(struct kprobe *probe, struct pt_regs *regs)
{
	struct mmscope_site *site =
		container_of(probe, struct mmscope_site, probe);

	if (mmscope_rmw_previous(&site->rmw, regs) ==
	    mmscope_rmw_expected(&site->rmw, regs))
		site_changes(site, mmscope_rmw_address(&site->rmw, regs),
			     mmscope_rmw_delta(&site->rmw, regs), regs);
	return 0;
}
NOKPROBE_SYMBOL(site_loop_end);

/* Its presence keeps a probe from being optimized; see below. */
static void site_nothing_after(struct kprobe *probe, struct pt_regs *regs,
			       unsigned long flags)
{
}
NOKPROBE_SYMBOL(site_nothing_after);

/**
 * mmscope_site_set_handlers() - what a site's probe calls
 * @site: complete but for the probe's handlers
 */
void mmscope_site_set_handlers(struct mmscope_site *site)
{
	const struct mmscope_rmw *rmw = &site->rmw;

	site->probe.pre_handler = site_hit;
	if (rmw->kind == MMSCOPE_RMW_CMPXCHG && rmw->after) {
		site->probe.pre_handler = site_loop_end;
	} else if (rmw->kind == MMSCOPE_RMW_CMPXCHG) {
		site->probe.pre_handler = site_before;
		site->probe.post_handler = site_after;
	} else if (site->role == MMSCOPE_ROLE_HOLDER) {
		/* The kernel cannot walk the stack out of an optimized probe. */
		site->probe.post_handler = site_nothing_after;
	}
}
