// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_selftest.c - how `mmscope selftest` finds records and comes to a verdict
 *
 * The experiments themselves need a kernel, and are in tests/guest/selftest.sh.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "capture_writer.h"
#include "module/debugfs.h"
#include "selftest.h"
#include "trace.h"

static char *top;

static void write_text(const char *name, const char *text)
{
	write_file(top, name, text, strlen(text));
}

#define HEADER "#         time_s  cpu     pid    tgid       mm  type         how             fields\n"

/* A vfork (pid 11 makes 12), then a fork that fails, at 9000 s and after. */
#define EVENTS                                                                 \
	HEADER                                                                 \
	"  1.000000001    0      11      11        5  fork_begin   fork            clone_flags=0 exit_signal=17 users=1 count=1\n" \
	"  9000.000000001    0      11      11        5  fork_begin   vfork           clone_flags=CLONE_VM|CLONE_VFORK exit_signal=17 users=1 count=1\n" \
	"  9000.000000002    1      77      77        5  ref          users           site=get_task_mm+0x2d delta=+1 value=2 stack=0\n" \
	"  9000.000000003    0      11      11        5  ref          users           site=copy_process.isra.0+0xcdf delta=+1 value=3 stack=0\n" \
	"  9000.000000004    0      11      11        5  copy_mm      share           new_mm=5 child=12 users=3 count=1 vmas=0 pages=0 pgtable_pages=0\n" \
	"  9000.000000005    0      11      11        5  fork_end     vfork           ns=40 clone_flags=CLONE_VM|CLONE_VFORK result=12 path=share\n" \
	"  9000.000000006    0      12      12        6  exec_mm      exec            old_mm=5 users=1 count=1\n" \
	"  9000.000000007    0      11      11        5  fork_begin   fork            clone_flags=0 exit_signal=17 users=2 count=1\n" \
	"  9000.000000008    0      11      11        5  fork_end     fork            ns=40 clone_flags=0 result=-12 path=unknown\n"

static int setup(void **state)
{
	(void)state;
	top = make_directory();
	write_metadata(top);
	write_text("events", EVENTS);
	debugfs_use(top);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(top);
	return 0;
}

/* The file as it is now, from its beginning. */
static void read_from_9000(struct test *test)
{
	trace_end();
	memset(test, 0, sizeof(*test));
	test->begun = 9000000000000ULL;
	assert_true(trace_read(test));
}

static void test_older_records_are_left_out(void **state)
{
	struct test test;

	(void)state;
	read_from_9000(&test);
	assert_int_equal(test.count, 8);
	/* What is read again is not there twice. */
	assert_true(trace_read(&test));
	assert_int_equal(test.count, 8);
	test_forget(&test);
}

static void append(const char *lines)
{
	char *path = must_format("%s/events", top);
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	fputs(lines, file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void test_later_records_are_put_in_their_place(void **state)
{
	struct test test;
	size_t i;

	(void)state;
	read_from_9000(&test);
	append("  9000.000000012    0      11      11        5  fork_begin   fork            clone_flags=0 exit_signal=17 users=1 count=1\n"
	       "  9000.000000005    1      77      77        5  ref          users           site=get_task_mm+0x2d delta=+1 value=2 stack=0\n");
	assert_true(trace_read(&test));
	assert_int_equal(test.count, 10);
	for (i = 1; i < test.count; i++)
		assert_true(test.records[i - 1].head.timestamp <=
			    test.records[i].head.timestamp);
	test_forget(&test);
}

static void test_a_loss_that_goes_on_counts_once(void **state)
{
	struct test test;

	(void)state;
	read_from_9000(&test);
	append("  9000.000000020    0       0       0        0  lost         overwritten     records=3 since=9000.000000008\n");
	assert_true(trace_read(&test));
	assert_int_equal(trace_lost(&test), 3);
	append("  9000.000000021    0       0       0        0  lost         overwritten     records=5 since=9000.000000008\n"
	       "  9000.000000022    1       0       0        0  lost         overwritten     records=1 since=9000.000000008\n");
	assert_true(trace_read(&test));
	assert_int_equal(trace_lost(&test), 6);
	test_forget(&test);
}

static void test_a_call_has_its_own_records(void **state)
{
	struct call call;
	struct test test;

	(void)state;
	read_from_9000(&test);
	assert_true(trace_call_of(&test, 11, 12, &call));
	assert_int_equal(call.begin->head.how, MMSCOPE_HOW_vfork);
	assert_int_equal(call.copy->copy_mm.users, 3);
	assert_null(call.dup);
	/* The failed one has none, and not the one before's. */
	assert_true(trace_call_after(&test, 11, call.end, &call));
	assert_int_equal(call.end->fork_end.result, -12);
	assert_null(call.copy);
	assert_false(trace_call_after(&test, 11, call.end, &call));
	assert_null(test.failure);
	assert_false(trace_call_of(&test, 11, 13, &call));
	assert_non_null(test.failure);
	test_forget(&test);
}

static void test_an_mm_follows_exec(void **state)
{
	struct test test;

	(void)state;
	read_from_9000(&test);
	assert_int_equal(trace_mm_of(&test, 12), 6);
	assert_int_equal(trace_mm_of(&test, 99), 0);
	test_forget(&test);
}

static void test_strangers_are_others(void **state)
{
	const struct mmscope_record *ref;
	struct test test;

	(void)state;
	read_from_9000(&test);
	assert_int_equal(trace_strangers(&test, 5, MMSCOPE_HOW_users, 11, 0, 0),
			 1);
	assert_int_equal(trace_strangers(&test, 5, MMSCOPE_HOW_users, 77, 0, 0),
			 1);
	assert_int_equal(trace_strangers(&test, 5, MMSCOPE_HOW_count, 11, 0, 0),
			 0);
	ref = trace_first(&test, .type = MMSCOPE_TYPE_ref, .pid = 11);
	assert_string_equal(ref_function(ref), "copy_process");
	test_forget(&test);
}

/* ---- verdicts ---- */

/* As EVENTS, but nobody else looked at mm 5. */
#define UNDISTURBED                                                            \
	HEADER                                                                 \
	"  9000.000000003    0      11      11        5  fork_begin   fork            clone_flags=0 exit_signal=17 users=1 count=1\n"

static enum outcome (*scene)(struct test *test);
static int tries;

static enum outcome play(struct test *test)
{
	tries++;
	trace_end();
	test->begun = 9000000000000ULL;
	assert_true(trace_read(test));
	return scene(test);
}

static enum verdict verdict_of(enum outcome (*row)(struct test *test),
			       struct test *test)
{
	static const struct row tried = { 1, "tried", "a claim", play };

	scene = row;
	tries = 0;
	return test_run(test, &tried);
}

static enum outcome shows_a_record(struct test *test)
{
	show(test, &test->records[0], "a record");
	return DONE;
}

static enum outcome shows_nothing(struct test *test)
{
	witness(test, "somebody says so");
	return DONE;
}

static enum outcome shows_a_missing_record(struct test *test)
{
	show(test, NULL, "nothing");
	return DONE;
}

static enum outcome speaks_against(struct test *test)
{
	show(test, &test->records[0], "a record");
	differs(test, "not only");
	expect(test, false, "the first reason");
	expect(test, false, "the second");
	return DONE;
}

static enum outcome is_different(struct test *test)
{
	show(test, &test->records[0], "a record");
	differs(test, "since 5.10");
	return DONE;
}

static enum outcome cannot_be_made(struct test *test)
{
	return skip_row(test, "no second CPU");
}

static enum outcome takes_three_tries(struct test *test)
{
	if (tries < 3)
		return again(test, "not yet");
	return shows_a_record(test);
}

static void check_verdict(enum outcome (*row)(struct test *test),
			  enum verdict wanted, const char *failure)
{
	struct test test;

	assert_int_equal(verdict_of(row, &test), wanted);
	if (failure)
		assert_string_equal(test.failure, failure);
	test_forget(&test);
}

static enum outcome fails_until_left_alone(struct test *test)
{
	show(test, &test->records[0], "a record");
	if (tries == 3)
		write_text("events", UNDISTURBED);
	expect(test, tries > 3, "somebody looked");
	return DONE;
}

static void test_a_disturbed_row_is_tried_again(void **state)
{
	(void)state;
	check_verdict(fails_until_left_alone, HOLDS, NULL);
	assert_int_equal(tries, 4);
	/* Left alone it has failed once and for all. */
	check_verdict(speaks_against, FAILED, "the first reason");
	assert_int_equal(tries, 1);
}

static void test_verdicts(void **state)
{
	(void)state;
	write_text("events", UNDISTURBED);
	check_verdict(shows_a_record, HOLDS, NULL);
	check_verdict(is_different, DIFFERS, NULL);
	check_verdict(cannot_be_made, SKIPPED, NULL);
	check_verdict(speaks_against, FAILED, "the first reason");
	/* No verdict without a record. */
	check_verdict(shows_nothing, FAILED, "nothing was recorded of it");
	check_verdict(shows_a_missing_record, FAILED,
		      "nothing was recorded of it");
	check_verdict(takes_three_tries, HOLDS, NULL);
	assert_int_equal(tries, 3);
}

/* For test_schema: a row with evidence and a reason, and one without. */
static void test_rows_as_json(void **state)
{
	int before = dup(STDOUT_FILENO);
	char *path = must_format("%s/json", top);
	struct test test;

	(void)state;
	fflush(stdout);
	assert_non_null(freopen(path, "w", stdout));
	write_text("events", UNDISTURBED);
	test_print(&test, verdict_of(is_different, &test), true);
	test_forget(&test);
	test_print(&test, verdict_of(shows_a_record, &test), true);
	test_forget(&test);
	fflush(stdout);
	dup2(before, STDOUT_FILENO);
	close(before);
	keep_json(path);
	free(path);
}

static void test_lost_records_are_no_evidence(void **state)
{
	(void)state;
	write_text("events", UNDISTURBED
		   "  9000.000000009    0       0       0        0  lost         overwritten     records=3 since=9000.000000008\n");
	check_verdict(shows_a_record, FAILED, NULL);
	/* Those from before are nobody's loss here. */
	write_text("events", UNDISTURBED
		   "  9000.000000009    0       0       0        0  lost         overwritten     records=3 since=8.000000000\n");
	check_verdict(shows_a_record, HOLDS, NULL);
}

static void test_cells(void **state)
{
	char *cell;

	(void)state;
	write_text("mms", "# mm  state  users\n5     live   3\n7     dead   0\n");
	cell = debugfs_cell("mms", "mm", "7", "state");
	assert_string_equal(cell, "dead");
	free(cell);
	assert_null(debugfs_cell("mms", "mm", "9", "state"));
	assert_null(debugfs_cell("mms", "mm", "7", "colour"));
	assert_null(debugfs_cell("missing", "mm", "7", "state"));
}

static void test_rows_are_numbered_and_documented(void **state)
{
	char *page = read_whole(READER "/man/mmscope-selftest.1", NULL);
	char *completion = read_whole(READER "/cli/completion.bash", NULL);
	char *escaped, *number, *at;
	unsigned int i;

	(void)state;
	for (i = 0; selftest_rows[i].name; i++) {
		assert_int_equal(selftest_rows[i].number, i + 1);
		assert_non_null(strstr(completion, selftest_rows[i].name));
		/* roff's minus signs */
		escaped = must_calloc(1, 80);
		at = escaped + sprintf(escaped, "\n%u ", i + 1);
		for (number = (char *)selftest_rows[i].name; *number; number++) {
			if (*number == '-')
				*at++ = '\\';
			*at++ = *number;
		}
		if (!strstr(page, escaped))
			fail_msg("the manual page has no row '%s'", escaped + 1);
		free(escaped);
	}
	assert_int_equal(i, 16);
	free(page);
	free(completion);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_older_records_are_left_out),
		TEST(test_later_records_are_put_in_their_place),
		TEST(test_a_loss_that_goes_on_counts_once),
		TEST(test_a_call_has_its_own_records),
		TEST(test_an_mm_follows_exec),
		TEST(test_strangers_are_others),
		TEST(test_verdicts),
		TEST(test_a_disturbed_row_is_tried_again),
		TEST(test_rows_as_json),
		TEST(test_lost_records_are_no_evidence),
		TEST(test_cells),
		TEST(test_rows_are_numbered_and_documented),
	};

	return cmocka_run_group_tests_name("selftest", tests, NULL, NULL);
}
