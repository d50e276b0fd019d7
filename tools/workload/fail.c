// SPDX-License-Identifier: GPL-2.0-only
/*
 * fail.c - clones that fail, each at another place inside copy_process
 */
#include "workload.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/sched.h>

#define STACK_SIZE 65536
#define OVERCOMMIT "/proc/sys/vm/overcommit_memory"

static int child_returns(void *unused)
{
	(void)unused;
	return 0;
}

static int clone_and_say(struct clone_args *args)
{
	long pid;

	/* clone3 itself refuses a thread with a signal, long before copy_process. */
	args->exit_signal = args->flags & CLONE_THREAD ? 0 : SIGCHLD;
	pid = raw_clone3(args, child_returns, NULL);
	say_clone("clone3", args->flags, pid);
	if (pid <= 0)
		return 0;
	wait_child(pid);
	errno = 0;
	die("a clone that had to fail made %ld", pid);
}

/* alloc_pid comes after copy_mm: the verdict stands, and is undone. */
static int set_tid_taken(uint64_t flags)
{
	pid_t taken = getpid();
	struct clone_args args = {
		.flags = flags,
		.set_tid = (uintptr_t)&taken,
		.set_tid_size = 1,
	};

	if (flags & CLONE_VM) {
		args.stack = (uintptr_t)aligned_alloc(16, STACK_SIZE);
		args.stack_size = STACK_SIZE;
	}
	return clone_and_say(&args);
}

static int fail_set_tid(void)
{
	return set_tid_taken(0);
}

static int fail_set_tid_share(void)
{
	return set_tid_taken(CLONE_VM);
}

/*
 * With strict accounting and no room at all dup_mmap gives up at the first
 * private writable mapping. The old settings come back before anybody else is
 * likely to ask for memory.
 */
static int fail_no_memory(void)
{
	char kbytes[32], ratio[32], mode[32];
	long pid;
	int error;

	read_file("/proc/sys/vm/overcommit_kbytes", kbytes, sizeof(kbytes));
	read_file("/proc/sys/vm/overcommit_ratio", ratio, sizeof(ratio));
	read_file(OVERCOMMIT, mode, sizeof(mode));
	write_file("/proc/sys/vm/overcommit_kbytes", "1");
	error = write_file(OVERCOMMIT, "2");
	pid = error ? 0 : syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!error && !pid)
		_exit(0);
	if (pid < 0)
		pid = -errno;
	write_file(OVERCOMMIT, mode);
	if (atol(kbytes))
		write_file("/proc/sys/vm/overcommit_kbytes", kbytes);
	else
		write_file("/proc/sys/vm/overcommit_ratio", ratio);
	errno = -error;
	if (error)
		die("write 2 to %s", OVERCOMMIT);
	say_clone("clone", 0, pid);
	if (pid > 0)
		wait_child(pid);
	return pid > 0;
}

/* Refused before anything was copied: copy_mm is never reached. */
static int fail_sighand(void)
{
	struct clone_args args = { .flags = CLONE_SIGHAND };

	return clone_and_say(&args);
}

static int fail_thread(void)
{
	struct clone_args args = { .flags = CLONE_THREAD };

	args.flags |= CLONE_VM;
	args.stack = (uintptr_t)aligned_alloc(16, STACK_SIZE);
	args.stack_size = STACK_SIZE;
	return clone_and_say(&args);
}

/* copy_creds refuses, before copy_mm; root is exempt, so be somebody else. */
static int fail_nproc(void)
{
	struct rlimit none = { 0, 0 };
	pid_t pid = must_fork();
	long result;

	if (pid) {
		wait_child(pid);
		return 0;
	}
	if (setresuid(4242, 4242, 4242))
		die("become user 4242");
	if (setrlimit(RLIMIT_NPROC, &none))
		die("RLIMIT_NPROC");
	result = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!result)
		_exit(0);
	say_clone("clone", 0, result < 0 ? -errno : result);
	_exit(result > 0);
}

int verb_fail(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} cases[] = {
		{ "set-tid", fail_set_tid },
		{ "set-tid-share", fail_set_tid_share },
		{ "no-memory", fail_no_memory },
		{ "sighand", fail_sighand },
		{ "thread", fail_thread },
		{ "nproc", fail_nproc },
	};
	int word = take_numbers(argc, argv, NULL, 1);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(argv[word], cases[i].name))
			return cases[i].run();
	die_usage("fail: unknown case '%s' (set-tid, set-tid-share, no-memory, sighand, thread, nproc)",
		  argv[word]);
}
