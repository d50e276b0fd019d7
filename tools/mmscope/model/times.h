/* SPDX-License-Identifier: GPL-2.0-only */
/* times.h - durations, in the buckets of the module */
#ifndef MMSCOPE_TIMES_H
#define MMSCOPE_TIMES_H

#include <stdint.h>

#include "shared/histogram.h"

/* Times in the buckets that the module uses. */
struct times {
	uint32_t counts[MMSCOPE_HISTOGRAM_BUCKETS];
	uint64_t number;
	uint64_t sum;
	uint64_t max;
};

void times_add(struct times *times, uint64_t ns);
uint64_t times_quantile(const struct times *times, unsigned int permille);
uint64_t times_mean(const struct times *times);

#endif /* MMSCOPE_TIMES_H */
