// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone.c - clone and clone3 with flags that the caller chooses
 */
#include "workload.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* After sched.h, whose CLONE_ names are the same numbers. */
#include <linux/sched.h>

#define STACK_SIZE 65536

static int child_returns(void *unused)
{
	(void)unused;
	return 0;
}

static char *new_stack(void)
{
	char *stack = aligned_alloc(16, STACK_SIZE);

	if (!stack)
		die("a stack for the child");
	return stack;
}

int verb_clone(int argc, char **argv)
{
	int word = take_numbers(argc, argv, NULL, 1);
	uint64_t flags = flags_of_names(argv[word]);
	char *stack = new_stack();
	int pidfd = -1;
	long pid;

	pid = clone(child_returns, stack + STACK_SIZE, (int)flags | SIGCHLD,
		    NULL, &pidfd);
	say_clone("clone", flags, pid < 0 ? -errno : pid);
	if (pid > 0)
		wait_child(pid);
	return 0;
}

int verb_clone3(int argc, char **argv)
{
	int word = take_numbers(argc, argv, NULL, 1);
	int pidfd = -1;
	struct clone_args args = {
		.flags = flags_of_names(argv[word]),
		.exit_signal = SIGCHLD,
	};
	long pid;

	if (args.flags & CLONE_PIDFD)
		args.pidfd = (uintptr_t)&pidfd;
	if (args.flags & CLONE_VM) {
		args.stack = (uintptr_t)new_stack();
		args.stack_size = STACK_SIZE;
	}
	pid = raw_clone3(&args, child_returns, NULL);
	say_clone("clone3", args.flags, pid);
	if (pid > 0)
		wait_child(pid);
	return 0;
}
