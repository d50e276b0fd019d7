// SPDX-License-Identifier: GPL-2.0-only
/* test_window.c - a table with twice as many slots as may be needed has room */
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "shared/window.h"

/* What a slab of mm_struct's is on 6.1, and the multiplier of the kernel's hash_64(). */
#define SLAB_BYTES 32768
#define OBJECT_BYTES 1408
#define GOLDEN_RATIO 0x61C8864680B583EBULL

static unsigned long hash(unsigned long address, unsigned int bits)
{
	return address * GOLDEN_RATIO >> (64 - bits);
}

/* False if the window is full. */
static bool place(unsigned long *table, unsigned long address,
		  unsigned int bits, unsigned int window)
{
	unsigned long mask = (1UL << bits) - 1, slot = hash(address, bits);
	unsigned int i;

	for (i = 1; i <= window; i++) {
		if (!table[slot]) {
			table[slot] = address;
			return true;
		}
		slot = mmscope_window_next(slot, i, mask);
	}
	return false;
}

/* How many of the addresses that half fill a table find no room; slabs lie anywhere. */
static unsigned int lost(unsigned int seed, unsigned int bits,
			 unsigned int window)
{
	unsigned long *table = calloc(1UL << bits, sizeof(*table));
	unsigned long slab = 0, object = SLAB_BYTES;
	unsigned int i, missing = 0;

	assert_non_null(table);
	srandom(seed);
	for (i = 0; i < 1U << (bits - 1); i++) {
		if (object + OBJECT_BYTES > SLAB_BYTES) {
			slab = 0xffff888000000000UL +
			       random() % (1UL << 18) * SLAB_BYTES;
			object = 0;
		}
		missing += !place(table, slab + object, bits, window);
		object += OBJECT_BYTES;
	}
	free(table);
	return missing;
}

static void test_half_a_table_fits(void **state)
{
	unsigned int seed;

	(void)state;
	for (seed = 1; seed <= 100; seed++) {
		assert_int_equal(lost(seed, 7, MMSCOPE_MM_WINDOW), 0);
		assert_int_equal(lost(seed, 12, MMSCOPE_MM_WINDOW), 0);
		assert_int_equal(lost(seed, 16, MMSCOPE_MM_WINDOW), 0);
		/* max_clones is 16 at least. */
		assert_int_equal(lost(seed, 5, MMSCOPE_CLONE_WINDOW), 0);
	}
}

/*
 * The table of takes has as many slots as that of mm's, which is twice as many as mm's
 * may be known. Their ids are successive numbers.
 */
static void test_a_take_of_each_mm_fits(void **state)
{
	unsigned long *table;
	unsigned int bits, missing;
	unsigned long mm, last;

	(void)state;
	for (bits = 13; bits <= 18; bits++) {
		for (missing = 0, last = 0; last <= 100000; last += 50000) {
			table = calloc(1UL << bits, sizeof(*table));
			assert_non_null(table);
			for (mm = last + 1; mm <= last + (1UL << (bits - 1));
			     mm++)
				missing += !place(table, mm, bits,
						  MMSCOPE_TAKE_WINDOW);
			free(table);
		}
		assert_int_equal(missing, 0);
	}
	/* 10,000 mm's with one each, where the table has no more room than is needed. */
	table = calloc(1UL << 14, sizeof(*table));
	assert_non_null(table);
	for (mm = 1; mm <= 10000; mm++)
		assert_true(place(table, mm, 14, MMSCOPE_TAKE_WINDOW));
	free(table);
}

/* One mm's takes have its window to themselves, and every slot of it is used. */
static void test_the_takes_of_one_mm_fit(void **state)
{
	unsigned long *table = calloc(1UL << 13, sizeof(*table));
	unsigned int i;

	(void)state;
	assert_non_null(table);
	for (i = 0; i < MMSCOPE_TAKE_WINDOW; i++)
		assert_true(place(table, 7, 13, MMSCOPE_TAKE_WINDOW));
	assert_false(place(table, 7, 13, MMSCOPE_TAKE_WINDOW));
	free(table);
}

static void test_no_slot_is_looked_at_twice(void **state)
{
	bool seen[MMSCOPE_MM_WINDOW] = { false };
	unsigned long slot = 5, mask = MMSCOPE_MM_WINDOW - 1;
	unsigned int i;

	(void)state;
	for (i = 1; i <= MMSCOPE_MM_WINDOW; i++) {
		assert_false(seen[slot]);
		seen[slot] = true;
		slot = mmscope_window_next(slot, i, mask);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half_a_table_fits),
		cmocka_unit_test(test_a_take_of_each_mm_fits),
		cmocka_unit_test(test_the_takes_of_one_mm_fit),
		cmocka_unit_test(test_no_slot_is_looked_at_twice),
	};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
