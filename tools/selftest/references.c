// SPDX-License-Identifier: GPL-2.0-only
/* references.c - row 16: short references, by the ledger */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "selftest.h"
#include "trace.h"

static void nothing_more(struct actor *actor)
{
	(void)actor;
}

/* What we changed of an mm's counters since a moment. */
struct changes {
	unsigned int takes;
	int users, count;
	const struct mmscope_record *first, *last;
};

static void changes_since(struct test *test, uint64_t mm, uint64_t from,
			  struct changes *changes)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_ref,
				 .mm = mm,
				 .pid = getpid(),
				 .from = from };
	const struct mmscope_record *ref = NULL;

	memset(changes, 0, sizeof(*changes));
	if (!trace_read(test))
		return;
	while ((ref = trace_next(test, &wanted, ref))) {
		if (!changes->first)
			changes->first = ref;
		changes->last = ref;
		changes->takes += ref->ref.delta > 0;
		if (ref->head.how == MMSCOPE_HOW_users)
			changes->users += ref->ref.delta;
		else
			changes->count += ref->ref.delta;
	}
}

static int open_of(pid_t pid, const char *name)
{
	char *path = must_format("/proc/%d/%s", (int)pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	free(path);
	return fd;
}

static void read_all(int fd)
{
	char text[4096];

	while (read(fd, text, sizeof(text)) > 0)
		;
}

/* The whole of it is short: what is taken is given back when the file is closed. */
static void check_reader(struct test *test, pid_t pid, uint64_t mm,
			 const char *name)
{
	uint64_t from = now_ns();
	struct changes changes;
	int fd = open_of(pid, name);

	if (!expect(test, fd >= 0, "/proc/PID/%s: %s", name, strerror(errno)))
		return;
	read_all(fd);
	close(fd);
	changes_since(test, mm, from, &changes);
	expect(test, changes.takes, "reading /proc/PID/%s took no reference",
	       name);
	expect(test, !changes.users && !changes.count,
	       "reading /proc/PID/%s leaves users %+d, count %+d", name,
	       changes.users, changes.count);
	show(test, changes.first,
	     "reading /proc/PID/%s, first of %u takes: in %s", name,
	     changes.takes, changes.first ? ref_function(changes.first) : "");
	show(test, changes.last, "reading /proc/PID/%s, the last put: in %s",
	     name, changes.last ? ref_function(changes.last) : "");
}

/* An open file holds count, not users: the process can still die. */
static void check_holder(struct test *test, pid_t pid, uint64_t mm)
{
	uint64_t from = now_ns();
	struct changes changes;
	int fd = open_of(pid, "mem");

	if (!expect(test, fd >= 0, "/proc/PID/mem: %s", strerror(errno)))
		return;
	changes_since(test, mm, from, &changes);
	expect(test, !changes.users && changes.count == 1,
	       "an open /proc/PID/mem holds users %+d, count %+d",
	       changes.users, changes.count);
	witness(test, "while /proc/PID/mem is open: users %+d, count %+d",
		changes.users, changes.count);
	close(fd);
	changes_since(test, mm, from, &changes);
	expect(test, !changes.users && !changes.count,
	       "a closed /proc/PID/mem leaves users %+d, count %+d",
	       changes.users, changes.count);
	show(test, changes.last, "closing /proc/PID/mem: in %s",
	     changes.last ? ref_function(changes.last) : "");
}

enum outcome row_references(struct test *test)
{
	static const char *const names[] = { "maps", "status", "environ" };
	struct actor actor;
	uint64_t mm;
	size_t i;

	if (!state_has_ledger())
		return skip_row(
			test,
			"this kernel or this machine has no ledger (see `probes` and the kernel's log)");
	if (actor_start(test, &actor, ANY_CPU, nothing_more, 0) &&
	    trace_read(test)) {
		mm = trace_mm_of(test, actor.pid);
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			check_reader(test, actor.pid, mm, names[i]);
		check_holder(test, actor.pid, mm);
		if (actor_go(test, &actor) && actor_wait_end(test, &actor) &&
		    expect(test, trace_wait_free(test, mm),
			   "the mm was not freed"))
			ledger_compare(test, mm);
	}
	actor_end(&actor);
	return DONE;
}
