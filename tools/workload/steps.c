// SPDX-License-Identifier: GPL-2.0-only
/*
 * steps.c - one process, and everything that takes and gives back its mm
 *
 * Each step says what it leaves behind in mm_users and mm_count, the scheduler's
 * borrowing aside, and from when to when it took.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 3

static pthread_t threads[THREADS];
static pthread_barrier_t barrier;
/* The file that one step opens and the next one closes. */
static int held;

static void *until_barrier(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&barrier);
	return NULL;
}

static void start_threads(void)
{
	int i;

	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (i = 0; i < THREADS; i++) {
		errno = pthread_create(&threads[i], NULL, until_barrier, NULL);
		if (errno)
			die("pthread_create");
	}
}

/* A thread has given up the mm once it is no thread of the process any more. */
static void end_threads(void)
{
	int i;

	pthread_barrier_wait(&barrier);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	while (status_number(getpid(), "Threads:") > 1)
		sched_yield();
}

static void sleep_often(void)
{
	int i;

	for (i = 0; i < 20; i++)
		usleep(1000);
}

static void vfork_child(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	if (pid < 0)
		die("vfork");
	wait_child(pid);
}

static void fork_child(void)
{
	pid_t pid = must_fork();

	if (!pid)
		_exit(0);
	wait_child(pid);
}

static void open_file(const char *path)
{
	held = open(path, O_RDONLY | O_CLOEXEC);
	if (held < 0)
		die("%s", path);
}

static void open_maps(void)
{
	open_file("/proc/self/maps");
}

static void open_environ(void)
{
	open_file("/proc/self/environ");
}

static void open_mem(void)
{
	open_file("/proc/self/mem");
}

static void read_held(void)
{
	char some[256];

	if (pread(held, some, sizeof(some), 0) <= 0)
		die("read what /proc says");
}

static void read_mem(void)
{
	char byte;

	if (pread(held, &byte, 1, (off_t)&held) != 1)
		die("read /proc/self/mem");
}

static void close_held(void)
{
	close(held);
}

static void read_status(void)
{
	status_number(getpid(), "VmSize:");
}

static void read_by_pid(void)
{
	char to, from = 1;
	struct iovec local = { &to, 1 }, remote = { &from, 1 };

	if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) != 1)
		die("process_vm_readv");
}

/* The child traces its parent, and looks at a word of it. */
static void be_traced(void)
{
	pid_t parent = getpid(), pid = must_fork();

	if (pid) {
		wait_child(pid);
		return;
	}
	if (ptrace(PTRACE_ATTACH, parent, NULL, NULL) ||
	    waitpid(parent, NULL, __WALL) != parent)
		die("attach to the parent");
	errno = 0;
	ptrace(PTRACE_PEEKDATA, parent, &held, NULL);
	if (errno || ptrace(PTRACE_DETACH, parent, NULL, NULL))
		die("trace the parent");
	_exit(0);
}

/* A child that outlives this process holds its memory, and says when it lets go. */
static void be_pinned(void)
{
	int ready[2], alive[2];
	char path[64], byte;
	pid_t parent = getpid();

	if (pipe2(ready, O_CLOEXEC) || pipe2(alive, O_CLOEXEC))
		die("pipe");
	if (must_fork()) {
		close(ready[1]);
		close(alive[0]);
		if (read(ready[0], &byte, 1) != 1)
			die("the child does not hold the memory");
		/* alive[1] stays open for as long as this process lives. */
		return;
	}
	close(alive[1]);
	snprintf(path, sizeof(path), "/proc/%d/mem", parent);
	open_file(path);
	if (write(ready[1], "", 1) != 1 || read(alive[0], &byte, 1))
		die("wait for the parent's end");
	sleep_ms(200);
	say("what=releasing holder=%d at_ns=%lld", getpid(),
	    (long long)now_ns());
	_exit(0);
}

static const struct act {
	const char *name;
	void (*run)(void);
	int users;
	int count;
} acts[] = {
	{ "start_threads", start_threads, THREADS, 0 },
	{ "sleep", sleep_often, 0, 0 },
	{ "vfork", vfork_child, 0, 0 },
	{ "fork", fork_child, 0, 0 },
	{ "open_maps", open_maps, 0, 1 },
	{ "read_maps", read_held, 0, 0 },
	{ "close_maps", close_held, 0, -1 },
	{ "status", read_status, 0, 0 },
	{ "open_environ", open_environ, 0, 1 },
	{ "read_environ", read_held, 0, 0 },
	{ "close_environ", close_held, 0, -1 },
	{ "open_mem", open_mem, 0, 1 },
	{ "read_mem", read_mem, 0, 0 },
	{ "close_mem", close_held, 0, -1 },
	{ "process_vm_readv", read_by_pid, 0, 0 },
	{ "ptrace", be_traced, 0, 0 },
	{ "end_threads", end_threads, -THREADS, 0 },
	{ "pin", be_pinned, 0, 1 },
};

int verb_steps(int argc, char **argv)
{
	int64_t begin;
	size_t i;

	take_numbers(argc, argv, NULL, 0);
	wait_release();
	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		begin = now_ns();
		acts[i].run();
		say("what=step name=%s users=%d count=%d begin_ns=%lld end_ns=%lld",
		    acts[i].name, acts[i].users, acts[i].count,
		    (long long)begin, (long long)now_ns());
	}
	return 0;
}
