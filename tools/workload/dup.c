// SPDX-License-Identifier: GPL-2.0-only
/*
 * dup.c - a copied address space, looked at before its owner ran
 *
 * The child of a traced fork stops before its first instruction in user mode:
 * what /proc says of it then is what the copy alone made.
 */
#include "workload.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096L

/* Neighbours differ in protection, so that the kernel cannot merge them. */
static void make_vmas(long count)
{
	long i;

	for (i = 0; i < count; i++) {
		char *at = mmap(NULL, 2 * PAGE, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED || mprotect(at, PAGE, PROT_READ))
			die("mapping %ld of %ld", i, count);
	}
}

static void touch_pages(long pages)
{
	char *at;

	if (!pages)
		return;
	at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		die("%ld pages", pages);
	/* One page table entry each, whatever the system's huge page policy. */
	madvise(at, pages * PAGE, MADV_NOHUGEPAGE);
	while (pages--)
		at[pages * PAGE] = 1;
}

static void traced_parent(long vmas, long pages)
{
	pid_t pid;

	make_vmas(vmas);
	touch_pages(pages);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(1);
	raise(SIGSTOP);
	/* Without CHILD_SETTID, which would write into the child's memory. */
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		_exit(1);
	if (!pid)
		_exit(0);
	wait_child(pid);
	_exit(0);
}

static int wait_stop(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			die("wait for %d", pid);
	if (!WIFSTOPPED(status)) {
		errno = ECHILD;
		die("%d ended where it had to stop", pid);
	}
	return status;
}

static long exact_rss_kib(pid_t pid)
{
	char path[64], text[2048];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	read_file(path, text, sizeof(text));
	at = strstr(text, "Rss:");
	return at ? strtol(at + 4, NULL, 10) : -1;
}

/* Without [vsyscall], which is shown there and is no VMA of the process. */
static long vmas_of(pid_t pid)
{
	char path[64], line[512];
	long vmas = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	if (!file)
		die("%s", path);
	while (fgets(line, sizeof(line), file))
		vmas += !strstr(line, "[vsyscall]");
	fclose(file);
	return vmas;
}

int verb_dup(int argc, char **argv)
{
	long vmas = 0, pages = 0;
	const struct number options[] = {
		{ "vmas", &vmas, 0, 30000 },
		{ "pages", &pages, 0, 10000000 },
		{ NULL },
	};
	unsigned long child;
	pid_t parent;

	take_numbers(argc, argv, options, 0);
	parent = must_fork();
	if (!parent)
		traced_parent(vmas, pages);
	wait_stop(parent);
	if (ptrace(PTRACE_SETOPTIONS, parent, NULL, PTRACE_O_TRACEFORK) ||
	    ptrace(PTRACE_CONT, parent, NULL, NULL))
		die("trace %d", parent);
	wait_stop(parent);
	if (ptrace(PTRACE_GETEVENTMSG, parent, NULL, &child))
		die("the pid of the child of %d", parent);
	wait_stop(child);
	say("what=dup parent=%d child=%lu vmas=%ld rss_kib=%ld status_rss_kib=%ld pgtable_kib=%ld",
	    parent, child, vmas_of(child), exact_rss_kib(child),
	    status_number(child, "VmRSS:"), status_number(child, "VmPTE:"));
	if (ptrace(PTRACE_DETACH, (pid_t)child, NULL, NULL) ||
	    ptrace(PTRACE_DETACH, parent, NULL, NULL))
		die("let %d and %lu go", parent, child);
	wait_child(parent);
	return 0;
}
