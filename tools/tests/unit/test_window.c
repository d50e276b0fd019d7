// SPDX-License-Identifier: GPL-2.0-only
/* test_window.c - a table with twice as many slots as may be needed has room */
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "window.h"

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
		cmocka_unit_test(test_no_slot_is_looked_at_twice),
	};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
