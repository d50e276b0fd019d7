// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - recording, on and off
 *
 * Off means that nothing is attached: the kernel's text is as it was. What only
 * recording needs is given back then; the rings and the sums stay, so that what was
 * recorded can be read later, until `free` is written or recording goes on.
 */

#include "attach/attach.h"
#include "base/clock.h"
#include "base/recording.h"
#include "control/control.h"
#include "emit/emit.h"
#include "emit/names.h"
#include "ledger/accounts.h"
#include "ledger/ledger.h"
#include "points/borrow.h"
#include "points/clone.h"
#include "points/clone_slot.h"
#include "points/clone_stats.h"
#include "points/readers.h"
#include "points/scan.h"
#include "record/losses.h"
#include "record/ring.h"
#include "table/filter.h"
#include "table/mm_table.h"
#include "watch/watch.h"

struct mmscope_settings mmscope_settings;

/* What is needed only while something is attached. The ledger's slots are the table's. */
static void release_working_memory(void)
{
	mmscope_names_free();
	mmscope_clone_slots_free();
	if (!mmscope_accounts_bytes())
		mmscope_mm_table_free();
}

static int take_memory(void)
{
	/* What was recorded before is not the price of failing, nor what somebody reads. */
	bool kept = mmscope_rings_bytes() || mmscope_rings_are_held();
	int err;

	err = mmscope_mm_table_alloc(mmscope_settings.max_mms);
	if (!err)
		err = mmscope_losses_alloc();
	if (!err)
		err = mmscope_emit_alloc();
	if (!err)
		err = mmscope_clone_slots_alloc(mmscope_settings.max_clones);
	if (!err)
		err = mmscope_clone_stats_alloc();
	if (!err)
		err = mmscope_names_alloc();
	if (!err)
		err = mmscope_rings_alloc(mmscope_settings.ring_bytes);
	if (!err)
		err = mmscope_borrows_watch();
	if (err && kept)
		release_working_memory();
	else if (err)
		mmscope_release_memory();
	return err;
}

/**
 * mmscope_release_memory() - give everything back
 *
 * Context: may sleep; not recording, and nobody reads.
 */
void mmscope_release_memory(void)
{
	mmscope_ledger_release();
	mmscope_borrows_unwatch();
	mmscope_rings_free();
	mmscope_emit_free();
	mmscope_losses_free();
	mmscope_clone_stats_free();
	mmscope_mm_table_free();
	release_working_memory();
}

/* What the rings must hold so that a capture which begins now makes sense. */
static void announce(void)
{
	mmscope_names_forget_all();
	mmscope_scan();
	mmscope_borrows_find();
}

/**
 * mmscope_start() - attach, and find what is there
 *
 * While recording it only says once more what is there.
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0, -ENOMEM, -ENODEV if no point can be attached.
 */
int mmscope_start(void)
{
	int err;

	if (mmscope_is_recording()) {
		announce();
		return 0;
	}
	err = take_memory();
	if (err)
		return err;
	mmscope_mm_table_clear();
	mmscope_clone_slots_clear();
	mmscope_clones_begin();
	mmscope_borrows_clear();
	mmscope_names_forget_all();
	mmscope_clock_start();
	mmscope_session_begins(mmscope_now());
	err = mmscope_points_attach(mmscope_settings.max_clones);
	if (err) {
		mmscope_clock_stop();
		release_working_memory();
		return err;
	}
	mmscope_set_recording(true);
	mmscope_readers_mark();
	announce();
	mmscope_filter_apply();
	return 0;
}

/**
 * mmscope_stop() - detach, and give back what only that needs; what was recorded stays
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_stop(void)
{
	if (!mmscope_is_recording())
		return;
	mmscope_ledger_stop();
	mmscope_clones_missed();
	mmscope_points_detach();
	mmscope_clock_stop();
	mmscope_set_recording(false);
	release_working_memory();
}

/**
 * mmscope_give_back() - stop, and give back all memory, with what was recorded
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0, or -EBUSY if somebody has `events` or a cpuN open.
 */
int mmscope_give_back(void)
{
	if (mmscope_rings_are_held())
		return -EBUSY;
	mmscope_stop();
	mmscope_release_memory();
	return 0;
}

/**
 * mmscope_memory_bytes() - what the module has taken, its code apart
 */
size_t mmscope_memory_bytes(void)
{
	size_t bytes = mmscope_watch_bytes() + mmscope_filter_bytes() +
		       mmscope_rings_bytes() + mmscope_losses_bytes() +
		       mmscope_emit_bytes() + mmscope_mm_table_bytes() +
		       mmscope_clone_stats_bytes() + mmscope_names_bytes() +
		       mmscope_ledger_bytes();

	return mmscope_is_recording() ? bytes + mmscope_clone_slots_bytes() :
					bytes;
}
