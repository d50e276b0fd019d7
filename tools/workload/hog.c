// SPDX-License-Identifier: GPL-2.0-only
/*
 * hog.c - a user task that keeps a CPU busy
 */
#include "workload.h"

#include <errno.h>
#include <unistd.h>

/*
 * With the highest of ordinary priorities: what must run there gets its turn. A
 * real-time task would keep even the softirqs' thread away, and with it RCU.
 */
int verb_hog(int argc, char **argv)
{
	long cpu = 0;
	const struct number options[] = {
		{ "cpu", &cpu, 0, 8191 },
		{ NULL },
	};

	take_numbers(argc, argv, options, 0);
	pin_to_cpu(0, cpu);
	errno = 0;
	if (nice(-20) == -1 && errno)
		die("nice");
	say("what=hog cpu=%ld", cpu);
	for (;;)
		__asm__ volatile("" ::: "memory");
}
