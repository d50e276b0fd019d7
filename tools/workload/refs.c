// SPDX-License-Identifier: GPL-2.0-only
/*
 * refs.c - references that others take to a process's address space
 *
 * Each way is taken with a process of its own, which ends before the way is done
 * with, so that what it took and gave back must be in that process's ledger.
 */
#include "refs.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static const struct way {
	const char *name;
	int (*take)(void);
} ways[] = {
	{ "proc", ref_proc },
	{ "ptrace", ref_ptrace },
	{ "process_vm_readv", ref_process_vm_readv },
	{ "move_pages", ref_move_pages },
	{ "oom_score_adj", ref_oom_score_adj },
	{ "process_mrelease", ref_process_mrelease },
	{ "userfaultfd", ref_userfaultfd },
	{ "io_uring", ref_io_uring },
	{ "ksm", ref_ksm },
	{ "khugepaged", ref_khugepaged },
	{ "madvise_collapse", ref_madvise_collapse },
	{ "swapoff", ref_swapoff },
};

int ref_ptrace(void)
{
	pid_t pid = ref_victim();
	long word;
	int status;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		die("ptrace attach");
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		die("wait for the stop of %d", pid);
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, ref_page, NULL);
	if (errno || memcmp(&word, ref_page, sizeof(word)))
		die("ptrace peek");
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL))
		die("ptrace detach");
	ref_end_victim(pid);
	return 0;
}

int ref_process_vm_readv(void)
{
	char copy[64];
	struct iovec here = { copy, sizeof(copy) };
	struct iovec there = { ref_page, sizeof(copy) };
	pid_t pid = ref_victim();
	int error = 0;

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) < 0)
		error = -errno;
	else if (memcmp(copy, ref_page, sizeof(copy)))
		die("process_vm_readv read something else");
	ref_end_victim(pid);
	return error;
}

/* Asks only where a page is; nothing moves. */
int ref_move_pages(void)
{
	void *page = ref_page;
	pid_t pid = ref_victim();
	int status, error = 0;

	if (syscall(SYS_move_pages, pid, 1L, &page, NULL, &status, 0))
		error = -errno;
	ref_end_victim(pid);
	return error;
}

static int adjust_oom_score(void *unused)
{
	(void)unused;
	return -write_file("/proc/self/oom_score_adj", "100");
}

/*
 * Whoever shares the mm is adjusted too, for which it is taken: processes that are
 * neither threads nor vfork's children.
 */
int ref_oom_score_adj(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid;
	int status;

	pid = clone(adjust_oom_score, stack + sizeof(stack), CLONE_VM | SIGCHLD,
		    NULL);
	if (pid < 0)
		die("clone");
	if (waitpid(pid, &status, __WALL) != pid || !WIFEXITED(status))
		die("wait for %d", pid);
	if (write_file("/proc/self/oom_score_adj", "0"))
		die("/proc/self/oom_score_adj");
	return -WEXITSTATUS(status);
}

/* The killed process has a lot to give back, so that there is time to help it. */
int ref_process_mrelease(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	const size_t size = 16 << 20;
	int go[2], fd, error = 0;
	char byte = 0;
	void *memory;
	pid_t pid;

	if (pipe(go))
		die("pipe");
	pid = must_fork();
	if (!pid) {
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
			      0);
		if (memory == MAP_FAILED || write(go[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(go[0], &byte, 1) != 1)
		die("read");
	fd = syscall(SYS_pidfd_open, pid, 0);
	/* It cannot run before this task waits: killed it is all the same. */
	pin_to_cpu(pid, 0);
	pin_to_cpu(0, 0);
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		die("SCHED_FIFO");
	if (fd < 0 || kill(pid, SIGKILL) ||
	    syscall(SYS_process_mrelease, fd, 0))
		error = -errno;
	ref_end_victim(pid);
	close(fd);
	close(go[0]);
	close(go[1]);
	return error;
}

/* In a process of its own, so that its own mm ends with it as well. */
static void take_way(const struct way *way)
{
	int status, error;
	pid_t pid = must_fork();

	if (!pid) {
		error = way->take();
		_exit(error ? -error : 0);
	}
	if (waitpid(pid, &status, 0) != pid)
		die("wait for %d", pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 1)
		die_usage("refs %s: failed, wait status 0x%x", way->name,
			  status);
	if (WEXITSTATUS(status))
		say("what=ref way=%s pid=%d done=0 error=%s", way->name, pid,
		    strerrorname_np(WEXITSTATUS(status)));
	else
		say("what=ref way=%s pid=%d done=1", way->name, pid);
}

int verb_refs(int argc, char **argv)
{
	size_t i, done = 0;
	int word;

	for (word = 1; word < argc || (argc == 1 && word == 1); word++)
		for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
			if (argc == 1 || !strcmp(argv[word], ways[i].name)) {
				take_way(&ways[i]);
				done++;
			}
	if (argc > 1 && done != (size_t)argc - 1)
		die_usage("refs: one of these is no way to take a reference");
	return 0;
}
