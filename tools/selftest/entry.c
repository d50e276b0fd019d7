// SPDX-License-Identifier: GPL-2.0-only
/* entry.c - row 1: all clones end in one function */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "input/record_io.h"
#include "selftest.h"
#include "trace.h"

#define STACK_SIZE 65536

enum { BY_FORK, BY_VFORK, BY_CLONE, BY_PTHREAD, BY_CLONE3, BY_SPAWN, WAYS };

/*
 * @all: flags that it must have; @none: that it must not have, beyond which a C
 * library may ask for what it likes
 */
static const struct {
	const char *call;
	uint64_t all, none;
	enum mmscope_how kind;
} ways[WAYS] = {
	[BY_FORK] = { "fork()", 0, CLONE_VM | CLONE_VFORK | CLONE_THREAD,
		      MMSCOPE_HOW_fork },
	[BY_VFORK] = { "vfork()", CLONE_VM | CLONE_VFORK, CLONE_THREAD,
		       MMSCOPE_HOW_vfork },
	[BY_CLONE] = { "clone(CLONE_VM|CLONE_FILES)", CLONE_VM | CLONE_FILES,
		       CLONE_VFORK | CLONE_THREAD | CLONE_FS,
		       MMSCOPE_HOW_clone },
	[BY_PTHREAD] = { "pthread_create()",
			 CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS |
				 CLONE_FILES,
			 CLONE_VFORK, MMSCOPE_HOW_thread },
	[BY_CLONE3] = { "clone3()", 0, ~0ULL, MMSCOPE_HOW_fork },
	[BY_SPAWN] = { "posix_spawn()", CLONE_VM | CLONE_VFORK, CLONE_THREAD,
		       MMSCOPE_HOW_vfork },
};

struct one_entry {
	pid_t pids[WAYS];
};

static void *say_tid(void *tid)
{
	*(pid_t *)tid = syscall(SYS_gettid);
	return NULL;
}

static int end_at_once(void *unused)
{
	(void)unused;
	return 0;
}

static pid_t spawn_nothing(struct actor *actor)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	errno = posix_spawn(&pid, NOTHING_PROGRAM, &actions, NULL,
			    nothing_words, environ);
	if (errno)
		actor_fail(actor, "posix_spawn");
	return pid;
}

static void make_one_of_each(struct actor *actor)
{
	struct one_entry *facts = actor->facts;
	struct clone_args args = { .exit_signal = SIGCHLD };
	char *stack = malloc(STACK_SIZE);
	pthread_t thread;
	pid_t pid;
	int way;

	pid = fork();
	if (!pid)
		_exit(0);
	facts->pids[BY_FORK] = pid;
	pid = vfork();
	if (!pid)
		_exit(0);
	facts->pids[BY_VFORK] = pid;
	facts->pids[BY_CLONE] = clone(end_at_once, stack + STACK_SIZE,
				      CLONE_VM | CLONE_FILES | SIGCHLD, NULL);
	/* Its stack is used again only when it is done. */
	actor_reap(actor, facts->pids[BY_CLONE]);
	errno = pthread_create(&thread, NULL, say_tid,
			       &facts->pids[BY_PTHREAD]);
	if (errno)
		actor_fail(actor, "pthread_create");
	thread_join(thread, &facts->pids[BY_PTHREAD]);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(0);
	facts->pids[BY_CLONE3] = pid;
	facts->pids[BY_SPAWN] = spawn_nothing(actor);
	for (way = 0; way < WAYS; way++)
		if (way != BY_CLONE && way != BY_PTHREAD)
			actor_reap(actor, facts->pids[way]);
}

static void check_way(struct test *test, int way, pid_t parent, pid_t child)
{
	struct call call;
	char flags[400];
	uint64_t given;

	if (!trace_call_of(test, parent, child, &call))
		return;
	given = call.begin->fork_begin.clone_flags;
	short_flags(flags, sizeof(flags), given);
	expect(test,
	       (given & ways[way].all) == ways[way].all &&
		       !(given & ways[way].none & ~0xffULL),
	       "%s came with the flags %s", ways[way].call, flags);
	expect(test,
	       call.begin->head.how == ways[way].kind &&
		       call.end->head.how == ways[way].kind &&
		       call.end->fork_end.clone_flags == given,
	       "%s is recorded as %s", ways[way].call,
	       how_name(call.begin->head.how));
	show(test, call.begin, "%s: %s", ways[way].call, flags);
}

/* What the module is attached to. */
static void check_entry(struct test *test)
{
	char *where = debugfs_cell("probes", "point", "do_fork", "where");
	const char *name = kernel_has("kernel_clone") ? "kernel_clone" :
			   kernel_has("_do_fork")     ? "_do_fork" :
							"do_fork";

	expect(test,
	       where && !strncmp(where, name, strlen(name)) &&
		       strchr("+.", where[strlen(name)]),
	       "mmscope watches %s, and the function is %s",
	       where ? where : "nothing", name);
	witness(test, "probes: the point do_fork is at %s",
		where ? where : "-");
	if (strcmp(name, "do_fork"))
		differs(test,
			"the function is %s here: do_fork until 4.1, _do_fork from 4.2, kernel_clone since 5.10",
			name);
	free(where);
}

enum outcome row_one_entry(struct test *test)
{
	const struct one_entry *facts;
	struct wanted begins = { .type = MMSCOPE_TYPE_fork_begin };
	struct actor actor;
	unsigned int made;
	int way;

	if (actor_perform(test, &actor, ANY_CPU, make_one_of_each,
			  sizeof(*facts))) {
		facts = actor.facts;
		for (way = 0; way < WAYS; way++)
			check_way(test, way, actor.pid, facts->pids[way]);
		begins.pid = actor.pid;
		made = trace_count(test, &begins);
		expect(test, made == WAYS, "%d calls made %u fork_begin", WAYS,
		       made);
		check_entry(test);
	}
	actor_end(&actor);
	return DONE;
}
