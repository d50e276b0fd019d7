// SPDX-License-Identifier: GPL-2.0-only
/*
 * actor.c - child processes that make one step of an experiment each time they are
 * told
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "selftest.h"
#include "trace.h"

/* An actor that takes longer than this has lost its way. */
#define PATIENCE_MS 60000
#define ERROR_SIZE 128

/* This program itself, which then ends at once. */
char *const nothing_words[] = { "mmscope-selftest", WORD_NOTHING, NULL };

void exec_nothing(void)
{
	/* All system calls, as a vfork child may make them. */
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDOUT_FILENO);
	execv(NOTHING_PROGRAM, nothing_words);
	_exit(127);
}

static void __attribute__((noreturn))
act(struct actor *actor, void (*work)(struct actor *actor))
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(actor->to[1]);
	close(actor->from[0]);
	actor_pause(actor);
	work(actor);
	_exit(0);
}

/*
 * A fork's child begins where its parent is: from there its address space has been
 * nowhere else.
 */
static pid_t fork_on(int cpu)
{
	pid_t pid;

	if (cpu == ANY_CPU)
		return fork();
	cpu_move_to(cpu);
	pid = fork();
	if (pid)
		cpu_move_to(cpu_usable(0));
	return pid;
}

bool actor_start(struct test *test, struct actor *actor, int cpu,
		 void (*work)(struct actor *actor), size_t facts)
{
	memset(actor, 0, sizeof(*actor));
	actor->size = ERROR_SIZE + facts;
	actor->error = mmap(NULL, actor->size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (actor->error == MAP_FAILED || pipe2(actor->to, O_CLOEXEC) ||
	    pipe2(actor->from, O_CLOEXEC)) {
		complain("%s", strerror(errno));
		exit(STATUS_TROUBLE);
	}
	actor->facts = actor->error + ERROR_SIZE;
	fflush(NULL);
	actor->pid = fork_on(cpu);
	if (!actor->pid)
		act(actor, work);
	close(actor->to[0]);
	close(actor->from[1]);
	return expect(test, actor->pid > 0, "fork: %s", strerror(errno)) &&
	       actor_wait(test, actor);
}

static bool actor_speaks(const struct actor *actor)
{
	struct pollfd wanted = { .fd = actor->from[0], .events = POLLIN };
	char byte;

	return poll(&wanted, 1, PATIENCE_MS) == 1 &&
	       read(actor->from[0], &byte, 1) == 1;
}

bool actor_wait(struct test *test, struct actor *actor)
{
	return expect(test, actor_speaks(actor),
		      "the process did not come so far: %s",
		      *actor->error ? actor->error : "no word from it");
}

bool actor_go(struct test *test, struct actor *actor)
{
	return expect(test, write(actor->to[1], "", 1) == 1,
		      "the process is not there any more: %s", actor->error);
}

bool actor_wait_end(struct test *test, struct actor *actor)
{
	int ms;

	for (ms = 0; ms < PATIENCE_MS && !actor->ended; ms++) {
		actor->ended = waitpid(actor->pid, &actor->status, WNOHANG) ==
			       actor->pid;
		if (!actor->ended)
			sleep_us(1000);
	}
	return expect(test, actor->ended && !actor->status,
		      "the process could not do its part: %s",
		      *actor->error ? actor->error :
		      actor->ended  ? "it ended with an error" :
				      "it did not end");
}

bool actor_perform(struct test *test, struct actor *actor, int cpu,
		   void (*work)(struct actor *actor), size_t facts)
{
	return actor_start(test, actor, cpu, work, facts) &&
	       actor_go(test, actor) && actor_wait_end(test, actor) &&
	       trace_read(test);
}

void actor_end(struct actor *actor)
{
	if (actor->pid > 0 && !actor->ended) {
		kill(actor->pid, SIGKILL);
		waitpid(actor->pid, NULL, 0);
	}
	close(actor->to[1]);
	close(actor->from[0]);
	munmap(actor->error, actor->size);
}

void actor_pause(struct actor *actor)
{
	char byte;

	if (write(actor->from[1], "", 1) != 1 ||
	    read(actor->to[0], &byte, 1) != 1)
		_exit(1);
}

void actor_fail(struct actor *actor, const char *what)
{
	snprintf(actor->error, ERROR_SIZE, "%s: %s", what, strerror(errno));
	_exit(1);
}

void thread_join(pthread_t thread, const pid_t *tid)
{
	pthread_join(thread, NULL);
	while (!syscall(SYS_tgkill, getpid(), *tid, 0))
		sleep_us(100);
}

void actor_reap(struct actor *actor, pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, __WALL) != pid)
		actor_fail(actor, "a child");
	errno = ECHILD;
	if (status)
		actor_fail(actor, "a child ended with an error");
}
