// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_golden.c - everything that the verbs say of one capture, to the letter
 *
 * The capture is small enough to add it up by hand; no two of its numbers are the
 * same, so that one which stands in another's place is seen. What is expected is in
 * expected/; `make expected` writes it anew, for somebody to look through.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/util.h"
#include "capture_writer.h"
#include "input/sites.h"

/* Numbers of record-format.md's `how`. */
enum { NONE = 1, SHARE, DUP, FORK, VFORK, CLONE, THREAD, KTHREAD, IO_THREAD,
       EXEC = 11, EXIT, FOUND, SWITCH, OTHER = 17, OVERWRITTEN, USERS = 25,
       COUNT };
enum { SITE_COPY = 1, SITE_MMPUT, SITE_LAST, SITE_OPEN, SITE_RELEASE, SITE_LEAK };

#define SITES                                                                 \
	"\nenum site : uint32_t {\n\t\"none\" = 0,\n"                         \
	"\t\"copy_process+0xcdf\" = 1,\n\t\"mmput+0xe\" = 2,\n"                \
	"\t\"__mmput.isra.0+0xf2\" = 3,\n\t\"proc_mem_open+0x57\" = 4,\n"      \
	"\t\"mem_release+0x11\" = 5,\n\t\"leaky:leak_take+0x5\" = 6,\n};\n"

#define STACKS                                                                \
	"# stack       seen  innermost call first\n"                          \
	"     12          1  one+0x1/0x2 < two+0x3/0x4 [leaky] < three+0x5/0x6\n"

static char *top;

static char *in_top(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static void fork_begin(struct writer *writer, int kind, uint32_t pid,
		       uint64_t mm, uint64_t flags)
{
	unsigned char *at = write_record(writer, FORK_BEGIN, kind, pid, mm);

	put64(at + 32, flags);
	put32(at + 44, 1);
	put32(at + 48, 2);
}

static void copied(struct writer *writer, uint32_t pid, uint64_t mm,
		   uint64_t new, uint64_t ns)
{
	unsigned char *at = write_record(writer, DUP_MM, 0, pid, mm);

	put64(at + 32, new);
	put64(at + 40, ns);
}

static void decided(struct writer *writer, int path, uint32_t pid, uint64_t mm,
		    uint64_t new, uint32_t child, uint32_t vmas, uint32_t pages)
{
	unsigned char *at = write_record(writer, COPY_MM, path, pid, mm);

	put64(at + 32, new);
	put32(at + 40, child);
	put32(at + 44, path == SHARE ? 2 : 1);
	put32(at + 48, 1);
	put32(at + 52, vmas);
	put32(at + 56, pages);
	put32(at + 60, pages ? 7 : 0);
}

/* The vfork child that says at its exit_mm how long its parent has waited. */
static uint32_t waited_for;
static uint64_t waited_ns;

static void fork_end(struct writer *writer, int kind, uint32_t pid, uint64_t mm,
		     uint64_t ns, uint64_t vfork_ns, int32_t result, int path)
{
	unsigned char *at = write_record(writer, FORK_END, kind, pid, mm);

	put64(at + 32, ns - vfork_ns);
	put64(at + 40, kind == VFORK ? 0x4111 : 0x11);
	put32(at + 48, result);
	put32(at + 52, path);
	if (!vfork_ns)
		return;
	waited_for = result;
	waited_ns = vfork_ns;
}

static void birth(struct writer *writer, int how, uint32_t pid, uint64_t mm,
		  uint64_t parent, uint32_t owner, int users, int count)
{
	unsigned char *at = write_record(writer, MM_BIRTH, how, pid, mm);

	put64(at + 32, parent);
	put32(at + 40, users);
	put32(at + 44, count);
	put32(at + 48, owner);
}

static void fork_whole(struct writer *writer, uint32_t pid, uint64_t mm,
		       uint32_t child, uint64_t new, uint64_t ns,
		       uint64_t copy_ns, uint32_t vmas, uint32_t pages)
{
	fork_begin(writer, FORK, pid, mm, 0x11);
	birth(writer, DUP, pid, new, mm, 0, 1, 1);
	copied(writer, pid, mm, new, copy_ns);
	decided(writer, DUP, pid, mm, new, child, vmas, pages);
	fork_end(writer, FORK, pid, mm, ns, 0, child, DUP);
}

static void exit_mm(struct writer *writer, int how, uint32_t pid, uint64_t mm,
		    int users, int count)
{
	unsigned char *at = write_record(writer, EXIT_MM, how, pid, mm);

	put64(at + 32, pid == waited_for ? waited_ns : 0);
	if (pid == waited_for)
		waited_for = 0;
	put32(at + 40, users);
	put32(at + 44, count);
}

static void dead(struct writer *writer, uint32_t pid, uint64_t mm, int count)
{
	exit_mm(writer, EXIT, pid, mm, 0, count);
	put32(write_record(writer, MM_DEAD, 0, pid, mm) + 44, count);
}

static void freed(struct writer *writer, int how, uint32_t pid, uint64_t mm,
		  uint64_t dead_ns, uint32_t dropper)
{
	unsigned char *at = write_record(writer, MM_FREE, how, pid, mm);

	put64(at + 32, 8000000 + dead_ns);
	put64(at + 40, dead_ns);
	put32(at + 48, dropper);
}

static void borrow(struct writer *writer, uint64_t mm, uint32_t lender,
		   uint32_t borrower)
{
	unsigned char *at =
		write_record(writer, LAZY_BORROW, SWITCH, lender, mm);

	put32(at + 32, lender);
	put32(at + 36, borrower);
	put32(at + 40, 1);
	put32(at + 44, 3);
}

static void hand_off(struct writer *writer, uint64_t mm, uint32_t previous,
		     uint32_t borrower, uint64_t ns)
{
	unsigned char *at =
		write_record(writer, LAZY_HANDOFF, SWITCH, previous, mm);

	put64(at + 32, ns);
	put32(at + 40, previous);
	put32(at + 44, borrower);
	put32(at + 48, 1);
	put32(at + 52, 3);
}

static void give_back(struct writer *writer, uint64_t mm, uint32_t lender,
		      uint32_t borrower, uint64_t ns)
{
	unsigned char *at =
		write_record(writer, LAZY_RETURN, SWITCH, borrower, mm);

	put64(at + 32, ns);
	put32(at + 40, lender);
	put32(at + 44, borrower);
	put32(at + 48, lender);
	put32(at + 52, 1);
	put32(at + 56, 2);
}

static void ref(struct writer *writer, uint32_t pid, uint64_t mm, int how,
		int site, int delta, int value, int stack)
{
	unsigned char *at = write_record(writer, REF, how, pid, mm);

	put32(at + 32, site);
	put32(at + 36, delta);
	put32(at + 40, value);
	put32(at + 44, stack);
}

/* Clones of all kinds, on CPU 0. */
static void write_clones(struct writer *writer)
{
	write_comm(writer, 100, "redis server");
	write_comm(writer, 200, "sh\n\xc2\x9b\x1b[31m");
	birth(writer, FOUND, 1, 5, 0, 100, 3, 4);
	birth(writer, FOUND, 1, 6, 0, 200, 1, 1);
	fork_whole(writer, 100, 5, 101, 11, 2400000, 2000000, 100, 50000);
	fork_whole(writer, 200, 6, 201, 12, 300000, 250000, 10, 20);
	fork_whole(writer, 200, 6, 202, 13, 999700, 350000, 14, 40);
	fork_begin(writer, VFORK, 200, 6, 0x4111);
	decided(writer, SHARE, 200, 6, 6, 203, 0, 0);
	birth(writer, EXEC, 203, 14, 6, 0, 1, 1);
	fork_end(writer, VFORK, 200, 6, 7300000, 7000000, 203, SHARE);
	exit_mm(writer, EXEC, 203, 6, 1, 2);
	put32(write_record(writer, EXEC_MM, EXEC, 203, 14) + 40, 1);
	write_comm(writer, 203, "ls");
	birth(writer, EXEC, 201, 15, 12, 0, 1, 1);
	exit_mm(writer, EXEC, 201, 12, 0, 1);
	put32(write_record(writer, EXEC_MM, EXEC, 201, 15) + 40, 1);
	fork_begin(writer, FORK, 100, 5, 0x11);
	copied(writer, 100, 5, 16, 90000);
	fork_end(writer, FORK, 100, 5, 95000, 0, -12, DUP);
	fork_begin(writer, THREAD, 100, 5, 0x10f00);
	decided(writer, SHARE, 100, 5, 5, 102, 0, 0);
	fork_end(writer, THREAD, 100, 5, 41000, 0, 102, SHARE);
	decided(writer, NONE, 2, 0, 0, 30, 0, 0);
}

/* Ends of all kinds, on CPU 0. */
static void write_ends(struct writer *writer)
{
	write_comm(writer, 300, "kworker/1:2");
	/* Freed by its own task's switch, as most are. */
	dead(writer, 202, 13, 2);
	freed(writer, SWITCH, 0, 13, 1500, 202);
	/* Held by somebody else, who lets go, twice; and by a third who does not. */
	dead(writer, 203, 14, 3);
	freed(writer, OTHER, 300, 14, 6000000, 300);
	put32(write_record(writer, MM_DEAD, 0, 201, 12) + 44, 2);
	freed(writer, OTHER, 300, 12, 4000000, 300);
	dead(writer, 101, 11, 2);
	/* Dead before this capture began. */
	freed(writer, SWITCH, 0, 4, 77000, 300);
}

/* Loans with and without hand-offs, on CPU 1. */
static void write_loans(struct writer *writer)
{
	write_comm(writer, 20, "ksoftirqd/1");
	borrow(writer, 5, 100, 0);
	hand_off(writer, 5, 0, 20, 30000);
	hand_off(writer, 5, 20, 0, 45000);
	give_back(writer, 5, 100, 0, 91000);
	borrow(writer, 5, 100, 20);
	give_back(writer, 5, 100, 20, 52000);
	borrow(writer, 6, 200, 0);
	give_back(writer, 6, 200, 0, 64000);
	borrow(writer, 5, 100, 0);
}

static void write_loss(struct writer *writer)
{
	unsigned char *at = write_record(writer, LOST, OVERWRITTEN, 0, 0);

	put64(at + 32, 3);
	put64(at + 40, 2000000);
	/* And four of which no record tells. */
	writer->seq += 4;
	write_comm(writer, 100, "redis server");
}

/* References to mm 5, there before; a hundred is held by nobody that was seen. */
static void write_references(struct writer *writer)
{
	write_comm(writer, 400, "a holder");
	ref(writer, 400, 5, COUNT, SITE_OPEN, 1, 5, 12);
	ref(writer, 400, 5, USERS, SITE_LEAK, 1, 5, 0);
	ref(writer, 400, 5, USERS, SITE_LEAK, 1, 6, 0);
	ref(writer, 400, 5, COUNT, SITE_OPEN, 1, 6, 0);
	ref(writer, 400, 5, COUNT, SITE_RELEASE, -1, 5, 0);
	ref(writer, 400, 11, COUNT, SITE_OPEN, 1, 3, 0);
}

static void write_whole_capture(const char *name, bool loses, bool ledger)
{
	struct writer cpu0 = { .time = 1000000000 };
	struct writer cpu1 = { .time = 1000000050, .cpu = 1 };

	assert_int_equal(mkdir(in_top(name), 0700), 0);
	write_packet(&cpu0);
	write_packet(&cpu1);
	write_clones(&cpu0);
	cpu0.time += 5000000;
	cpu1.time += 5000000;
	if (ledger)
		write_references(&cpu0);
	write_ends(&cpu0);
	write_loans(&cpu1);
	if (loses)
		write_loss(&cpu0);
	/* The end, so that ages are not 0. */
	cpu0.time += 2000000000;
	write_comm(&cpu0, 100, "redis server");
	write_cpu(in_top(name), &cpu0);
	write_cpu(in_top(name), &cpu1);
	sites_parse(SITES);
	write_metadata(in_top(name));
	write_file(in_top(name), ".stacks", STACKS, strlen(STACKS));
}

static int setup(void **state)
{
	(void)state;
	top = make_directory();
	write_whole_capture("plain", false, false);
	write_whole_capture("lossy", true, false);
	write_whole_capture("ledger", false, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(top);
	return 0;
}

/* What each is expected to say is in EXPECTED/NAME, its exit status in the first line. */
static const struct {
	const char *name, *command;
} cases[] = {
	{ "report", "report plain" },
	{ "report.json", "report plain --json" },
	{ "report-lossy", "report lossy" },
	{ "report-lossy.json", "report lossy --json" },
	{ "forks", "forks plain" },
	{ "forks.json", "forks plain --json" },
	{ "mms", "mms plain" },
	{ "mms.json", "mms plain --json" },
	{ "borrows", "borrows plain" },
	{ "borrows.json", "borrows plain --json" },
	{ "events", "events lossy" },
	{ "events.json", "events lossy --json" },
	{ "events-ledger.json", "events ledger --json --types ref" },
	{ "events-types", "events lossy --types mm_dead,lazy_return" },
	{ "ledger", "ledger ledger" },
	{ "ledger.json", "ledger ledger --json" },
	{ "ledger-5", "ledger ledger 5" },
	{ "ledger-5.json", "ledger ledger 5 --json" },
	{ "who-100", "who ledger 100" },
	{ "who-100.json", "who ledger 100 --json" },
	{ "who-101", "who ledger 101" },
	{ "who-100-without-ledger", "who plain 100" },
};

static void test_what_the_verbs_say(void **state)
{
	char command[1024];
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(command, sizeof(command),
			 "cd '%s' && { \"$MMSCOPE\" %s; echo \"exit $?\"; } >said 2>&1; %s",
			 top, cases[i].command,
			 getenv("WRITE_EXPECTED") ? "cp said" : "diff -u");
		snprintf(command + strlen(command),
			 sizeof(command) - strlen(command),
			 getenv("WRITE_EXPECTED") ?
				 " '" EXPECTED "/%s'" :
				 " '" EXPECTED "/%s' said",
			 cases[i].name);
		status = system(command);
		if (status)
			fail_msg("mmscope %s: see above; - expected, + said",
				 cases[i].command);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_verbs_say),
	};

	return cmocka_run_group_tests_name("golden", tests, setup, teardown);
}
