// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork.c - fork, vfork, and a small tree of processes
 */
#include "workload.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int verb_fork(int argc, char **argv)
{
	long count = 1, i;
	const struct number options[] = {
		{ "count", &count, 1, 1000000 },
		{ NULL },
	};
	pid_t pid;

	take_numbers(argc, argv, options, 0);
	for (i = 0; i < count; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		say_clone("fork", FORK_FLAGS, pid < 0 ? -errno : pid);
		if (pid > 0)
			wait_child(pid);
	}
	return 0;
}

int verb_vfork(int argc, char **argv)
{
	/* volatile: the vfork child runs in this frame. */
	volatile long count = 1, ms = 0, i;
	long given_count = 1, given_ms = 0;
	const struct number options[] = {
		{ "count", &given_count, 1, 1000000 },
		{ "sleep-ms", &given_ms, 0, 600000 },
		{ NULL },
	};
	volatile int64_t start;
	pid_t pid;

	take_numbers(argc, argv, options, 0);
	count = given_count;
	ms = given_ms;
	for (i = 0; i < count; i++) {
		start = now_ns();
		pid = vfork();
		if (!pid) {
			sleep_ms(ms);
			_exit(0);
		}
		say("what=vfork child_ms=%ld took_ns=%lld", ms,
		    (long long)(now_ns() - start));
		say_clone("vfork", VFORK_FLAGS, pid < 0 ? -errno : pid);
		if (pid > 0)
			wait_child(pid);
	}
	return 0;
}

static int one_of_the_tree(long depth)
{
	pid_t pid;

	if (!depth)
		return 0;
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		_exit(one_of_the_tree(depth - 1));
	say_clone("fork", FORK_FLAGS, pid);
	wait_child(pid);
	return 0;
}

/*
 * For the filter: a line of descendants under this process, and a child that
 * somebody else would have. Waits first, so that a test can name this pid.
 */
int verb_tree(int argc, char **argv)
{
	long depth = 3;
	const struct number options[] = {
		{ "depth", &depth, 1, 100 },
		{ NULL },
	};

	take_numbers(argc, argv, options, 0);
	wait_release();
	return one_of_the_tree(depth);
}
