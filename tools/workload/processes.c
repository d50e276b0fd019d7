// SPDX-License-Identifier: GPL-2.0-only
/*
 * processes.c - many processes with an address space each, that do nothing
 *
 * As small as a process can be: copies of one that has hardly anything.
 */
#include "workload.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start_one(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	for (;;)
		pause();
}

int verb_processes(int argc, char **argv)
{
	int word = take_numbers(argc, argv, NULL, 1);
	long count = number_in("processes", argv[word], 1, 100000), i;
	pid_t *pids = calloc(count, sizeof(*pids));

	if (!pids)
		die("memory for %ld pids", count);
	for (i = 0; i < count; i++)
		pids[i] = start_one();
	say("what=processes count=%ld", count);
	/* Each: pids begin again from below when the kernel has given the last one. */
	for (i = 0; i < count; i++)
		say("what=process pid=%d", pids[i]);
	wait_release();
	for (i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < count; i++)
		if (waitpid(pids[i], NULL, 0) != pids[i])
			die("wait for %d", pids[i]);
	free(pids);
	return 0;
}
