// SPDX-License-Identifier: GPL-2.0-only
/*
 * crowd.c - clones that stay, until there is no memory for another one
 *
 * They share the address space and sleep on stacks that were there before, so that
 * the memory which runs out is the kernel's, for the tasks themselves: a clone
 * fails, and nobody faults.
 */
#include "workload.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 4096

static int sleep_until_killed(void *unused)
{
	(void)unused;
	for (;;)
		syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
	return 0;
}

static long clone_one(char *stack)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)stack,
		.stack_size = STACK_SIZE,
	};

	return raw_clone3(&args, sleep_until_killed, NULL);
}

static void end_all(const pid_t *pids, long count)
{
	long i;

	for (i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < count; i++)
		if (waitpid(pids[i], NULL, 0) != pids[i])
			die("wait for %d", pids[i]);
}

int verb_crowd(int argc, char **argv)
{
	long most = 1000, failures = 5, ok = 0, failed = 0, error = 0, result;
	const struct number options[] = {
		{ "most", &most, 1, 100000 },
		{ "failures", &failures, 1, 1000 },
		{ NULL },
	};
	char *stacks;
	pid_t *pids;

	take_numbers(argc, argv, options, 0);
	pids = calloc(most, sizeof(*pids));
	stacks = mmap(NULL, most * STACK_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (!pids || stacks == MAP_FAILED)
		die("stacks for %ld clones", most);
	/* Written once now, since there may be no memory for it later. */
	for (ok = 0; ok < most; ok++)
		pids[ok] = 0;
	ok = 0;
	while (ok < most && failed < failures) {
		result = clone_one(stacks + ok * STACK_SIZE);
		if (result > 0) {
			pids[ok++] = result;
			continue;
		}
		error = result;
		failed++;
	}
	end_all(pids, ok);
	say("what=crowd pid=%d ok=%ld failed=%ld error=%ld", getpid(), ok,
	    failed, error);
	return 0;
}
