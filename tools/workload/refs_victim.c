// SPDX-License-Identifier: GPL-2.0-only
/*
 * refs_victim.c - the process whose address space is taken references to
 */
#include "refs.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

char ref_page[4096] __attribute__((aligned(4096))) = "a page";

pid_t ref_victim(void)
{
	pid_t pid = must_fork();

	if (pid)
		return pid;
	for (;;)
		pause();
}

void ref_end_victim(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			die("wait for %d", pid);
}
