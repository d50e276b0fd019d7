// SPDX-License-Identifier: GPL-2.0-only
/*
 * idle.c - sleeping, so that the CPU's idle task borrows the address space;
 * and exiting elsewhere while it still does
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int verb_idle(int argc, char **argv)
{
	long times = 1, ms = 50, i;
	const struct number options[] = {
		{ "times", &times, 1, 100000 },
		{ "ms", &ms, 1, 60000 },
		{ NULL },
	};
	int64_t start;

	take_numbers(argc, argv, options, 0);
	for (i = 0; i < times; i++) {
		start = now_ns();
		sleep_ms(ms);
		say("what=idle pid=%d cpu=%d begin_ns=%lld end_ns=%lld",
		    getpid(), sched_getcpu(), (long long)start,
		    (long long)now_ns());
	}
	return 0;
}

/* Runs a user task on the CPU, so that it lets go of what it borrowed. */
static void visit_cpu(long cpu)
{
	pid_t pid = must_fork();

	if (!pid) {
		pin_to_cpu(0, cpu);
		_exit(0);
	}
	wait_child(pid);
}

static void wait_asleep(pid_t pid)
{
	char path[64], text[512];
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		read_file(path, text, sizeof(text));
		state = strrchr(text, ')');
	} while (!state || state[2] != 'S');
}

int verb_idle_exit(int argc, char **argv)
{
	int ready[2], go[2];
	char byte = 0;
	pid_t pid;

	take_numbers(argc, argv, NULL, 0);
	if (cpu_count() < 2) {
		errno = ENODEV;
		die("idle-exit wants CPUs 0 and 1");
	}
	pin_to_cpu(0, 0);
	if (pipe(ready) || pipe(go))
		die("pipe");
	pid = must_fork();
	if (!pid) {
		pin_to_cpu(0, 1);
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		_exit(read(go[0], &byte, 1) != 1);
	}
	if (read(ready[0], &byte, 1) != 1)
		die("the child's word");
	wait_asleep(pid);
	/* It sleeps: the mask changes, and CPU 1 is left as it is. */
	pin_to_cpu(pid, 0);
	if (write(go[1], &byte, 1) != 1)
		die("a word to the child");
	wait_child(pid);
	say("what=exited pid=%d cpu=0 borrowed_by_cpu=1 at_ns=%lld", pid,
	    (long long)now_ns());
	wait_release();
	visit_cpu(1);
	say("what=visited cpu=1 at_ns=%lld", (long long)now_ns());
	return 0;
}
