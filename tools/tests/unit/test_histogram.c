// SPDX-License-Identifier: GPL-2.0-only
/* test_histogram.c - the buckets and percentiles of module/shared/histogram.h */
#include "test.h"

#include "shared/histogram.h"

static void test_buckets_cover_everything(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(mmscope_histogram_index(0), 0);
	assert_int_equal(mmscope_histogram_index(UINT64_MAX), 255);
	for (i = 0; i < MMSCOPE_HISTOGRAM_BUCKETS - 1; i++) {
		uint64_t top = mmscope_histogram_upper_bound(i);

		assert_int_equal(mmscope_histogram_index(top), i);
		assert_int_equal(mmscope_histogram_index(top + 1), i + 1);
	}
}

static void test_buckets_are_fine_enough(void **state)
{
	uint64_t value;

	(void)state;
	for (value = 2048; value < 3600ULL * 1000000000; value += value / 97) {
		uint64_t top = mmscope_histogram_upper_bound(
			mmscope_histogram_index(value));

		assert_true(top >= value);
		assert_true(top - value <= value / 8);
	}
}

static void test_quantiles(void **state)
{
	uint32_t counts[MMSCOPE_HISTOGRAM_BUCKETS] = { 0 };
	uint64_t value, p50, p99;

	(void)state;
	assert_int_equal(mmscope_histogram_quantile(counts, 0, 500, 0), 0);
	for (value = 1; value <= 1000; value++)
		counts[mmscope_histogram_index(value * 10000)]++;
	p50 = mmscope_histogram_quantile(counts, 1000, 500, 10000000);
	p99 = mmscope_histogram_quantile(counts, 1000, 990, 10000000);
	assert_in_range(p50, 5000000, 5000000 + 5000000 / 8);
	assert_in_range(p99, 9900000, 10000000);
}

static void test_one_value_is_its_own_percentile(void **state)
{
	uint32_t counts[MMSCOPE_HISTOGRAM_BUCKETS] = { 0 };

	(void)state;
	counts[mmscope_histogram_index(123456)] = 1;
	assert_int_equal(mmscope_histogram_quantile(counts, 1, 500, 123456),
			 123456);
	assert_int_equal(mmscope_histogram_quantile(counts, 1, 990, 123456),
			 123456);
	/* Others still count: the sum is not there yet. */
	assert_int_equal(mmscope_histogram_quantile(counts, 9, 990, 123456),
			 123456);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets_cover_everything),
		cmocka_unit_test(test_buckets_are_fine_enough),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_one_value_is_its_own_percentile),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
