// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_babeltrace.c - what babeltrace2 makes of the metadata and the packets
 *
 * The text is the module's own, out of module/shared/metadata_text.h. Without
 * babeltrace2 these tests are skipped, and say so.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "capture_writer.h"
#include "input/source.h"

static int setup(void **state)
{
	*state = make_directory();
	return 0;
}

static int teardown(void **state)
{
	remove_directory(*state);
	return 0;
}

static void need_babeltrace(void)
{
	if (system("babeltrace2 --version > /dev/null 2>&1")) {
		print_message("babeltrace2 is not installed\n");
		skip();
	}
}

/* Its output; *status gets its exit status. */
static char *babeltrace(const char *directory, int *status)
{
	char command[600];
	char *text = NULL;
	size_t length = 0, room = 0;
	FILE *pipe;
	int byte;

	snprintf(command, sizeof(command), "babeltrace2 --clock-seconds '%s' 2>&1",
		 directory);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((byte = fgetc(pipe)) != EOF) {
		if (length + 2 > room)
			text = realloc(text, room = 2 * room + 4096);
		text[length++] = byte;
		text[length] = '\0';
	}
	*status = pclose(pipe);
	return text ? text : strdup("");
}

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void count(void *to, const struct mmscope_record *record)
{
	(void)record;
	++*(size_t *)to;
}

static void write_every_type(struct writer *writer, int rounds)
{
	unsigned char *at;
	int type;

	while (rounds--) {
		write_packet(writer);
		for (type = 1; type <= COMM; type++) {
			if (type == 11)
				continue;
			at = write_record(writer, type, type, 1000 + type, 42);
			put32(at + 32, 0x01020304);
			if (type == COMM)
				memcpy(at + 32, "some name", 10);
		}
	}
}

static void test_same_number_of_events(void **state)
{
	struct writer cpu0 = { .time = 5000, .session = 1000 };
	struct writer cpu1 = { .time = 5050, .session = 1000, .cpu = 1 };
	struct source source;
	size_t records = 0;
	char *text;
	int status;

	need_babeltrace();
	write_metadata(*state);
	write_every_type(&cpu0, 3);
	write_every_type(&cpu1, 2);
	write_cpu(*state, &cpu0);
	write_cpu(*state, &cpu1);
	/* Empty and hidden files are nothing to either reader. */
	write_file(*state, "cpu2", "", 0);
	write_file(*state, ".hidden", "x", 1);
	assert_int_equal(capture_read(*state, &source, count, &records),
			 STATUS_OK);
	text = babeltrace(*state, &status);
	assert_int_equal(status, 0);
	assert_int_equal(records, 5 * 14);
	assert_int_equal(lines_of(text), records);
	free(text);
}

static void test_fields_are_where_the_metadata_says(void **state)
{
	struct writer cpu0 = { .time = 2000000001ULL, .cpu = 3 };
	unsigned char *at;
	char *text;
	int status;

	need_babeltrace();
	write_metadata(*state);
	write_packet(&cpu0);
	at = write_record(&cpu0, FORK_END, 5, 4711, 42);
	put64(at + 32, 111);
	put64(at + 40, 0x4100);
	put32(at + 48, -12);
	put32(at + 52, 2);
	at = write_record(&cpu0, LAZY_RETURN, 14, 0, 42);
	put64(at + 32, 333);
	put32(at + 40, 7);
	put32(at + 44, 8);
	put32(at + 48, 9);
	put32(at + 52, -1);
	put32(at + 56, 5);
	write_comm(&cpu0, 4711, "some name");
	write_cpu(*state, &cpu0);
	text = babeltrace(*state, &status);
	assert_int_equal(status, 0);
	/* The offset that the metadata gives the clock, and the time. */
	assert_non_null(strstr(text, "[1700000002.123456790]"));
	assert_non_null(strstr(text, "fork_end: "));
	assert_non_null(strstr(text, "how = ( \"vfork\" : container = 5 )"));
	assert_non_null(strstr(text, "cpu = 3, seq = 1, pid = 4711, tgid = 4711, mm = 42"));
	assert_non_null(strstr(text, "ns = 111, clone_flags = 0x4100, result = -12, path = ( \"share\" : container = 2 )"));
	assert_non_null(strstr(text, "ns = 333, lender = 7, borrower = 8, next = 9, users = -1, count = 5"));
	assert_non_null(strstr(text, "name = \"some name\""));
	free(text);
}

static void test_discarded_events_are_told(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	char *text;
	int status;

	need_babeltrace();
	write_metadata(*state);
	write_every_type(&cpu0, 1);
	cpu0.discarded = 12;
	write_every_type(&cpu0, 1);
	write_cpu(*state, &cpu0);
	text = babeltrace(*state, &status);
	assert_int_equal(status, 0);
	assert_non_null(strstr(text, "discarded 12 events"));
	free(text);
}

static void test_metadata_says_what_the_reader_reads(void **state)
{
	struct metadata metadata;
	char path[512];
	char *text;

	write_metadata(*state);
	snprintf(path, sizeof(path), "%s/metadata", (char *)*state);
	text = read_whole(path, NULL);
	metadata_parse(text, &metadata);
	free(text);
	assert_true(metadata.is_ctf);
	assert_string_equal(metadata.tracer, "mmscope");
	assert_string_equal(metadata.kernel_release, "6.1.0-test");
	assert_int_equal(metadata.abi, 2);
	assert_int_equal(metadata.page_size, 4096);
	assert_true(!strcmp(metadata.byte_order, "le") ||
		    !strcmp(metadata.byte_order, "be"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_same_number_of_events),
		TEST(test_fields_are_where_the_metadata_says),
		TEST(test_discarded_events_are_told),
		TEST(test_metadata_says_what_the_reader_reads),
	};

	return cmocka_run_group_tests_name("babeltrace", tests, NULL, NULL);
}
