// SPDX-License-Identifier: GPL-2.0-only
/*
 * recording.c - whether mmscope records, since when, and the lock for both
 *
 * control.c changes it.
 */
#include <linux/compiler.h>

#include "base/recording.h"

/* For whatever changes or shows the state of recording as a whole. */
DEFINE_MUTEX(mmscope_mutex);

static bool recording;
static u64 session;

/**
 * mmscope_is_recording() - whether the points are attached
 *
 * Context: any. Under mmscope_mutex it stays as it is.
 */
bool mmscope_is_recording(void)
{
	return READ_ONCE(recording);
}

/**
 * mmscope_session() - when recording last began, ns
 *
 * Context: any. Under mmscope_mutex it stays as it is.
 */
u64 mmscope_session(void)
{
	return session;
}

/**
 * mmscope_session_begins() - recording is about to begin
 * @now: ns
 *
 * Context: under mmscope_mutex, before anything is attached.
 */
void mmscope_session_begins(u64 now)
{
	session = now;
}

/**
 * mmscope_set_recording() - the points have been attached, or detached
 * @on: which of the two
 *
 * Context: under mmscope_mutex.
 */
void mmscope_set_recording(bool on)
{
	WRITE_ONCE(recording, on);
}
