// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_verbs.c - the reader as a program: exit statuses, messages, recording
 *
 * Runs $MMSCOPE against a directory of plain files that stands in for debugfs. A
 * plain file is never waited for and its end is not consumed, but what is
 * appended to cpuN while recording arrives as it does from the module.
 */
#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "capture/filter_text.h"
#include "capture_writer.h"
#include "doctor/doctor.h"
#include "verbs/verbs.h"

/* One directory for all: debugfs in fs/, the output of commands in out, err. */
static char *top;

static char *in_top(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static char *content(const char *name)
{
	char *text = read_whole(in_top(name), NULL);

	return text ? text : strdup("(no such file)");
}

static void write_packets(const char *name, int records, uint32_t first_seq)
{
	struct writer writer = { .time = 5000000 + 100 * first_seq,
				 .seq = first_seq };

	write_packet(&writer);
	write_comm(&writer, 100, "a task");
	while (--records)
		write_record(&writer, EXIT_MM, 12, 100, 7);
	write_file(top, name, writer.bytes, writer.length);
	free(writer.bytes);
}

#define FORKS_TEXT                                                            \
	"# path  kind  ok  failed  p50_ns  p99_ns  max_ns  copy_ns  vfork_ns  vmas  pages  pgtable_kib\n" \
	"share   vfork  3       1    5000    6000    6000        0    100000     0      0            0\n"
#define MMS_TEXT                                                              \
	"# mm  state  users  count  tasks  pins  borrowers  age_s  dead_s  how  pid  comm\n" \
	"5     live       1      1      1     0  0,3        1.234       -  dup   77  a task\n"
#define BORROWS_TEXT                                                          \
	"# cpu  mm  borrower  lender  for_ns  borrows  handoffs  returns  total_ns  longest_ns  comm\n" \
	"    0   -         -       -       -        3         1        3       500         300  -\n"
#define PROBES_TEXT                                                           \
	"# point  status  how  kind  where  hits  missed  note\n"             \
	"do_fork  attached  symbol  kretprobe  kernel_clone+0x0/0x400  12  0  -\n"
#define EVENTS_TEXT                                                           \
	"#         time_s  cpu     pid    tgid       mm  type         how             fields\n" \
	"     5.000000001    0     100     100        0  comm         -               name=a task\n" \
	"     5.000000002    0     100     100        7  exit_mm      exit            vfork_ns=0 users=0 count=2\n"

static int setup(void **state)
{
	(void)state;
	top = make_directory();
	assert_int_equal(mkdir(in_top("fs"), 0700), 0);
	setenv("MMSCOPE_DEBUGFS", in_top("fs"), 1);
	write_metadata(in_top("fs"));
	write_file(top, "fs/enable", "0\n", 2);
	write_file(top, "fs/filter", "off\n", 4);
	write_file(top, "fs/forks", FORKS_TEXT, strlen(FORKS_TEXT));
	write_file(top, "fs/mms", MMS_TEXT, strlen(MMS_TEXT));
	write_file(top, "fs/borrows", BORROWS_TEXT, strlen(BORROWS_TEXT));
	write_file(top, "fs/probes", PROBES_TEXT, strlen(PROBES_TEXT));
	write_file(top, "fs/events", EVENTS_TEXT, strlen(EVENTS_TEXT));
	write_packets("fs/cpu0", 5, 0);
	write_packets("more", 4, 100);
	write_packets("then", 4, 104);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(top);
	return 0;
}

/* A shell command in the directory; `mmscope` is the reader. */
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

static size_t lines_in(const char *name)
{
	char *text = content(name), *at;
	size_t lines = 0;

	for (at = text; *at; at++)
		lines += *at == '\n';
	free(text);
	return lines;
}

static void assert_contains(const char *name, const char *part)
{
	char *text = content(name);

	if (!strstr(text, part))
		fail_msg("%s lacks '%s': %s", name, part, text);
	free(text);
}

static void assert_content(const char *name, const char *expected)
{
	char *text = content(name);

	assert_string_equal(text, expected);
	free(text);
}

static void test_wrong_command_lines(void **state)
{
	static const char *const commands[] = {
		"mmscope", "mmscope nonsense", "mmscope events --nonsense",
		"mmscope events -x", "mmscope events --types copy_mm,nonsense",
		"mmscope events --types", "mmscope forks -i nowhere",
		"mmscope report nowhere", "mmscope report --live -i fs",
		"mmscope report --live fs", "mmscope report fs more",
		"mmscope forks nowhere", "mmscope report -xj",
		"mmscope report --json -xj",
		"mmscope probes -i fs", "mmscope mms one", "mmscope help nonsense",
		"mmscope record --seconds 0", "mmscope record --seconds 1x",
		"mmscope record --pid -4", "mmscope record --all --pid 4",
		"mmscope record --comm 'two words'",
		"mmscope record -o /etc -- true",
		"mmscope selftest 17", "mmscope selftest 2 nonsense",
		"mmscope selftest 2x",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (run(commands[i]) != STATUS_USAGE)
			fail_msg("%s: not exit 2", commands[i]);
		if (lines_in("err") != 1 || lines_in("out") != 0)
			fail_msg("%s: not one line of error", commands[i]);
	}
}

/* What the message says was wrong is what was wrong. */
static void test_messages_name_the_word(void **state)
{
	(void)state;
	run("mmscope report -xj");
	assert_contains("err", "unknown option '-x'");
	run("mmscope report --json -xj");
	assert_contains("err", "unknown option '-x'");
	run("mmscope report --nonsense");
	assert_contains("err", "unknown option '--nonsense'");
	run("mmscope report --json=3");
	assert_contains("err", "'--json=3' takes no value");
	run("mmscope events --types");
	assert_contains("err", "no value for '--types'");
}

/* A capture if one is named, by -i or as a word; else the live kernel. */
static void test_one_rule_for_where_records_come_from(void **state)
{
	static const char *const names[] = { "report", "events", "forks",
					     "mms", "borrows" };
	char command[256];
	size_t i;

	(void)state;
	assert_int_equal(run("mmscope record -o x -- sh -c 'cat more >> fs/cpu0'"),
			 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(command, sizeof(command),
			 "mmscope %s --json -i x >by-option && mmscope %s x --json >by-word && test -s by-option || test %s = forks -o %s = borrows && cmp by-option by-word",
			 names[i], names[i], names[i], names[i]);
		assert_int_equal(run(command), 0);
		/* Whatever capture lies here, what is not named is not read. */
		snprintf(command, sizeof(command),
			 "mv x mmscope.data; mmscope %s --json >live; mv mmscope.data x; cmp -s live by-word",
			 names[i]);
		assert_int_equal(run(command), 1);
	}
	assert_int_equal(run("mmscope report --json"), 0);
	assert_contains("out", "\"name\":\"the live rings\"");
	assert_int_equal(run("mmscope report x --json"), 0);
	assert_contains("out", "\"name\":\"x\"");
}

static void test_help_for_every_verb(void **state)
{
	char command[64];
	size_t i;

	(void)state;
	assert_int_equal(run("mmscope help"), 0);
	for (i = 0; verbs[i]; i++) {
		assert_contains("out", verbs[i]->name);
		assert_contains("out", verbs[i]->summary);
	}
	for (i = 0; verbs[i]; i++) {
		snprintf(command, sizeof(command), "mmscope help %s",
			 verbs[i]->name);
		assert_int_equal(run(command), 0);
		assert_contains("out", "--json");
		assert_int_equal(lines_in("err"), 0);
		snprintf(command, sizeof(command), "mmscope %s --help",
			 verbs[i]->name);
		assert_int_equal(run(command), 0);
		assert_contains("out", verbs[i]->synopsis);
	}
	assert_int_equal(run("mmscope --version"), 0);
	assert_contains("out", "record format 2");
}

/* Each verb has a page, which names every option that the verb accepts. */
static void test_manual_pages(void **state)
{
	char command[512];
	size_t i;

	(void)state;
	for (i = 0; verbs[i]; i++) {
		snprintf(command, sizeof(command),
			 "page='%s/man/mmscope-%s.1'; grep -q '^.BR mmscope.*-%s ' '%s/man/mmscope.1' && for option in $(mmscope help %s | sed -n 's/^  -., --\\([a-z]*\\).*/\\1/p'); do grep -q -e \"-$option\" \"$page\" || { echo $option; exit 1; }; done",
			 READER, verbs[i]->name, verbs[i]->name, READER,
			 verbs[i]->name);
		if (run(command))
			fail_msg("%s's manual page lacks something",
				 verbs[i]->name);
	}
}

static void test_no_module(void **state)
{
	static const char *const verbs_of_it[] = { "events", "forks", "mms",
						   "borrows", "probes",
						   "record -- true",
						   "report --live",
						   "selftest 2" };
	char command[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(verbs_of_it) / sizeof(verbs_of_it[0]); i++) {
		snprintf(command, sizeof(command),
			 "MMSCOPE_DEBUGFS=/nonexistent mmscope %s",
			 verbs_of_it[i]);
		assert_int_equal(run(command), STATUS_TROUBLE);
		assert_int_equal(lines_in("err"), 1);
		assert_contains("err", "/nonexistent");
	}
}

static void assert_json_lines(const char *command, size_t at_least)
{
	char *text, *line, *save = NULL;
	json_error_t error;
	json_t *object;
	size_t lines = 0;

	assert_int_equal(run(command), 0);
	text = content("out");
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save), lines++) {
		object = json_loads(line, JSON_REJECT_DUPLICATES, &error);
		if (!json_is_object(object))
			fail_msg("%s: %s: %s", command, error.text, line);
		json_decref(object);
	}
	assert_true(lines >= at_least);
	free(text);
}

static void test_json_of_every_verb(void **state)
{
	(void)state;
	assert_json_lines("mmscope events --json", 2);
	assert_json_lines("mmscope forks --json", 1);
	assert_json_lines("mmscope mms --json", 1);
	assert_json_lines("mmscope borrows --json", 1);
	assert_json_lines("mmscope probes --json", 1);
	assert_json_lines("mmscope help --json", 9);
	assert_json_lines("mmscope help forks --json", 1);
	assert_json_lines("mmscope report --live --json", 2);
	assert_json_lines("mmscope doctor --json || true", 5);
	assert_json_lines("mmscope record --json -- sh -c 'cat more >> fs/cpu0'",
			  1);
	assert_contains("out", "\"records\":4");
	assert_json_lines("mmscope report --json mmscope.data", 2);
	assert_json_lines("mmscope events --json -i mmscope.data", 4);
	assert_json_lines("mmscope mms --json -i mmscope.data", 1);
}

static void test_live_tables_and_events(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope forks"), 0);
	assert_contains("out", "# path   kind   ok  failed");
	assert_contains("out", "  share  vfork   3       1");
	assert_int_equal(run("mmscope forks --json"), 0);
	assert_contains("out", "\"p50_ns\":5000");
	assert_int_equal(run("mmscope mms --json"), 0);
	assert_contains("out", "\"comm\":\"a task\"");
	assert_int_equal(run("mmscope borrows --json"), 0);
	assert_contains("out", "\"mm\":null");
	assert_int_equal(run("mmscope events"), 0);
	assert_contains("out", "vfork_ns=0 users=0 count=2 comm=a task\n");
	assert_int_equal(run("mmscope events --types copy_mm"), 0);
	assert_int_equal(lines_in("out"), 0);
}

static void test_a_pipe_that_closes_is_no_news(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope record -- sh -c 'i=0; while [ $i -lt 300 ]; do cat more; i=$((i+1)); done >> fs/cpu0'"),
			 0);
	assert_int_equal(run("mmscope events -i mmscope.data 2>&1 | head -n 1"),
			 0);
	assert_int_equal(lines_in("out"), 1);
	assert_int_equal(lines_in("err"), 0);
}

static void test_full_disk_behind_standard_output(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope forks > /dev/full"), STATUS_TROUBLE);
	assert_contains("err", "No space left");
}

static void test_record_passes_the_exit_status_on(void **state)
{
	static const struct {
		const char *command;
		int status;
	} cases[] = {
		{ "true", 0 },
		{ "sh -c 'exit 7'", 7 },
		{ "sh -c 'kill -TERM $$'", 128 + 15 },
		{ "sh -c 'kill -KILL $$'", 128 + 9 },
		{ "/nonexistent/program", 127 },
		{ "/", 126 },
	};
	char command[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(command, sizeof(command), "mmscope record -- %s",
			 cases[i].command);
		assert_int_equal(run(command), cases[i].status);
		assert_content("fs/enable", "0\n");
		assert_content("fs/filter", "off\n");
	}
}

static void test_record_gets_what_comes_and_nothing_older(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope record -o x -- sh -c 'cat more >> fs/cpu0; cat more >> fs/cpu0'"),
			 0);
	assert_contains("err", "8 records, 0 lost");
	assert_int_equal(run("cmp x/metadata fs/metadata"), 0);
	assert_int_equal(run("cat more more | cmp - x/cpu0"), 0);
	assert_int_equal(run("ls x"), 0);
	assert_content("out", "cpu0\nmetadata\n");
	assert_int_equal(run("stat -c %a x x/cpu0"), 0);
	assert_content("out", "700\n600\n");
}

/* The command looks at what was set up for it. */
static void test_record_follows_the_command(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope record -t copy_mm,mm_dead -p 77 -- sh -c 'cat fs/enable; cat fs/filter; echo \" $$\"' | tr '\\n' ' ' | awk '{ exit !($1 == 1 && $2 == \"pid=\" $5 && $3 == \"pid=77\" && $4 == \"types=copy_mm,mm_dead\") }'"),
			 0);
	assert_int_equal(run("mmscope record --all -- cat fs/filter"), 0);
	assert_content("out", "off");
}

static void test_record_puts_back_what_was_there(void **state)
{
	(void)state;
	write_file(top, "fs/enable", "1\n", 2);
	write_file(top, "fs/filter", "pid=5 types=copy_mm\n", 20);
	assert_int_equal(run("mmscope record -- true"), 0);
	assert_content("fs/enable", "1\n");
	assert_content("fs/filter", "pid=5 types=copy_mm\n");
	/* And nothing is touched where nothing could begin. */
	assert_int_equal(run("rm fs/cpu0; mmscope record -- true"),
			 STATUS_TROUBLE);
	assert_content("fs/enable", "1\n");
}

static void test_record_and_older_captures(void **state)
{
	(void)state;
	assert_int_equal(run("mkdir x; mmscope record -o x -- sh -c 'cat more >> fs/cpu0'"),
			 0);
	assert_int_equal(run("mmscope record -o x/ -- true"), 0);
	assert_int_equal(run("cmp more x.old/cpu0"), 0);
	assert_int_equal(run("mmscope record -o x -- true && test ! -e x.old/cpu0"),
			 0);
	assert_int_equal(run("rm -r x.old; mmscope record -f -o x -- true && test ! -e x.old"),
			 0);
	assert_int_equal(run("touch x/photo.jpg; mmscope record -f -o x -- touch ran"),
			 STATUS_USAGE);
	assert_int_equal(run("test -e x/photo.jpg && test ! -e ran"), 0);
}

/* What cannot be run has done no harm to what was recorded before. */
static void test_record_of_no_command_keeps_captures(void **state)
{
	static const char *const commands[] = { "nosuchcommand", "/",
						"./no-program" };
	char command[256];
	size_t i;

	(void)state;
	assert_int_equal(run("echo nonsense >no-program; mmscope record -o x -- sh -c 'cat more >> fs/cpu0'"),
			 0);
	assert_int_equal(run("mmscope record -o x -- sh -c 'cat more more >> fs/cpu0'"),
			 0);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		snprintf(command, sizeof(command),
			 "for force in '' -f; do mmscope record $force -o x -- %s; done; cmp more x.old/cpu0 && cat more more | cmp - x/cpu0 && ! ls -d x.new* y y.old 2>/dev/null",
			 commands[i]);
		assert_int_equal(run(command), 0);
		run("cat err");
		snprintf(command, sizeof(command),
			 "mmscope record -o y -- %s; test ! -e y", commands[i]);
		assert_int_equal(run(command), 0);
		assert_int_equal(lines_in("err"), 1);
	}
	/* A directory that was there stays, as empty as it was. */
	assert_int_equal(run("mkdir z; mmscope record -o z -- nosuchcommand; rmdir z"),
			 0);
	assert_content("fs/enable", "0\n");
}

/* A command may ask for something, and leave the cursor behind its words. */
static void test_record_writes_nothing_over_a_command(void **state)
{
	(void)state;
	assert_int_equal(run("TERM=xterm script -qec \"'$MMSCOPE' record -o x -- sh -c 'printf word:; sleep 1.3'\" /dev/null </dev/null"),
			 0);
	assert_contains("out", "word:");
	assert_int_equal(run("TERM=xterm script -qec \"'$MMSCOPE' record -o x -- sh -c 'printf word:; sleep 1.3'\" /dev/null </dev/null | grep -q '\033\\[K\\|records, 0 lost$'"),
			 1);
	/* Without a command the terminal is its own. */
	assert_int_equal(run("TERM=xterm script -qec \"'$MMSCOPE' record -o x -s 2\" /dev/null </dev/null | grep -c 'records, 0 lost.mmscope\\|records, 0 lost'"),
			 0);
}

/* Cut where a packet ends, a file is whole in itself. */
static void test_a_cut_capture_is_noticed(void **state)
{
	(void)state;
	assert_int_equal(run("mmscope record -o x -- sh -c 'cat more then >> fs/cpu0'"),
			 0);
	assert_int_equal(run("mmscope report x"), 0);
	assert_contains("out", "lost: nothing");
	assert_int_equal(run("cat more >x/cpu0; mmscope report x --json"),
			 STATUS_TROUBLE);
	assert_contains("err", "x/cpu0: lacks 4 of the 8 records");
	assert_contains("out", "\"lost_records\":4");
	assert_int_equal(run("mmscope forks x"), STATUS_TROUBLE);
	assert_int_equal(run("rm x/cpu0; cp more x/cpu0; : >x/cpu0; mmscope report x"),
			 STATUS_TROUBLE);
	assert_contains("err", "x/cpu0: lacks 8 of the 8 records");
	assert_int_equal(run("rm x/cpu0; printf 'cpu1 4 320\\n' >>x/.ends; cat more then >x/cpu0; mmscope report x --json"),
			 STATUS_TROUBLE);
	assert_contains("err", "x/cpu1: ");
	assert_contains("out", "\"lost_records\":4");
}

static void test_record_until_told_to_stop(void **state)
{
	(void)state;
	assert_int_equal(run("\"$MMSCOPE\" record -o x & pid=$!; sleep 0.5; cat fs/enable; cat more >> fs/cpu0; kill -INT $pid; wait $pid"),
			 0);
	assert_content("out", "1\n");
	assert_content("fs/enable", "0\n");
	assert_int_equal(run("mmscope events -i x | grep -c exit_mm"), 0);
	assert_content("out", "3\n");
	assert_int_equal(run("mmscope record -o y --seconds 1"), 0);
	/* kill(1) reaches the command through mmscope. */
	assert_int_equal(run("\"$MMSCOPE\" record -o z -- sleep 60 & pid=$!; sleep 0.5; kill -TERM $pid; wait $pid"),
			 128 + 15);
	assert_content("fs/enable", "0\n");
}

static void test_filter_text(void **state)
{
	struct options options = { .comm = "redis-server", .pids = { 7, 8 },
				   .npids = 2, .types = "copy_mm" };
	char *text = filter_text(&options, 99);

	(void)state;
	assert_string_equal(text, "pid=99 pid=7 pid=8 comm=redis-server types=copy_mm");
	free(text);
	memset(&options, 0, sizeof(options));
	text = filter_text(&options, 0);
	assert_string_equal(text, "off");
	free(text);
	options.all = true;
	text = filter_text(&options, 99);
	assert_string_equal(text, "off");
	free(text);
}

static void test_human_units(void **state)
{
	char buf[HUMAN_SIZE];

	(void)state;
	assert_string_equal(human_ns(buf, 0), "0 ns");
	assert_string_equal(human_ns(buf, 999), "999 ns");
	assert_string_equal(human_ns(buf, 1000), "1.00 us");
	assert_string_equal(human_ns(buf, 12345), "12.3 us");
	assert_string_equal(human_ns(buf, 999499), "999 us");
	assert_string_equal(human_ns(buf, 999500), "1.00 ms");
	assert_string_equal(human_ns(buf, 999999999), "1.00 s");
	assert_string_equal(human_ns(buf, 123456789), "123 ms");
	assert_string_equal(human_ns(buf, 97200000000ULL), "97.2 s");
	assert_string_equal(human_bytes(buf, 1), "1 KiB");
	assert_string_equal(human_bytes(buf, 104857600), "100 MiB");
	assert_string_equal(human_bytes(buf, (1ULL << 30) - 1), "1.00 GiB");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_wrong_command_lines),
		TEST(test_messages_name_the_word),
		TEST(test_one_rule_for_where_records_come_from),
		TEST(test_help_for_every_verb),
		TEST(test_manual_pages),
		TEST(test_no_module),
		TEST(test_json_of_every_verb),
		TEST(test_live_tables_and_events),
		TEST(test_a_pipe_that_closes_is_no_news),
		TEST(test_full_disk_behind_standard_output),
		TEST(test_record_passes_the_exit_status_on),
		TEST(test_record_gets_what_comes_and_nothing_older),
		TEST(test_record_follows_the_command),
		TEST(test_record_puts_back_what_was_there),
		TEST(test_record_and_older_captures),
		TEST(test_record_of_no_command_keeps_captures),
		TEST(test_record_writes_nothing_over_a_command),
		TEST(test_a_cut_capture_is_noticed),
		TEST(test_record_until_told_to_stop),
		TEST(test_filter_text),
		TEST(test_human_units),
	};

	return cmocka_run_group_tests_name("verbs", tests, NULL, NULL);
}
