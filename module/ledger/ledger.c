// SPDX-License-Identifier: GPL-2.0-only
/*
 * ledger.c - the ledger, on and off
 *
 * First every probe is there, then every hook, then births count, and only then
 * are the mm's taken over that are there already: what is judged has been seen
 * from its first change on, or from a moment at which its counters stood still.
 */
#include <linux/cpumask.h>
#include <linux/stop_machine.h>

#include "base/handlers.h"
#include "base/recording.h"
#include "ledger/accounts.h"
#include "ledger/accounts_look.h"
#include "ledger/candidates.h"
#include "ledger/ledger.h"
#include "ledger/left_alone.h"
#include "ledger/site_change.h"
#include "ledger/sites.h"
#include "ledger/sites_text.h"
#include "ledger/stacks.h"
#include "ledger/takes.h"

static bool on;

/* CPUs with a loan when counting began, and when it ended. */
static unsigned int loans_before, loans_after;

static int take_memory(void)
{
	int err = mmscope_accounts_alloc();

	if (!err)
		err = mmscope_takes_alloc();
	if (!err)
		err = mmscope_stacks_alloc();
	return err;
}

/*
 * Every CPU runs its stopper meanwhile, a kernel thread, with interrupts off: none
 * is between what sched_switch tells and what the scheduler then does, and each
 * has a loan. So the loans at both ends are known, and what is taken and given back
 * in between must balance with them. Not waited for is a task that has been
 * preempted between the two halves of exit_mm(), count and mm.
 */
static int count_from_here(void *counting)
{
	unsigned int *loans = counting ? &loans_before : &loans_after;

	*loans = num_online_cpus();
	WRITE_ONCE(mmscope_ledger_counting, counting);
	return 0;
}

/**
 * mmscope_ledger_loans() - CPUs that had an mm on loan at the ends of the count
 * @after: gets how many when the ledger went off; undefined while it is on
 *
 * Return: how many when it came on.
 */
unsigned int mmscope_ledger_loans(unsigned int *after)
{
	*after = loans_after;
	return loans_before;
}

/**
 * mmscope_ledger_release() - give everything back
 *
 * Context: may sleep; the ledger is off, and nobody reads.
 */
void mmscope_ledger_release(void)
{
	mmscope_takes_free();
	mmscope_stacks_free();
	mmscope_accounts_free();
	mmscope_sites_free();
	mmscope_left_alone_clear();
	mmscope_candidates_free();
}

/**
 * mmscope_ledger_start() - attach to all sites, and take over what is there
 * @audit: attach to the scheduler's own instructions as well
 *
 * Context: may sleep; under mmscope_mutex, while recording.
 * Return: 0, -ENOMEM, -ENOENT if no site can be found.
 */
int mmscope_ledger_start(bool audit)
{
	int err;

	if (on && mmscope_accounts_audit == audit)
		return 0;
	mmscope_ledger_stop();
	err = take_memory();
	if (err)
		return err;
	mmscope_accounts_clear();
	mmscope_takes_clear();
	mmscope_sites_clear();
	mmscope_accounts_audit = audit;
	mmscope_sites_use(mmscope_site_set_handlers);
	/* Probes that come before the key do nothing, hooks neither. */
	err = mmscope_sites_arm(audit);
	if (err)
		return err;
	static_branch_enable(&mmscope_ledger_key);
	/* Every CPU sees the key before a birth counts. */
	mmscope_wait_for_handlers();
	on = true;
	stop_machine(count_from_here, (void *)true, NULL);
	mmscope_accounts_join();
	return 0;
}

/**
 * mmscope_ledger_stop() - let go of all sites; what was counted stays
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_ledger_stop(void)
{
	if (!on)
		return;
	stop_machine(count_from_here, (void *)false, NULL);
	mmscope_accounts_count_births(false);
	static_branch_disable(&mmscope_ledger_key);
	mmscope_sites_disarm();
	/* Hooks that were past the key's jump. */
	mmscope_wait_for_handlers();
	on = false;
}

/**
 * mmscope_ledger_is_on() - whether changes are being seen
 */
bool mmscope_ledger_is_on(void)
{
	return on;
}

/**
 * mmscope_ledger_audits() - whether the scheduler's own instructions are probed
 */
bool mmscope_ledger_audits(void)
{
	return on && mmscope_accounts_audit;
}

/**
 * mmscope_ledger_bytes() - memory that the ledger takes
 */
size_t mmscope_ledger_bytes(void)
{
	if (!mmscope_accounts_bytes())
		return 0;
	return mmscope_accounts_bytes() + mmscope_sites_bytes() +
	       mmscope_takes_bytes() + mmscope_stacks_bytes();
}
