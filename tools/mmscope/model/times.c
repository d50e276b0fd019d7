// SPDX-License-Identifier: GPL-2.0-only
/* times.c - durations, in the buckets of the module */
#include "model/times.h"

void times_add(struct times *times, uint64_t ns)
{
	times->counts[mmscope_histogram_index(ns)]++;
	times->number++;
	times->sum += ns;
	if (ns > times->max)
		times->max = ns;
}

uint64_t times_quantile(const struct times *times, unsigned int permille)
{
	return mmscope_histogram_quantile(times->counts, times->number,
					  permille, times->max);
}

uint64_t times_mean(const struct times *times)
{
	return times->number ? times->sum / times->number : 0;
}
