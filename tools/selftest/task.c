// SPDX-License-Identifier: GPL-2.0-only
/* task.c - rows 10, 11, 14: vfork, exec, ptrace */
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/record_io.h"
#include "selftest.h"
#include "trace.h"

#define STACK_SIZE 65536

/* ---- 10: vfork waits ---- */

#define CHILD_SLEEPS_US 20000

/* What the parent itself saw: whom it made, and when it went on. */
struct waits {
	pid_t exits, execs, forked;
	uint64_t exits_on_ns, execs_on_ns, forked_on_ns;
};

static void wait_for_children(struct actor *actor)
{
	struct waits *facts = actor->facts;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		sleep_us(CHILD_SLEEPS_US);
		_exit(0);
	}
	facts->exits_on_ns = now_ns();
	facts->exits = pid;
	pid = vfork();
	if (!pid) {
		sleep_us(CHILD_SLEEPS_US);
		exec_nothing();
	}
	facts->execs_on_ns = now_ns();
	facts->execs = pid;
	pid = fork();
	if (!pid) {
		sleep_us(CHILD_SLEEPS_US);
		_exit(0);
	}
	facts->forked_on_ns = now_ns();
	facts->forked = pid;
	actor_reap(actor, facts->exits);
	actor_reap(actor, facts->execs);
	actor_reap(actor, facts->forked);
}

/*
 * The child's exit_mm is recorded before it lets its parent go on, so which comes
 * first is no question of speed; nor is that a sleep lasts at least as long as asked.
 */
static void check_wait(struct test *test, pid_t parent, pid_t child,
		       enum mmscope_how how, uint64_t went_on_ns, bool waits,
		       const char *what)
{
	const struct mmscope_record *gone;
	struct call call;

	if (!trace_call_of(test, parent, child, &call))
		return;
	gone = trace_first(test, .type = MMSCOPE_TYPE_exit_mm, .how = how,
			   .pid = child);
	if (!expect(test, gone, "%s: the child has no exit_mm", what))
		return;
	expect(test, (went_on_ns > gone->head.timestamp) == waits,
	       "%s: the parent %s its child let go of the mm", what,
	       waits ? "went on before" : "waited until");
	expect(test,
	       waits ? gone->exit_mm.vfork_ns >= CHILD_SLEEPS_US * 1000ULL :
		       !gone->exit_mm.vfork_ns,
	       "%s: the wait is said to be %llu ns", what,
	       (unsigned long long)gone->exit_mm.vfork_ns);
	show(test, gone, "%s: the child lets go of the mm", what);
	witness(test, "the parent went on %.3f ms %s that",
		(waits ? (double)(went_on_ns - gone->head.timestamp) :
			 (double)(gone->head.timestamp - went_on_ns)) /
			1e6,
		waits ? "after" : "before");
}

enum outcome row_vfork(struct test *test)
{
	const struct waits *facts;
	struct actor actor;

	if (actor_perform(test, &actor, ANY_CPU, wait_for_children,
			  sizeof(*facts))) {
		facts = actor.facts;
		check_wait(test, actor.pid, facts->exits, MMSCOPE_HOW_exit,
			   facts->exits_on_ns, true, "vfork() and _exit()");
		check_wait(test, actor.pid, facts->execs, MMSCOPE_HOW_exec,
			   facts->execs_on_ns, true, "vfork() and exec()");
		check_wait(test, actor.pid, facts->forked, MMSCOPE_HOW_exit,
			   facts->forked_on_ns, false, "fork()");
	}
	actor_end(&actor);
	return DONE;
}

/* ---- 11: exec ---- */

struct execs {
	pid_t forked, vforked, threaded;
};

static void *exec_in_thread(void *unused)
{
	(void)unused;
	exec_nothing();
	return NULL;
}

static void exec_thrice(struct actor *actor)
{
	struct execs *facts = actor->facts;
	pthread_t thread;
	pid_t pid;

	pid = fork();
	if (!pid)
		exec_nothing();
	facts->forked = pid;
	actor_reap(actor, pid);
	pid = vfork();
	if (!pid)
		exec_nothing();
	facts->vforked = pid;
	actor_reap(actor, pid);
	pid = fork();
	if (!pid) {
		if (pthread_create(&thread, NULL, exec_in_thread, NULL))
			_exit(1);
		for (;;)
			pause();
	}
	facts->threaded = pid;
	actor_reap(actor, pid);
}

/* @left: users of the old mm without the task that execs. */
static void check_exec(struct test *test, pid_t parent, pid_t child, int left,
		       const char *what)
{
	const struct mmscope_record *exec, *leave, *dead;
	struct call call;

	if (!trace_call_of(test, parent, child, &call))
		return;
	exec = trace_first(test, .type = MMSCOPE_TYPE_exec_mm, .pid = child);
	leave = trace_first(test, .type = MMSCOPE_TYPE_exit_mm,
			    .how = MMSCOPE_HOW_exec, .pid = child);
	if (!expect(test, exec && leave, "%s: no exec_mm, or no exit_mm", what))
		return;
	dead = trace_first(test, .type = MMSCOPE_TYPE_mm_dead,
			   .mm = leave->head.mm, .from = leave->head.timestamp,
			   .pid = child);
	expect(test,
	       exec->exec_mm.old_mm == call.copy->copy_mm.new_mm &&
		       leave->head.mm == exec->exec_mm.old_mm,
	       "%s: the mm it left is not the one it had", what);
	expect(test,
	       exec->head.mm != exec->exec_mm.old_mm &&
		       exec->exec_mm.users == 1,
	       "%s: its new mm is the old one, or has users %d", what,
	       exec->exec_mm.users);
	expect(test, leave->exit_mm.users == left,
	       "%s: the old mm has %d users left, not %d", what,
	       leave->exit_mm.users, left);
	expect(test, !dead == !!left, "%s: the old mm is %s", what,
	       dead ? "dead" : "not dead");
	show(test, leave, "%s: leaves the old mm, users left: %d", what, left);
	show(test, exec, "%s: has a new one", what);
	show(test, dead, "%s: nobody uses the old one any more", what);
}

enum outcome row_exec(struct test *test)
{
	const struct execs *facts;
	struct actor actor;

	if (actor_perform(test, &actor, ANY_CPU, exec_thrice, sizeof(*facts))) {
		facts = actor.facts;
		check_exec(test, actor.pid, facts->forked, 0,
			   "fork() and exec()");
		check_exec(test, actor.pid, facts->vforked, 1,
			   "vfork() and exec()");
		check_exec(test, actor.pid, facts->threaded, 0,
			   "exec() from a second thread");
	}
	actor_end(&actor);
	return DONE;
}

/* ---- 14: ptrace ---- */

enum { TRACE_FORK, TRACE_VFORK, TRACE_CLONE, TRACES };

static const struct {
	const char *call;
	int event;
	enum mmscope_how path;
} traces[TRACES] = {
	[TRACE_FORK] = { "fork()", PTRACE_EVENT_FORK, MMSCOPE_HOW_dup },
	[TRACE_VFORK] = { "vfork()", PTRACE_EVENT_VFORK, MMSCOPE_HOW_share },
	[TRACE_CLONE] = { "clone(CLONE_VM) without SIGCHLD", PTRACE_EVENT_CLONE,
			  MMSCOPE_HOW_share },
};

struct traced {
	pid_t tracee;
	int events[TRACES];
	unsigned long children[TRACES];
};

static int end_at_once(void *unused)
{
	(void)unused;
	return 0;
}

static void __attribute__((noreturn)) be_traced(void)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(1);
	raise(SIGSTOP);
	if (!fork())
		_exit(0);
	if (!vfork())
		_exit(0);
	/* No signal at its end, which makes it a clone for ptrace. */
	clone(end_at_once, stack + sizeof(stack), CLONE_VM, NULL);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	_exit(0);
}

/* What ptrace tells, until tracee and children have ended. */
static void trace_clones(struct actor *actor)
{
	struct traced *facts = actor->facts;
	int status, seen = 0;
	long signal;
	pid_t pid;

	pid = fork();
	if (!pid)
		be_traced();
	facts->tracee = pid;
	if (waitpid(facts->tracee, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, facts->tracee, NULL,
		   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			   PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) ||
	    ptrace(PTRACE_CONT, facts->tracee, NULL, NULL))
		actor_fail(actor, "ptrace");
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		signal = WSTOPSIG(status);
		if (status >> 16 && seen < TRACES) {
			facts->events[seen] = status >> 16;
			ptrace(PTRACE_GETEVENTMSG, pid, NULL,
			       &facts->children[seen++]);
		}
		/* SIGTRAP and SIGSTOP are ptrace's own here. */
		if (signal == SIGTRAP || signal == SIGSTOP)
			signal = 0;
		ptrace(PTRACE_CONT, pid, NULL, signal);
	}
}

/* The kernel's rule, in kernel_clone(). */
static int event_of(const struct mmscope_record *begin)
{
	if (begin->fork_begin.clone_flags & CLONE_VFORK)
		return PTRACE_EVENT_VFORK;
	if (begin->fork_begin.exit_signal != SIGCHLD)
		return PTRACE_EVENT_CLONE;
	return PTRACE_EVENT_FORK;
}

enum outcome row_ptrace(struct test *test)
{
	const struct traced *facts;
	struct actor actor;
	struct call call;
	int i;

	if (actor_perform(test, &actor, ANY_CPU, trace_clones,
			  sizeof(*facts))) {
		facts = actor.facts;
		for (i = 0; i < TRACES; i++) {
			if (!trace_call_of(test, facts->tracee,
					   facts->children[i], &call))
				break;
			expect(test,
			       facts->events[i] == traces[i].event &&
				       event_of(call.begin) == facts->events[i],
			       "%s: ptrace told event %d, and by its flags it is %d",
			       traces[i].call, facts->events[i],
			       event_of(call.begin));
			expect(test, call.copy->head.how == traces[i].path,
			       "%s took the path %s", traces[i].call,
			       how_name(call.copy->head.how));
			show(test, call.begin,
			     "%s: ptrace told event %d and child %lu",
			     traces[i].call, facts->events[i],
			     facts->children[i]);
			show(test, call.copy, "the same path as untraced");
		}
	}
	actor_end(&actor);
	return DONE;
}
