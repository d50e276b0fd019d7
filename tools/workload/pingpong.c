// SPDX-License-Identifier: GPL-2.0-only
/*
 * pingpong.c - two user processes that take turns on one CPU
 */
#include "workload.h"

#include <sched.h>
#include <unistd.h>

/*
 * SCHED_BATCH: otherwise the one that is woken sometimes takes the CPU before
 * the other has gone to sleep, and a round has two switches or four.
 */
static void be_batch(void)
{
	const struct sched_param param = { 0 };

	if (sched_setscheduler(0, SCHED_BATCH, &param))
		die("SCHED_BATCH");
}

int verb_pingpong(int argc, char **argv)
{
	long rounds = 1000, i;
	const struct number options[] = {
		{ "rounds", &rounds, 1, 100000000 },
		{ NULL },
	};
	int there[2], back[2];
	int64_t begin, end;
	char byte = 0;
	pid_t pid;

	take_numbers(argc, argv, options, 0);
	pin_to_cpu(0, sched_getcpu());
	be_batch();
	if (pipe(there) || pipe(back))
		die("pipe");
	pid = must_fork();
	if (!pid) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			if (write(back[1], &byte, 1) != 1)
				_exit(1);
		_exit(0);
	}
	begin = now_ns();
	for (i = 0; i < rounds; i++)
		if (write(there[1], &byte, 1) != 1 ||
		    read(back[0], &byte, 1) != 1)
			die("round %ld", i);
	end = now_ns();
	say("what=pingpong first=%d second=%d cpu=%d rounds=%ld begin_ns=%lld end_ns=%lld",
	    getpid(), pid, sched_getcpu(), rounds, (long long)begin,
	    (long long)end);
	close(there[1]);
	wait_child(pid);
	return 0;
}
