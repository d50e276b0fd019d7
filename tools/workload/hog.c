// SPDX-License-Identifier: GPL-2.0-only
/*
 * hog.c - a user task that keeps a CPU to itself
 */
#include "workload.h"

#include <sched.h>

/*
 * Only the scheduler's own stopper is above it. For longer than a second it has the
 * CPU only where real-time tasks are not throttled (sched_rt_runtime_us is -1).
 */
int verb_hog(int argc, char **argv)
{
	const struct sched_param param = { .sched_priority = 98 };
	long cpu = 0;
	const struct number options[] = {
		{ "cpu", &cpu, 0, 8191 },
		{ NULL },
	};

	take_numbers(argc, argv, options, 0);
	pin_to_cpu(0, cpu);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
	say("what=hog cpu=%ld", cpu);
	for (;;)
		__asm__ volatile("" ::: "memory");
}
