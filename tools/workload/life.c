// SPDX-License-Identifier: GPL-2.0-only
/*
 * life.c - one process that meets, one after the other, all that changes its mm's
 * counters, and dies while somebody still holds it
 *
 * It does only what it is told, a byte at a time, and answers each; so nothing
 * happens at once that could be counted in either order.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 3

static char page[64] = "what others read";
static pthread_t threads[THREADS];
static int thread_pipes[THREADS][2];

static void *wait_byte(void *argument)
{
	char byte;

	while (read(*(int *)argument, &byte, 1) < 0 && errno == EINTR)
		;
	return NULL;
}

static void do_threads(void)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		if (pipe(thread_pipes[i]))
			die("pipe");
		errno = pthread_create(&threads[i], NULL, wait_byte,
				       &thread_pipes[i][0]);
		if (errno)
			die("pthread_create");
	}
}

/* Gone for good when the process has one thread fewer. */
static void do_thread_exit(void)
{
	long before = status_number(getpid(), "Threads:");

	if (write(thread_pipes[0][1], "", 1) != 1)
		die("write");
	pthread_join(threads[0], NULL);
	while (status_number(getpid(), "Threads:") >= before)
		usleep(1000);
}

static void do_fork(void)
{
	pid_t pid = must_fork();

	if (!pid)
		_exit(0);
	wait_child(pid);
}

static void do_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	wait_child(pid);
}

static void do_exec(void)
{
	static char *const words[] = { "mm-workload", "nothing", NULL };
	pid_t pid;

	self_path();
	pid = vfork();
	if (!pid) {
		execv(self_path(), words);
		_exit(127);
	}
	wait_child(pid);
}

static void do_sleep(void)
{
	int i;

	for (i = 0; i < 5; i++)
		usleep(1000);
}

static void (*const own_acts[])(void) = {
	do_threads, do_vfork, do_fork, do_exec, do_sleep, do_thread_exit,
};

#define OWN_ACTS ((int)(sizeof(own_acts) / sizeof(own_acts[0])))

static void __attribute__((noreturn)) live(int orders, int answers)
{
	char order;

	while (read(orders, &order, 1) == 1) {
		own_acts[(int)order]();
		if (write(answers, &order, 1) != 1)
			break;
	}
	_exit(0);
}

static void read_proc(pid_t pid, const char *name)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	read_file(path, text, sizeof(text));
}

static void read_memory(pid_t pid)
{
	char copy[sizeof(page)];
	struct iovec here = { copy, sizeof(copy) };
	struct iovec there = { page, sizeof(page) };

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != sizeof(page))
		die("process_vm_readv");
}

static void trace(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) ||
	    waitpid(pid, &status, __WALL) != pid)
		die("ptrace attach");
	errno = 0;
	ptrace(PTRACE_PEEKDATA, pid, page, NULL);
	if (errno || ptrace(PTRACE_DETACH, pid, NULL, NULL))
		die("ptrace");
}

static void visit(pid_t pid, int *held)
{
	char path[64], byte[8];

	read_proc(pid, "maps");
	read_proc(pid, "status");
	read_proc(pid, "environ");
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	*held = open(path, O_RDONLY | O_CLOEXEC);
	if (*held < 0 ||
	    pread(*held, byte, sizeof(byte), (off_t)(long)page) != sizeof(byte))
		die("%s", path);
	trace(pid);
	read_memory(pid);
}

int verb_life(int argc, char **argv)
{
	int orders[2], answers[2], held, act;
	char byte;
	pid_t pid;

	take_numbers(argc, argv, NULL, 0);
	if (pipe(orders) || pipe(answers))
		die("pipe");
	pid = must_fork();
	if (!pid) {
		close(orders[1]);
		live(orders[0], answers[1]);
	}
	say("what=life pid=%d", pid);
	wait_release();
	for (act = 0; act < OWN_ACTS; act++) {
		byte = act;
		if (write(orders[1], &byte, 1) != 1 ||
		    read(answers[0], &byte, 1) != 1)
			die("act %d", act);
	}
	visit(pid, &held);
	close(orders[1]);
	wait_child(pid);
	/* Dead, and still pinned. */
	sleep_ms(20);
	close(held);
	say("what=lived pid=%d", pid);
	return 0;
}
