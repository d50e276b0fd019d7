/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recording.h - whether mmscope records, since when, and the lock for both
 */
#ifndef MMSCOPE_RECORDING_H
#define MMSCOPE_RECORDING_H

#include <linux/mutex.h>
#include <linux/types.h>

/* Held for whatever changes or shows the state of recording as a whole. */
extern struct mutex mmscope_mutex;

bool mmscope_is_recording(void);
u64 mmscope_session(void);
void mmscope_session_begins(u64 now);
void mmscope_set_recording(bool on);

#endif /* MMSCOPE_RECORDING_H */
