// SPDX-License-Identifier: GPL-2.0-only
/* clone.c - rows 2 to 4: copy_mm's three paths */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "input/record_io.h"
#include "selftest.h"
#include "trace.h"

/* ---- 2: shared ---- */

struct share {
	pid_t thread, child;
	long threads_before, threads_after;
	pthread_mutex_t until_seen;
};

static void *wait_until_seen(void *argument)
{
	struct share *facts = argument;

	facts->thread = syscall(SYS_gettid);
	pthread_mutex_lock(&facts->until_seen);
	pthread_mutex_unlock(&facts->until_seen);
	return NULL;
}

static void share_twice(struct actor *actor)
{
	struct share *facts = actor->facts;
	pthread_t thread;
	pid_t pid;

	facts->threads_before = status_number(getpid(), "Threads:");
	pthread_mutex_init(&facts->until_seen, NULL);
	pthread_mutex_lock(&facts->until_seen);
	errno = pthread_create(&thread, NULL, wait_until_seen, facts);
	if (errno)
		actor_fail(actor, "pthread_create");
	facts->threads_after = status_number(getpid(), "Threads:");
	pthread_mutex_unlock(&facts->until_seen);
	thread_join(thread, &facts->thread);
	pid = vfork();
	if (!pid)
		_exit(0);
	facts->child = pid;
	actor_reap(actor, pid);
}

/* One transition of users, and no birth, between begin and end. */
static void check_only_counted(struct test *test, const struct call *call,
			       const char *what)
{
	struct wanted wanted = { .pid = call->begin->head.pid,
				 .from = call->begin->head.timestamp,
				 .to = call->end->head.timestamp };
	const struct mmscope_record *ref;

	wanted.type = MMSCOPE_TYPE_mm_birth;
	expect(test, !trace_count(test, &wanted) && !call->dup,
	       "%s made a new mm", what);
	if (!state_has_ledger())
		return;
	wanted.type = MMSCOPE_TYPE_ref;
	wanted.how = MMSCOPE_HOW_users;
	wanted.mm = call->begin->head.mm;
	ref = trace_next(test, &wanted, NULL);
	expect(test,
	       ref && trace_count(test, &wanted) == 1 && ref->ref.delta == 1,
	       "%s: the ledger has not just one users + 1", what);
	show(test, ref, "%s: the ledger's one transition, in %s", what,
	     ref ? ref_function(ref) : "");
}

static bool check_shared(struct test *test, pid_t parent, pid_t child,
			 const char *what)
{
	struct call call;
	int others, grown;

	if (!trace_call_of(test, parent, child, &call))
		return true;
	others = trace_strangers(test, call.begin->head.mm, MMSCOPE_HOW_users,
				 parent, call.begin->head.timestamp,
				 call.copy->head.timestamp);
	if (others)
		return false;
	grown = call.copy->copy_mm.users - call.begin->fork_begin.users;
	expect(test, call.copy->head.how == MMSCOPE_HOW_share,
	       "%s took the path %s", what, how_name(call.copy->head.how));
	expect(test,
	       call.copy->head.mm &&
		       call.copy->head.mm == call.copy->copy_mm.new_mm,
	       "%s: the child's mm is not its parent's", what);
	expect(test, grown == 1, "%s: mm_users went from %d to %d", what,
	       call.begin->fork_begin.users, call.copy->copy_mm.users);
	show(test, call.begin, "%s: users before", what);
	show(test, call.copy, "%s: the same mm, one user more", what);
	check_only_counted(test, &call, what);
	return true;
}

enum outcome row_share(struct test *test)
{
	enum outcome outcome = DONE;
	const struct share *facts;
	struct actor actor;

	if (actor_perform(test, &actor, ANY_CPU, share_twice, sizeof(*facts))) {
		facts = actor.facts;
		if (!check_shared(test, actor.pid, facts->thread,
				  "pthread_create()") ||
		    !check_shared(test, actor.pid, facts->child, "vfork()"))
			outcome = again(test, "somebody else took references");
		expect(test, facts->threads_after == facts->threads_before + 1,
		       "/proc/self/status: Threads: %ld, then %ld",
		       facts->threads_before, facts->threads_after);
		witness(test, "/proc/self/status: Threads: %ld, then %ld",
			facts->threads_before, facts->threads_after);
	}
	actor_end(&actor);
	return outcome;
}

/* ---- 3: copied ---- */

/* A busy machine may hold up some of them. */
#define FORKS 8
#define MORE_VMAS 300
#define TOUCHED (8UL << 20)

/* Each in a page of page tables of its own: those cover 2 MiB, on some machines more. */
#define FILES 8
#define FILE_DISTANCE (4UL << 20)

/* A process as it is (0), and with many VMAs and pages (1). */
struct copy {
	struct {
		long vmas;
		long tables_kib;
		pid_t pids[FORKS];
	} sizes[2];
};

static void fork_some(struct actor *actor, int size)
{
	struct copy *facts = actor->facts;
	pid_t pid;
	int i;

	facts->sizes[size].vmas = own_vmas();
	facts->sizes[size].tables_kib = status_number(getpid(), "VmPTE:");
	for (i = 0; i < FORKS; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		facts->sizes[size].pids[i] = pid;
		actor_reap(actor, pid);
	}
}

/* Pages of a file, read, and of no others: their page tables are not copied. */
static void map_files(struct actor *actor)
{
	int fd = open(NOTHING_PROGRAM, O_RDONLY | O_CLOEXEC), i;
	volatile char *file;
	char *area;

	area = mmap(NULL, (FILES + 1) * FILE_DISTANCE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (i = 0; area != MAP_FAILED && i < FILES; i++) {
		file = mmap(area + i * FILE_DISTANCE, sysconf(_SC_PAGESIZE),
			    PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
		if (file == MAP_FAILED)
			actor_fail(actor, "mmap of a file");
		(void)*file;
	}
	close(fd);
}

static void fork_small_and_large(struct actor *actor)
{
	long page = sysconf(_SC_PAGESIZE);
	char *area;
	int i;

	fork_some(actor, 0);
	area = mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		actor_fail(actor, "mmap");
	memset(area, 1, TOUCHED);
	/* Every other page with another protection: VMAs that do not merge. */
	for (i = 0; i < MORE_VMAS / 2; i++)
		if (mprotect(area + 2 * i * page, page, PROT_READ))
			actor_fail(actor, "mprotect");
	map_files(actor);
	fork_some(actor, 1);
}

static void check_copy(struct test *test, pid_t parent, pid_t child, long vmas,
		       struct call *call)
{
	const struct mmscope_own_copy_mm *copy;
	const struct mmscope_record *birth;

	if (!trace_call_of(test, parent, child, call))
		return;
	copy = &call->copy->copy_mm;
	birth = trace_first(test, .type = MMSCOPE_TYPE_mm_birth,
			    .mm = copy->new_mm);
	expect(test, call->copy->head.how == MMSCOPE_HOW_dup,
	       "fork() took the path %s", how_name(call->copy->head.how));
	expect(test, copy->new_mm && copy->new_mm != call->copy->head.mm,
	       "fork()'s child has no mm of its own");
	expect(test, copy->users == 1 && copy->count == 1,
	       "the copy has users %d, count %d", copy->users, copy->count);
	expect(test,
	       birth && birth->head.how == MMSCOPE_HOW_dup &&
		       birth->mm_birth.parent_mm == call->copy->head.mm,
	       "the copy has no mm_birth from its parent's mm");
	expect(test,
	       call->dup && !call->dup->dup_mm.result &&
		       call->dup->dup_mm.new_mm == copy->new_mm,
	       "the copy has no dup_mm");
	expect(test, copy->vmas == vmas,
	       "the copy has %u VMAs, and /proc/self/maps had %ld", copy->vmas,
	       vmas);
}

static uint64_t fastest(const struct call *calls)
{
	uint64_t ns = UINT64_MAX;
	int i;

	for (i = 0; i < FORKS; i++)
		if (calls[i].dup && calls[i].dup->dup_mm.ns < ns)
			ns = calls[i].dup->dup_mm.ns;
	return ns;
}

static void check_tables(struct test *test, const struct mmscope_record *copy,
			 long parent_kib)
{
	long page_kib = sysconf(_SC_PAGESIZE) / 1024;
	long kib = copy->copy_mm.pgtable_pages * page_kib;
	/* A page of a page table has 8 bytes for each page. */
	long least = TOUCHED / 1024 / page_kib * 8 / 1024;

	expect(test, kib >= least && kib <= parent_kib,
	       "the copy has %ld KiB of page tables, its parent %ld, and its touched pages alone need %ld",
	       kib, parent_kib, least);
	expect(test, copy->copy_mm.pages >= TOUCHED / 1024 / page_kib,
	       "the copy has only %u pages", copy->copy_mm.pages);
	witness(test,
		"/proc/self/status: VmPTE: %ld kB, and the copy's page tables take %ld KiB",
		parent_kib, kib);
	if (kib < parent_kib)
		differs(test,
			"page tables of file mappings without private pages are not copied but filled by faults, since 2.6.14; VMAs are in a %s",
			kernel_has("mas_walk") ?
				"maple tree, since 6.1" :
				"list and a red-black tree, as they were until 6.0");
}

/*
 * Of several runs the fastest says what the work itself takes; thousands of pages
 * more cannot take less, however busy the machine is.
 */
static void check_cost(struct test *test, struct call calls[2][FORKS])
{
	uint64_t small = fastest(calls[0]), large = fastest(calls[1]);

	expect(test, small < large,
	       "copying %lu KiB and %d VMAs more took no longer",
	       TOUCHED / 1024, MORE_VMAS);
	show(test, calls[0][0].dup, "the copy of a small process");
	show(test, calls[1][0].dup, "the copy of a large one");
	show(test, calls[1][0].copy, "a new mm: users 1, count 1");
}

/* An mm's memory is soon used for the next one, its id never is. */
static void check_ids(struct test *test, struct call calls[2][FORKS])
{
	uint64_t ids[2 * FORKS];
	int i, j;

	for (i = 0; i < 2 * FORKS; i++) {
		ids[i] = calls[i / FORKS][i % FORKS].copy->copy_mm.new_mm;
		for (j = 0; j < i; j++)
			expect(test, ids[i] != ids[j],
			       "two copies are both mm %llu",
			       (unsigned long long)ids[i]);
	}
}

enum outcome row_copy(struct test *test)
{
	const struct copy *facts;
	struct call calls[2][FORKS] = { 0 };
	struct actor actor;
	int size, i;

	if (actor_perform(test, &actor, ANY_CPU, fork_small_and_large,
			  sizeof(*facts))) {
		facts = actor.facts;
		for (size = 0; size < 2; size++)
			for (i = 0; i < FORKS; i++)
				check_copy(test, actor.pid,
					   facts->sizes[size].pids[i],
					   facts->sizes[size].vmas,
					   &calls[size][i]);
		witness(test, "/proc/self/maps: %ld VMAs, then %ld",
			facts->sizes[0].vmas, facts->sizes[1].vmas);
		if (!test->failure) {
			check_ids(test, calls);
			check_cost(test, calls);
			check_tables(test, calls[1][0].copy,
				     facts->sizes[1].tables_kib);
		}
	}
	actor_end(&actor);
	return DONE;
}

/* ---- 4: none ---- */

/*
 * The kernel looks for a module of that name, and makes a process for modprobe. Until
 * that has executed modprobe it is a kernel thread's child, and has no mm.
 */
#define NO_FILESYSTEM "mmscope-selftest-none"

static const struct mmscope_record *kthread_clone(struct test *test,
						  struct call *call)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_fork_begin,
				 .how = MMSCOPE_HOW_kthread };
	const struct mmscope_record *begin = NULL, *after;

	while ((begin = trace_next(test, &wanted, begin))) {
		after = begin > test->records ? begin - 1 : NULL;
		if (trace_call_after(test, begin->head.pid, after, call) &&
		    call->end->fork_end.result > 0)
			return begin;
	}
	return NULL;
}

enum outcome row_kernel_thread(struct test *test)
{
	long before = file_number("/proc/stat", "processes");
	const struct mmscope_record *born;
	struct call call;
	char flags[400];

	mount("none", "/", NO_FILESYSTEM, 0, NULL);
	if (!trace_read(test))
		return DONE;
	if (!kthread_clone(test, &call))
		return again(
			test,
			"the kernel made no thread when it was asked for a filesystem that there is not");
	if (!expect(test, call.copy, "a kernel thread's clone has no copy_mm"))
		return DONE;
	short_flags(flags, sizeof(flags), call.begin->fork_begin.clone_flags);
	expect(test, !call.begin->head.mm && !call.begin->fork_begin.users,
	       "the kernel thread that made it has an mm");
	expect(test,
	       call.copy->head.how == MMSCOPE_HOW_none &&
		       !call.copy->copy_mm.new_mm && !call.copy->head.mm &&
		       !call.dup,
	       "copy_mm took the path %s", how_name(call.copy->head.how));
	expect(test, call.end->fork_end.path == MMSCOPE_HOW_none,
	       "fork_end says path %s", how_name(call.end->fork_end.path));
	expect(test, file_number("/proc/stat", "processes") > before,
	       "/proc/stat counts no process more");
	show(test, call.begin, "a kernel thread makes a task (%s)", flags);
	show(test, call.copy, "copy_mm: no mm, though the flags have CLONE_VM");
	/* mount() has waited for its end: what it came to is recorded. */
	born = trace_first(test, .type = MMSCOPE_TYPE_mm_birth,
			   .pid = call.copy->copy_mm.child);
	expect(test, !born || !born->mm_birth.parent_mm,
	       "the new task had an mm after all");
	show(test, born, "its first mm, by exec, with none before it");
	return DONE;
}
