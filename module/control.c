// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - recording, on and off
 *
 * Off means that nothing is attached: the kernel's text is as it was. Memory is
 * taken the first time, and kept, so that what was recorded can be read later.
 */

#include "attach.h"
#include "borrow.h"
#include "clock.h"
#include "clone_slot.h"
#include "clone_stats.h"
#include "control.h"
#include "emit.h"
#include "filter.h"
#include "ledger.h"
#include "mm_table.h"
#include "ring.h"
#include "scan.h"
#include "stream.h"
#include "watch.h"

DEFINE_MUTEX(mmscope_mutex);
struct mmscope_settings mmscope_settings;

static bool recording;
static u64 session;

static int take_memory(void)
{
	int err;

	err = mmscope_mm_table_alloc(mmscope_settings.max_mms);
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
	if (err)
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
	mmscope_names_free();
	mmscope_clone_stats_free();
	mmscope_clone_slots_free();
	mmscope_mm_table_free();
}

/* What the rings must hold so that a capture which begins now makes sense. */
static void announce(void)
{
	mmscope_names_forget_all();
	mmscope_scan(true);
	mmscope_borrows_find(true);
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

	if (recording) {
		announce();
		return 0;
	}
	err = take_memory();
	if (err)
		return err;
	mmscope_mm_table_clear();
	mmscope_clone_slots_clear();
	mmscope_borrows_clear();
	mmscope_names_forget_all();
	mmscope_clock_start();
	session = mmscope_now();
	err = mmscope_points_attach(mmscope_settings.max_clones);
	if (err) {
		mmscope_clock_stop();
		return err;
	}
	recording = true;
	mmscope_streams_mark();
	announce();
	mmscope_filter_apply();
	return 0;
}

/**
 * mmscope_stop() - detach; what was recorded stays
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_stop(void)
{
	if (!recording)
		return;
	mmscope_ledger_stop();
	mmscope_points_detach();
	mmscope_clock_stop();
	recording = false;
}

/**
 * mmscope_look() - make sure that the table holds what is there now
 *
 * While recording it does. Otherwise births and deaths go unseen, so every look
 * begins anew and gives new ids.
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0 or -ENOMEM.
 */
int mmscope_look(void)
{
	int err;

	if (recording)
		return 0;
	err = mmscope_mm_table_alloc(mmscope_settings.max_mms);
	if (err)
		return err;
	mmscope_mm_table_clear();
	mmscope_borrows_clear();
	mmscope_scan(false);
	mmscope_borrows_find(false);
	return 0;
}

/**
 * mmscope_is_recording() - whether the points are attached
 */
bool mmscope_is_recording(void)
{
	return READ_ONCE(recording);
}

/**
 * mmscope_session() - when recording last began, ns
 */
u64 mmscope_session(void)
{
	return session;
}

/**
 * mmscope_memory_bytes() - what the module has taken, its code apart
 */
size_t mmscope_memory_bytes(void)
{
	size_t watch = mmscope_watch_bytes();

	if (!mmscope_mm_keys)
		return watch;
	return watch + mmscope_rings_bytes() + mmscope_mm_table_bytes() +
	       mmscope_clone_slots_bytes() + mmscope_clone_stats_bytes() +
	       mmscope_names_bytes() + mmscope_filter_bytes() +
	       mmscope_ledger_bytes();
}
