// SPDX-License-Identifier: GPL-2.0-only
/*
 * reader_exit.c - a thread that has a file open exits, and waits in the middle of exit_mm()
 *
 * exit_mm() takes mmap_lock for reading before it gives up the mm, and the file is
 * closed only after it. The first thread changes the mm all the time, with mmap_lock
 * held for writing, so most threads sleep there. They are threads because a process
 * that exits takes mmap_lock for its accounting before that.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not CLONE_FILES: the file is the thread's own, and closed by its exit. */
#define READER_FLAGS \
	(CLONE_VM | CLONE_FS | CLONE_SYSVSEM | CLONE_SIGHAND | CLONE_THREAD)
#define STACK_BYTES 65536
/* Each page of it is visited by each change. */
#define REGION_BYTES (16L << 20)

static volatile bool has_opened;
static volatile long changes;

static int open_and_exit(void *path)
{
	/* errno is the first thread's too: it shares its thread area. */
	if (syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) < 0)
		die("%s", (char *)path);
	has_opened = true;
	/* The first thread is in the middle of the next change then. */
	while (!changes)
		sched_yield();
	return 0;
}

static void change(char *region, int protection)
{
	if (mprotect(region, REGION_BYTES, protection))
		die("mprotect");
	changes += has_opened;
}

static void one_reader(char *path, char *stack, char *region)
{
	pid_t tid;

	has_opened = false;
	changes = 0;
	tid = clone(open_and_exit, stack + STACK_BYTES, READER_FLAGS, path);
	if (tid < 0)
		die("clone");
	while (!syscall(SYS_tgkill, getpid(), tid, 0)) {
		change(region, PROT_READ);
		change(region, PROT_READ | PROT_WRITE);
	}
	say("what=reader pid=%d", tid);
}

int verb_reader_exit(int argc, char **argv)
{
	static char stack[STACK_BYTES] __attribute__((aligned(16)));
	long times = 20;
	const struct number wanted[] = {
		{ "times", &times, 1, 10000 },
		{ NULL, NULL, 0, 0 },
	};
	int word = take_numbers(argc, argv, wanted, 1);
	char *region = mmap(NULL, REGION_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (region == MAP_FAILED)
		die("memory");
	/* Real-time kernels have no huge pages, and do not know of them. */
	if (madvise(region, REGION_BYTES, MADV_NOHUGEPAGE) && errno != EINVAL)
		die("madvise");
	while (times--)
		one_reader(argv[word], stack, region);
	return 0;
}
