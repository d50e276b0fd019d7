/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * histogram.h - percentiles of times, the same in the module and in the reader
 *
 * `forks` in debugfs and the reader's tables must say the same of the same
 * records, so both count in these buckets: 8 for each power of two, which keeps
 * a percentile within an eighth of the true value, for 1 KiB of counters. No
 * allocation, no lock, no floating point: a handler may call it anywhere.
 *
 * The first 8 buckets are 256 ns wide each: no clone is that short, and finer
 * ones would only take room from the long end. The last bucket begins at 68
 * minutes and holds whatever is longer.
 */
#ifndef MMSCOPE_HISTOGRAM_H
#define MMSCOPE_HISTOGRAM_H

#include <linux/types.h>

#define MMSCOPE_HISTOGRAM_BUCKETS 256

/* 8 buckets to a power of two; the first power of two that is divided. */
#define MMSCOPE_HISTOGRAM_SUB_BITS 3
#define MMSCOPE_HISTOGRAM_SUB (1 << MMSCOPE_HISTOGRAM_SUB_BITS)
#define MMSCOPE_HISTOGRAM_FIRST_BIT 11
#define MMSCOPE_HISTOGRAM_STEP_BITS                                            \
	(MMSCOPE_HISTOGRAM_FIRST_BIT - MMSCOPE_HISTOGRAM_SUB_BITS)

/**
 * mmscope_histogram_index() - the bucket of a value
 * @value: in ns
 *
 * Return: 0 to MMSCOPE_HISTOGRAM_BUCKETS - 1.
 */
static inline unsigned int mmscope_histogram_index(__u64 value)
{
	unsigned int top, octave, index;

	if (value >> MMSCOPE_HISTOGRAM_FIRST_BIT == 0)
		return value >> MMSCOPE_HISTOGRAM_STEP_BITS;
	top = 63 - __builtin_clzll(value);
	octave = top - MMSCOPE_HISTOGRAM_FIRST_BIT;
	index = ((octave + 1) << MMSCOPE_HISTOGRAM_SUB_BITS) +
		((value >> (top - MMSCOPE_HISTOGRAM_SUB_BITS)) &
		 (MMSCOPE_HISTOGRAM_SUB - 1));
	if (index >= MMSCOPE_HISTOGRAM_BUCKETS)
		return MMSCOPE_HISTOGRAM_BUCKETS - 1;
	return index;
}

/**
 * mmscope_histogram_upper_bound() - the greatest value of a bucket
 * @index: of the bucket
 *
 * Return: the value in ns; all ones for the last bucket, which has no end.
 */
static inline __u64 mmscope_histogram_upper_bound(unsigned int index)
{
	unsigned int octave, sub;

	if (index >= MMSCOPE_HISTOGRAM_BUCKETS - 1)
		return ~0ULL;
	octave = index >> MMSCOPE_HISTOGRAM_SUB_BITS;
	sub = index & (MMSCOPE_HISTOGRAM_SUB - 1);
	if (octave)
		sub += MMSCOPE_HISTOGRAM_SUB;
	else
		octave = 1;
	return ((__u64)(sub + 1)
		<< (octave - 1 + MMSCOPE_HISTOGRAM_STEP_BITS)) - 1;
}

/**
 * mmscope_histogram_quantile() - a percentile
 * @counts: MMSCOPE_HISTOGRAM_BUCKETS counters
 * @n: how many values were counted
 * @permille: 500 for p50, 990 for p99
 * @max: the greatest value that was counted
 *
 * The smallest bucket that has at least @permille of the values in it or below
 * it gives its upper bound, but never more than @max: the percentile may be said
 * too high by an eighth, not too low, and one value is its own percentile. If
 * the counters hold less than @n, because others still count, the answer is @max.
 *
 * Return: the percentile in ns, 0 if @n is 0.
 */
static inline __u64 mmscope_histogram_quantile(const __u32 *counts, __u64 n,
					       unsigned int permille, __u64 max)
{
	__u64 below = 0, bound;
	unsigned int i;

	if (!n)
		return 0;
	for (i = 0; i < MMSCOPE_HISTOGRAM_BUCKETS; i++) {
		below += counts[i];
		if (below && below * 1000 >= n * permille) {
			bound = mmscope_histogram_upper_bound(i);
			return bound < max ? bound : max;
		}
	}
	return max;
}

#endif /* MMSCOPE_HISTOGRAM_H */
