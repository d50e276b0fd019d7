// SPDX-License-Identifier: GPL-2.0-only
/*
 * helped.c - what needs a kernel thread that does as it is told: the module
 * mmscope_test (tools/testmod) has them
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELPER "/sys/kernel/debug/mmscope_test/"

static void tell(const char *file, const char *text)
{
	int error = write_file(file, text);

	if (!error)
		return;
	errno = -error;
	die("write '%s' to %s (is mmscope_test.ko loaded?)", text, file);
}

/* This task wakes kernel threads on its own CPU, which run one by one. */
int verb_relay(int argc, char **argv)
{
	long kthreads = 1, rounds = 1;
	const struct number options[] = {
		{ "kthreads", &kthreads, 1, 16 },
		{ "rounds", &rounds, 1, 100000 },
		{ NULL },
	};
	char text[4096];

	take_numbers(argc, argv, options, 0);
	pin_to_cpu(0, sched_getcpu());
	say("what=relay pid=%d cpu=%d kthreads=%ld rounds=%ld", getpid(),
	    sched_getcpu(), kthreads, rounds);
	snprintf(text, sizeof(text), "%d %ld %ld", sched_getcpu(), kthreads,
		 rounds);
	tell(HELPER "relay", text);
	read_file(HELPER "relay", text, sizeof(text));
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		die("write to standard output");
	return 0;
}

static void wait_spinning(long cpu)
{
	char text[256], wanted[64];

	snprintf(wanted, sizeof(wanted), "spinning=1 cpu=%ld", cpu);
	do {
		read_file(HELPER "spin", text, sizeof(text));
	} while (!strstr(text, wanted));
	text[strcspn(text, "\n")] = '\0';
	say("%s", text);
}

/*
 * A user task on the CPU until the pipe closes. Its class is above that of the
 * CPU's workers, so that it is the next there, whatever work has piled up.
 */
static pid_t start_user_on(long cpu, const int until[2])
{
	const struct sched_param param = { .sched_priority = 1 };
	pid_t pid = must_fork();
	char byte;

	if (pid)
		return pid;
	close(until[1]);
	fcntl(until[0], F_SETFL, O_NONBLOCK);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
	pin_to_cpu(0, cpu);
	while (read(until[0], &byte, 1) < 0)
		;
	_exit(0);
}

/* Until the task is on the CPU's queue, by /proc/PID/stat. */
static void wait_queued_on(pid_t pid, long cpu)
{
	char path[64], text[512];
	const char *at;
	long field;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		read_file(path, text, sizeof(text));
		at = strrchr(text, ')');
		/* `)` ends field 2, the name; `processor` is field 39. */
		for (field = 2; at && field < 39; field++)
			at = strchr(at + 1, ' ');
	} while (!at || strtol(at, NULL, 10) != cpu);
}

/*
 * The child runs on CPU 1 and wakes a kernel thread there, which takes the CPU
 * from it, borrows its address space and spins. The child, still runnable, is
 * moved to CPU 0 and exits there. The kernel thread lets go only when it is
 * told to, with a user task waiting for its CPU: so the last reference is
 * dropped at its return, and nowhere else.
 */
int verb_borrowed_exit(int argc, char **argv)
{
	int until[2];
	pid_t victim, user;

	take_numbers(argc, argv, NULL, 0);
	if (cpu_count() < 2) {
		errno = ENODEV;
		die("borrowed-exit wants CPUs 0 and 1");
	}
	if (pipe(until))
		die("pipe");
	pin_to_cpu(0, 0);
	victim = must_fork();
	if (!victim) {
		pin_to_cpu(0, 1);
		_exit(write_file(HELPER "spin", "1") != 0);
	}
	wait_spinning(1);
	pin_to_cpu(victim, 0);
	wait_child(victim);
	say("what=exited pid=%d cpu=0 borrowed_by_cpu=1 at_ns=%lld", victim,
	    (long long)now_ns());
	user = start_user_on(1, until);
	wait_queued_on(user, 1);
	tell(HELPER "spin", "off");
	say("what=let_go at_ns=%lld", (long long)now_ns());
	close(until[0]);
	close(until[1]);
	wait_child(user);
	say("what=done at_ns=%lld", (long long)now_ns());
	return 0;
}
