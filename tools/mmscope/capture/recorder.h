/* SPDX-License-Identifier: GPL-2.0-only */
/* recorder.h - from the live rings into a capture, and everything put back */
#ifndef MMSCOPE_RECORDER_H
#define MMSCOPE_RECORDER_H

#include <stdint.h>

#include "cli/options.h"

/* What a recording came to. */
struct recorded {
	const char *directory;
	uint64_t records, lost, bytes;
};

/**
 * recorder_run() - record until the command ends, or somebody ends it
 * @options: of `record`
 * @tell: is told what it came to as soon as that is known; may be NULL
 *
 * The module's filter, its ledger and whether it records are as before afterwards.
 *
 * Return: what to exit with: a status of its own, or the command's.
 */
int recorder_run(const struct options *options,
		 void (*tell)(const struct recorded *recorded));

#endif /* MMSCOPE_RECORDER_H */
