// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_ledger.c - mmscope ledger and who: out of a capture's records and out of the
 * module's files
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "capture_writer.h"
#include "input/sites.h"

enum { DUP = 3, EXIT = 12, CONTEXT_SWITCH = 14, OVERWRITTEN = 18, USERS = 25,
       COUNT = 26 };
enum { SITE_COPY = 1, SITE_MMPUT, SITE_LAST, SITE_OPEN, SITE_RELEASE, SITE_LEAK };

#define SITES                                                                 \
	"\nenum site : uint32_t {\n\t\"none\" = 0,\n"                         \
	"\t\"copy_process+0xcdf\" = 1,\n\t\"mmput+0xe\" = 2,\n"                \
	"\t\"__mmput.isra.0+0xf2\" = 3,\n\t\"proc_mem_open+0x57\" = 4,\n"      \
	"\t\"mem_release+0x11\" = 5,\n\t\"leaky:leak_take+0x5\" = 6,\n};\n"

static char *top;

static char *in_top(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static int run(const char *command)
{
	char *whole;
	int status;

	assert_true(asprintf(&whole,
			     "cd '%s'; mmscope() { \"$MMSCOPE\" \"$@\"; }; { %s ; } >out 2>err",
			     top, command) >= 0);
	status = system(whole);
	free(whole);
	if (strstr(command, " --json"))
		keep_json(in_top("out"));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_contains(const char *name, const char *part)
{
	char *text = read_whole(in_top(name), NULL);

	if (!text || !strstr(text, part))
		fail_msg("%s lacks '%s': %s", name, part, text ? text : "?");
	free(text);
}

static void write_ref(struct writer *writer, uint32_t pid, uint64_t mm, int how,
		      int site, int delta, int value, int stack)
{
	unsigned char *at = write_record(writer, REF, how, pid, mm);

	put32(at + 32, site);
	put32(at + 36, delta);
	put32(at + 40, value);
	put32(at + 44, stack);
}

/* A fork's child: born by its parent, then it is somebody. */
static void write_birth(struct writer *writer, uint32_t parent, uint32_t child,
			uint64_t mm)
{
	unsigned char *at = write_record(writer, MM_BIRTH, DUP, parent, mm);

	put32(at + 40, 1);
	put32(at + 44, 1);
	at = write_record(writer, COPY_MM, DUP, parent, 1);
	put64(at + 32, mm);
	put32(at + 40, child);
	put32(at + 44, 1);
	put32(at + 48, 1);
}

static void write_exit(struct writer *writer, uint32_t pid, uint64_t mm)
{
	write_record(writer, EXIT_MM, EXIT, pid, mm);
	write_ref(writer, pid, mm, USERS, SITE_MMPUT, -1, 0, 0);
	write_record(writer, MM_DEAD, 0, pid, mm);
	write_ref(writer, pid, mm, COUNT, SITE_LAST, -1, 0, 0);
}

/*
 * mm 7 closes; mm 8 lacks a take; mm 9 is still held by 50 through /proc, and lent
 * to CPU 0's idle task; a reader has come and gone.
 */
static void write_capture(const char *name, bool loses)
{
	struct writer writer = { .time = 1000000 };
	unsigned char *at;

	assert_int_equal(mkdir(in_top(name), 0700), 0);
	write_packet(&writer);
	write_comm(&writer, 50, "a holder");
	write_comm(&writer, 60, "parent");
	write_ref(&writer, 60, 1, USERS, SITE_COPY, 1, 2, 0);
	write_birth(&writer, 60, 70, 7);
	write_birth(&writer, 60, 80, 8);
	write_birth(&writer, 60, 90, 9);
	at = write_record(&writer, LAZY_BORROW, CONTEXT_SWITCH, 70, 7);
	put32(at + 44, 2);
	at = write_record(&writer, LAZY_RETURN, CONTEXT_SWITCH, 0, 7);
	put32(at + 56, 1);
	write_exit(&writer, 70, 7);
	write_record(&writer, MM_FREE, 17, 70, 7);
	if (loses) {
		at = write_record(&writer, LOST, OVERWRITTEN, 0, 0);
		put64(at + 32, 3);
		put64(at + 40, 1000000);
	}
	write_ref(&writer, 50, 8, COUNT, SITE_RELEASE, -1, 0, 0);
	write_exit(&writer, 80, 8);
	write_record(&writer, MM_FREE, 17, 80, 8);
	write_ref(&writer, 50, 9, COUNT, SITE_OPEN, 1, 2, 0);
	write_ref(&writer, 50, 9, COUNT, SITE_OPEN, 1, 3, 12);
	write_ref(&writer, 50, 9, COUNT, SITE_RELEASE, -1, 2, 0);
	write_ref(&writer, 50, 9, USERS, SITE_LEAK, 1, 2, 0);
	at = write_record(&writer, LAZY_BORROW, CONTEXT_SWITCH, 90, 9);
	put32(at + 32, 90);
	put32(at + 44, 3);
	write_file(in_top(name), "cpu0", writer.bytes, writer.length);
	free(writer.bytes);
	sites_parse(SITES);
	write_metadata(in_top(name));
	write_file(in_top(name), ".stacks",
		   "# stack       seen  innermost call first\n"
		   "     12          1  one+0x1/0x2 < two+0x3/0x4 [leaky] < three+0x5/0x6\n",
		   107);
}

/* A capture's only file of records is written, and its metadata. */
static void finish_capture(const char *name, struct writer *writer)
{
	write_file(in_top(name), "cpu0", writer->bytes, writer->length);
	free(writer->bytes);
	sites_parse(SITES);
	write_metadata(in_top(name));
}

/*
 * mm 9 is held by 50 through /proc, and its owner exits. The last count that all
 * users share is dropped inside mmput() itself, as on 5.10 and on PREEMPT_RT.
 */
static void write_last_count_in_mmput(const char *name)
{
	struct writer writer = { .time = 1000000 };

	assert_int_equal(mkdir(in_top(name), 0700), 0);
	write_packet(&writer);
	write_comm(&writer, 50, "a holder");
	write_comm(&writer, 60, "parent");
	write_ref(&writer, 60, 1, USERS, SITE_COPY, 1, 2, 0);
	write_birth(&writer, 60, 90, 9);
	write_ref(&writer, 50, 9, COUNT, SITE_OPEN, 1, 2, 0);
	write_record(&writer, EXIT_MM, EXIT, 90, 9);
	write_ref(&writer, 90, 9, USERS, SITE_MMPUT, -1, 0, 0);
	put32(write_record(&writer, MM_DEAD, 0, 90, 9) + 32, 2);
	write_ref(&writer, 90, 9, COUNT, SITE_MMPUT, -1, 1, 0);
	finish_capture(name, &writer);
}

/*
 * mm 9 is held by 50, which took mm_users, and its owner exits. mm 10 was born before
 * the first record that shows the ledger to be on, and closes all the same.
 */
static void write_owner_leaves(const char *name)
{
	struct writer writer = { .time = 1000000 };
	unsigned char *at;

	assert_int_equal(mkdir(in_top(name), 0700), 0);
	write_packet(&writer);
	write_comm(&writer, 50, "a holder");
	write_comm(&writer, 60, "parent");
	write_birth(&writer, 60, 91, 10);
	write_ref(&writer, 60, 1, USERS, SITE_COPY, 1, 2, 0);
	write_birth(&writer, 60, 90, 9);
	write_ref(&writer, 50, 9, USERS, SITE_LEAK, 1, 2, 0);
	write_record(&writer, EXIT_MM, EXIT, 90, 9);
	write_ref(&writer, 90, 9, USERS, SITE_MMPUT, -1, 1, 0);
	write_exit(&writer, 91, 10);
	write_record(&writer, MM_FREE, 17, 91, 10);
	/* Recording ends while mm 11 is lent; that it is freed is the last record. */
	write_birth(&writer, 60, 92, 11);
	at = write_record(&writer, LAZY_BORROW, CONTEXT_SWITCH, 92, 11);
	put32(at + 44, 2);
	write_exit(&writer, 92, 11);
	write_record(&writer, MM_FREE, CONTEXT_SWITCH, 92, 11);
	finish_capture(name, &writer);
}

#define MANY 30000

/*
 * MANY tasks hold mm 9 through /proc at the same time. All but two give it back, the
 * last to come first, from tasks of their own and at last from somebody else's.
 */
static void write_many_takes(const char *name)
{
	struct writer writer = { .time = 1000000 };
	int i;

	assert_int_equal(mkdir(in_top(name), 0700), 0);
	write_packet(&writer);
	write_comm(&writer, 60, "parent");
	write_ref(&writer, 60, 1, USERS, SITE_COPY, 1, 2, 0);
	write_birth(&writer, 60, 90, 9);
	for (i = 0; i < MANY; i++)
		write_ref(&writer, 1000 + i, 9, COUNT, SITE_OPEN, 1, i + 2, 0);
	for (i = MANY - 1; i > 2; i--)
		write_ref(&writer, 1000 + i, 9, COUNT, SITE_RELEASE, -1, i + 1,
			  0);
	/* The oldest of the three that are left. */
	write_ref(&writer, 7, 9, COUNT, SITE_RELEASE, -1, 3, 0);
	finish_capture(name, &writer);
}

#define LEDGER_TEXT                                                           \
	"# on, with audit; sites: 67, missed by probes: 3 (and 2 at sites that changed no mm), sites without room: 0\n" \
	"# mm's born: 349, never came to be: 1, freed: 348, closed: 346, open: 2\n" \
	"# mm's there before: 7, closed: 4, open: 5; freed without being judged: 6\n" \
	"# where                                      counter        takes         puts      balance    elsewhere  kind\n" \
	"context_switch on CPU 0                      count             16           28          -12            7  tracepoint\n" \
	"context_switch                               count             16           28          -12            7  tracepoint\n" \
	"run_store+0x24d                              count              1            2           -1            3  int3\n" \
	"run_store+0x25d                              count             10           20          -10           30  optimized\n" \
	"leaky:leak_take+0x9                         users              2            0            2            0  int3\n" \
	"#\n"                                                                 \
	"# open: by how much a counter differs from the sum of the changes seen, and between which records it began to\n" \
	"#     mm  state   users  count     pid  comm             between\n"  \
	"      13  freed      +0     +1    2089  mm-workload      birth .. exit_mm at 51.969483243\n"

#define MMS_TEXT                                                              \
	"# mm  state  users  count  tasks  pins  borrowers  age_s  dead_s  how  pid     comm\n" \
	"  14  dead       0      1      0     1  -          1.000   0.500  dup  999999  a task\n"
#define HOLDERS_TEXT                                                          \
	"#     mm  state  users  count    pages  holder   counter     n     pid  comm                   age_s  what\n" \
	"      14  dead       0      1        0  -        -           0  999999  mm-workload            0.269  its own, until it died\n" \
	"      14  dead       0      1        0  take     count       1      42  mm-workload            0.270  proc_mem_open+0x57: an open file of /proc/PID; stack 12: one+0x1/0x2 < two+0x3/0x4 [leaky]\n" \
	"      14  dead       0      1        0  borrow   count       1       0  -                      0.270  CPU 3\n" \
	"      15  live       1      1        9  users    count       1       1  init                   5.000  all users together\n"

static int setup(void **state)
{
	(void)state;
	top = make_directory();
	setenv("MMSCOPE_DEBUGFS", in_top("fs"), 1);
	write_capture("capture", false);
	write_capture("lossy", true);
	write_last_count_in_mmput("inlined");
	write_owner_leaves("left");
	write_many_takes("many");
	assert_int_equal(mkdir(in_top("fs"), 0700), 0);
	write_metadata(in_top("fs"));
	write_file(top, "fs/ledger", LEDGER_TEXT, strlen(LEDGER_TEXT));
	write_file(top, "fs/holders", HOLDERS_TEXT, strlen(HOLDERS_TEXT));
	write_file(top, "fs/mms", MMS_TEXT, strlen(MMS_TEXT));
	write_file(top, "fs/events", "# nothing\n", 10);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(top);
	return 0;
}

static void test_wrong_words(void **state)
{
	static const char *const commands[] = {
		"mmscope ledger x", "mmscope ledger 0", "mmscope ledger 1 2",
		"mmscope ledger -- -1", "mmscope who", "mmscope who x",
		"mmscope who 1 2", "mmscope who -- -1", "mmscope who 99999999999",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (run(commands[i]) != STATUS_USAGE)
			fail_msg("%s: not exit 2", commands[i]);
}

static void test_capture_closes_or_not(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope ledger -i capture --json"), STATUS_OK);
	assert_contains("out", "\"state\":\"recorded\"");
	assert_contains("out", "\"born\":3,\"never_born\":0,\"freed\":2,\"closed\":1,\"open\":1,\"unsure\":0");
	/* What should be 0 is one less: a take was not seen. */
	assert_contains("out", "\"table\":\"open_ledger\",\"mm\":8,\"state\":\"freed\",\"users\":0,\"count\":1,\"pid\":80");
	assert_contains("out", "\"function\":\"proc_mem_open\",\"counter\":\"count\",\"takes\":2,\"puts\":0,\"balance\":2");
	assert_contains("out", "\"function\":\"__mmput\",\"counter\":\"count\",\"takes\":0,\"puts\":2");
	assert_contains("out", "\"function\":\"leaky:leak_take\",\"counter\":\"users\",\"takes\":1");
	assert_contains("out", "\"function\":\"context_switch on CPU 0\",\"counter\":\"count\",\"takes\":2,\"puts\":1");
}

/* With records missing meanwhile nobody can say that a ledger is open. */
static void test_capture_with_loss_is_unsure(void **state)
{
	(void)state;
	run("mmscope ledger -i lossy --json");
	assert_contains("out", "\"freed\":2,\"closed\":1,\"open\":0,\"unsure\":1");
	assert_contains("err", "were lost");
}

static void test_story_of_one(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope ledger -i capture 7 --json"), STATUS_OK);
	assert_contains("out", "\"counter\":\"users\",\"delta\":1,\"value\":1,\"sum\":1,\"where\":\"mm_init\"");
	assert_contains("out", "\"counter\":\"count\",\"delta\":1,\"value\":2,\"sum\":2,\"where\":\"context_switch: borrow\"");
	assert_contains("out", "\"counter\":\"users\",\"delta\":-1,\"value\":0,\"sum\":0,\"where\":\"mmput+0xe\"");
	assert_contains("out", "\"counter\":\"count\",\"delta\":-1,\"value\":0,\"sum\":0,\"where\":\"__mmput.isra.0+0xf2\"");
	/* Of one that was there before, the sum begins with what it had. */
	assert_int_equal(run("mmscope ledger -i capture 1 --json"), STATUS_OK);
	assert_contains("out", "\"delta\":1,\"value\":2,\"sum\":2,\"where\":\"copy_process+0xcdf\"");
	assert_int_equal(run("mmscope ledger -i capture 12345"), STATUS_TROUBLE);
	assert_contains("err", "mm 12345: no change of it");
}

static void test_who_from_a_capture(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope who -i capture 90 --json"), STATUS_OK);
	assert_contains("out", "\"holder\":\"tasks\",\"counter\":\"users\",\"n\":1,\"pid\":90");
	assert_contains("out", "\"holder\":\"borrow\",\"counter\":\"count\",\"n\":1,\"pid\":0,\"comm\":\"swapper/0\"");
	assert_contains("out", "\"holder\":\"take\",\"counter\":\"users\",\"n\":1,\"pid\":50,\"comm\":\"a_holder\"");
	assert_contains("out", "\"what\":\"leaky:leak_take+0x5: a module\"");
	/* The newer one of its own was given back, so the older one is left. */
	assert_contains("out", "\"what\":\"proc_mem_open+0x57: an open file of /proc/PID\",\"stack\":null");
	run("mmscope who -i capture 90 --json | grep -c '\"holder\":\"take\"'");
	assert_contains("out", "2\n");
	assert_int_equal(run("mmscope who -i capture 70"), STATUS_TROUBLE);
	assert_contains("err", "process 70 has no address space here");
}

static void test_last_count_in_mmput_ends_no_take(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope who -i inlined 90 --json"), STATUS_OK);
	assert_contains("out", "\"state\":\"dead\",\"users\":0,\"count\":1");
	assert_contains("out", "\"holder\":\"take\",\"counter\":\"count\",\"n\":1,\"pid\":50");
}

static void test_a_task_that_leaves_ends_no_take(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope who -i left 90 --json"), STATUS_OK);
	assert_contains("out", "\"state\":\"held\",\"users\":1,\"count\":1");
	assert_contains("out", "\"holder\":\"take\",\"counter\":\"users\",\"n\":1,\"pid\":50");
	assert_int_equal(run("mmscope who -i left 90 | grep unknown"), 1);
	assert_int_equal(run("mmscope ledger -i left --json"), STATUS_OK);
	assert_contains("out", "\"born\":3,\"never_born\":0,\"freed\":2,\"closed\":1,\"open\":0,\"unsure\":1");
}

/* Looked for one by one, they would take minutes. */
static void test_many_takes_at_once(void **state)
{
	(void)state;
	assert_int_equal(run("timeout 20 \"$MMSCOPE\" who -i many 90 --json"),
			 STATUS_OK);
	assert_contains("out", "\"holder\":\"take\",\"counter\":\"count\",\"n\":1,\"pid\":1001");
	assert_contains("out", "\"holder\":\"take\",\"counter\":\"count\",\"n\":1,\"pid\":1002");
	run("mmscope who -i many 90 --json | grep -c '\"holder\":\"take\"'");
	assert_contains("out", "2\n");
}

static void test_live_ledger(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope ledger --json"), STATUS_OK);
	assert_contains("out", "\"state\":\"on, with audit\",\"sites\":67,\"missed\":3,\"born\":349,\"never_born\":1,\"freed\":348,\"closed\":346,\"open\":2,\"unsure\":0,\"before\":7,\"before_closed\":4,\"before_open\":5,\"unjudged\":6");
	assert_contains("out", "\"function\":\"run_store\",\"counter\":\"count\",\"takes\":11,\"puts\":22,\"balance\":-11,\"elsewhere\":33");
	assert_contains("out", "\"function\":\"leaky:leak_take\",\"counter\":\"users\",\"takes\":2");
	assert_contains("out", "\"mm\":13,\"state\":\"freed\",\"users\":0,\"count\":1,\"pid\":2089,\"comm\":\"mm-workload\",\"between\":\"birth .. exit_mm at 51.969483243\"");
	/* The most contended first; the sum of the CPUs is not one more. */
	assert_int_equal(run("mmscope ledger | awk '/^# function/ { getline; print $1 }'"),
			 STATUS_OK);
	assert_contains("out", "run_store");
	assert_int_equal(run("mmscope ledger | grep -c context_switch"), STATUS_OK);
	assert_contains("out", "1\n");
}

static void test_live_who(void **state)
{
	(void)state;
	write_file(top, "fs/stacks",
		   "# stack seen calls\n  12  1  one+0x1/0x2 < two+0x3/0x4 [leaky] < three+0x5/0x6\n",
		   strlen("# stack seen calls\n  12  1  one+0x1/0x2 < two+0x3/0x4 [leaky] < three+0x5/0x6\n"));
	assert_int_equal(run("mmscope who 999999 --json"), STATUS_OK);
	assert_contains("out", "\"mm\":14,\"state\":\"dead\",\"users\":0,\"count\":1");
	assert_contains("out", "\"what\":\"proc_mem_open+0x57: an open file of /proc/PID\",\"stack\":12");
	assert_contains("out", "\"calls\":[\"one+0x1/0x2\",\"two+0x3/0x4 [leaky]\",\"three+0x5/0x6\"]");
	/* As a capture has it, whose names are records. */
	assert_contains("out", "\"holder\":\"borrow\",\"counter\":\"count\",\"n\":1,\"pid\":0,\"comm\":\"swapper/3\"");
	assert_int_equal(run("mmscope who 999999 | grep -c init"), 1);
	assert_int_equal(run("mmscope who 999998"), STATUS_TROUBLE);
	assert_contains("err", "process 999998 has no address space here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_words),
		cmocka_unit_test(test_capture_closes_or_not),
		cmocka_unit_test(test_capture_with_loss_is_unsure),
		cmocka_unit_test(test_story_of_one),
		cmocka_unit_test(test_who_from_a_capture),
		cmocka_unit_test(test_last_count_in_mmput_ends_no_take),
		cmocka_unit_test(test_a_task_that_leaves_ends_no_take),
		cmocka_unit_test(test_many_takes_at_once),
		cmocka_unit_test(test_live_ledger),
		cmocka_unit_test(test_live_who),
	};

	return cmocka_run_group_tests_name("ledger", tests, setup, teardown);
}
