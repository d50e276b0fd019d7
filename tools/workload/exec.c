// SPDX-License-Identifier: GPL-2.0-only
/*
 * exec.c - a new address space by exec: after fork, vfork and posix_spawn,
 * and from a thread that is not the first
 */
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *const nothing_argv[] = { "mm-workload", "nothing", NULL };

int verb_nothing(int argc, char **argv)
{
	take_numbers(argc, argv, NULL, 0);
	return 0;
}

static void exec_nothing(void)
{
	execv(self_path(), nothing_argv);
	_exit(127);
}

int verb_exec(int argc, char **argv)
{
	long count = 1;
	const struct number options[] = {
		{ "count", &count, 1, 1000000 },
		{ NULL },
	};
	pid_t pid;

	take_numbers(argc, argv, options, 0);
	while (count--) {
		pid = must_fork();
		if (!pid)
			exec_nothing();
		say_clone("fork", FORK_FLAGS, pid);
		wait_child(pid);
		say("what=exec pid=%d caller=%d", pid, pid);
	}
	return 0;
}

int verb_vfork_exec(int argc, char **argv)
{
	pid_t pid;

	take_numbers(argc, argv, NULL, 0);
	/* Now, because a vfork child must not. */
	self_path();
	pid = vfork();
	if (!pid)
		exec_nothing();
	if (pid < 0)
		die("vfork");
	say_clone("vfork", VFORK_FLAGS, pid);
	wait_child(pid);
	say("what=exec pid=%d caller=%d", pid, pid);
	return 0;
}

int verb_posix_spawn(int argc, char **argv)
{
	pid_t pid;
	int error;

	take_numbers(argc, argv, NULL, 0);
	error = posix_spawn(&pid, self_path(), NULL, NULL, nothing_argv, environ);
	if (error) {
		errno = error;
		die("posix_spawn");
	}
	say_clone("posix_spawn", VFORK_FLAGS, pid);
	wait_child(pid);
	say("what=exec pid=%d caller=%d", pid, pid);
	return 0;
}

static void *exec_in_thread(void *unused)
{
	(void)unused;
	/* The thread takes the process's pid: its own tid ends here. */
	say("what=exec pid=%d caller=%d", getpid(), current_tid());
	exec_nothing();
	return NULL;
}

int verb_exec_thread(int argc, char **argv)
{
	pthread_t thread;
	pid_t pid;

	take_numbers(argc, argv, NULL, 0);
	pid = must_fork();
	if (!pid) {
		if (pthread_create(&thread, NULL, exec_in_thread, NULL))
			_exit(1);
		pause();
		_exit(1);
	}
	say_clone("fork", FORK_FLAGS, pid);
	wait_child(pid);
	return 0;
}
