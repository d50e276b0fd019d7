// SPDX-License-Identifier: GPL-2.0-only
/*
 * herd.c - many processes at once, each with an address space of its own
 */
#include "workload.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int verb_herd(int argc, char **argv)
{
	long processes = 1000, i;
	const struct number options[] = {
		{ "processes", &processes, 1, 100000 },
		{ NULL },
	};
	pid_t *pids;

	take_numbers(argc, argv, options, 0);
	pids = calloc(processes, sizeof(*pids));
	if (!pids)
		die("memory for %ld pids", processes);
	for (i = 0; i < processes; i++) {
		pids[i] = must_fork();
		if (!pids[i])
			for (;;)
				pause();
	}
	say("what=herd processes=%ld", processes);
	wait_release();
	for (i = 0; i < processes; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < processes; i++)
		if (waitpid(pids[i], NULL, 0) != pids[i])
			die("wait for %d", pids[i]);
	return 0;
}
