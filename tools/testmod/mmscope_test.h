/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mmscope_test.h - kernel threads that do as tests tell them
 *
 * Each concern is one file in debugfs's mmscope_test/: writing makes it happen,
 * reading says what happened, as a line of key=value words. Nothing here knows
 * anything of mmscope, so that it is an independent witness.
 */
#ifndef MMSCOPE_TEST_H
#define MMSCOPE_TEST_H

#include <linux/mm_types.h>
#include <linux/seq_file.h>

/**
 * struct test_file - one concern
 * @name: of its file
 * @write: does what the text says; 0 or -errno; one at a time with all others
 * @show: says what was done last
 * @stop: undoes what still goes on; also called at unload
 */
struct test_file {
	const char *name;
	int (*write)(const char *text);
	void (*show)(struct seq_file *file);
	void (*stop)(void);
};

extern const struct test_file test_kthreads;
extern const struct test_file test_relay;
extern const struct test_file test_spin;
extern const struct test_file test_use_mm;
extern const struct test_file test_grab;
extern const struct test_file test_symbol;
extern const struct test_file test_leak;
extern const struct test_file test_registers;
extern const struct test_file test_stranger;

/* The mm of the process that the text names, with mm_users held; ERR_PTR. */
struct mm_struct *test_mm_of(const char *text, int *pid);

#endif /* MMSCOPE_TEST_H */
