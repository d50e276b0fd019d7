// SPDX-License-Identifier: GPL-2.0-only
/* test_record_io.c - records as lines and JSON, and back */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_writer.h"
#include "input/record_io.h"
#include "output/json.h"
#include "output/record_json.h"

#define SHARE 2
#define VFORK 5

/* Record of a type with distinguishable values in all its bytes. */
static void example(struct mmscope_record *record, int type, int how)
{
	struct writer writer = { .time = 12345678901234ULL, .cpu = 3 };
	unsigned char *at;
	int i;

	write_packet(&writer);
	at = write_record(&writer, type, how, 4711, 42);
	for (i = 0; i < 32; i += 4)
		put32(at + 32 + i, 100 + i);
	if (type == COMM)
		memcpy(at + 32, "a name (1)\0\0\0\0\0", 16);
	memcpy(record, at, sizeof(*record));
	free(writer.bytes);
}

static void test_line_of_copy_mm(void **state)
{
	struct writer writer = { .time = 1000000002ULL, .cpu = 1 };
	struct mmscope_record record;
	char line[RECORD_LINE_SIZE];
	unsigned char *at;

	(void)state;
	write_packet(&writer);
	at = write_record(&writer, COPY_MM, SHARE, 77, 5);
	put64(at + 32, 5);	/* new_mm */
	put32(at + 40, 78);	/* child */
	put32(at + 44, 2);	/* users */
	put32(at + 48, -1);	/* count: it has underflowed */
	memcpy(&record, at, sizeof(record));
	free(writer.bytes);
	record_line(line, &record, "sh");
	assert_string_equal(line,
		"     1.000000002    1      77      77        5  copy_mm      share          "
		" new_mm=5 child=78 users=2 count=-1 vmas=0 pages=0 pgtable_pages=0 comm=sh");
}

static void test_flags(void **state)
{
	struct mmscope_record record;
	char line[RECORD_LINE_SIZE], flags[400];

	(void)state;
	example(&record, FORK_END, VFORK);
	record.fork_end.clone_flags = 0x4111;
	record.fork_end.result = -12;
	record_line(line, &record, NULL);
	assert_non_null(strstr(line, "clone_flags=CLONE_VM|CLONE_VFORK|0x11"));
	assert_non_null(strstr(line, "result=-12"));
	short_flags(flags, sizeof(flags), 0x4111);
	assert_string_equal(flags, "VM|VFORK");
	short_flags(flags, sizeof(flags), 0x11);
	assert_string_equal(flags, "0");
	short_flags(flags, sizeof(flags), 0x100000000ULL);
	assert_string_equal(flags, "CLEAR_SIGHAND");
}

static void test_every_type_comes_back_from_its_line(void **state)
{
	struct mmscope_record record, back;
	char line[RECORD_LINE_SIZE];
	char again[RECORD_LINE_SIZE];
	int type;

	(void)state;
	for (type = 1; type <= COMM; type++) {
		if (type == 11)
			continue;
		example(&record, type, type);
		record_line(line, &record, NULL);
		assert_true(record_from_line(line, &back));
		/* A line does not tell the sequence number, nor padding. */
		record_line(again, &back, NULL);
		assert_string_equal(line, again);
		assert_int_equal(back.head.id, type);
		assert_int_equal(back.head.how, type);
		assert_int_equal(back.head.timestamp, record.head.timestamp);
	}
}

static void test_unknown_numbers_come_back(void **state)
{
	struct mmscope_record record, back;
	char line[RECORD_LINE_SIZE];

	(void)state;
	example(&record, 200, 250);
	record_line(line, &record, NULL);
	assert_non_null(strstr(line, "type=200"));
	assert_non_null(strstr(line, "how=250"));
	assert_true(record_from_line(line, &back));
	assert_int_equal(back.head.id, 200);
	assert_int_equal(back.head.how, 250);
}

static void test_lines_that_are_no_records(void **state)
{
	static const char *const lines[] = {
		"", "# time_s cpu", "1.5 0 1 1 1 nonsense -",
		"1.5 0 1 1 1 mm_dead -", "1.5 0 1 1 1 mm_dead bad alive_ns=1",
		"x.5 0 1 1 1 mm_dead - alive_ns=1 users=0 count=1",
		"1.5 0 1 1 1 type=999 -",
	};
	struct mmscope_record record;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_false(record_from_line(lines[i], &record));
}

static void test_names_cannot_command_a_terminal(void **state)
{
	struct mmscope_record record;
	char line[RECORD_LINE_SIZE];

	(void)state;
	example(&record, COMM, 0);
	memcpy(record.comm.name.text, "\033[31mred\n\0\0\0\0\0\0", 16);
	record_line(line, &record, NULL);
	assert_null(strchr(line, '\033'));
	assert_null(strchr(line, '\n'));
	assert_non_null(strstr(line, "name=?[31mred?"));
}

static void test_json_keys_and_values(void **state)
{
	struct mmscope_record record;
	json_t *object;

	(void)state;
	example(&record, FORK_END, VFORK);
	record.fork_end.clone_flags = 0x4100;
	record.fork_end.result = -11;
	record.fork_end.path = SHARE;
	object = record_json(&record, "sh");
	assert_string_equal(json_string_value(json_object_get(object, "type")),
			    "fork_end");
	assert_string_equal(json_string_value(json_object_get(object, "how")),
			    "vfork");
	assert_string_equal(json_string_value(json_object_get(object, "path")),
			    "share");
	assert_string_equal(json_string_value(json_object_get(object, "comm")),
			    "sh");
	assert_string_equal(json_string_value(json_object_get(object,
							      "clone_flags")),
			    "CLONE_VM|CLONE_VFORK");
	assert_string_equal(json_string_value(json_object_get(object, "error")),
			    "EAGAIN");
	assert_int_equal(json_integer_value(json_object_get(object,
							    "timestamp_ns")),
			 12345678901234LL);
	assert_int_equal(json_integer_value(json_object_get(object, "result")),
			 -11);
	json_decref(object);
}

static void test_json_counter_that_was_not_read_is_null(void **state)
{
	struct mmscope_record record;
	json_t *object;

	(void)state;
	example(&record, EXIT_MM, 12);
	record.exit_mm.users = -1;
	object = record_json(&record, NULL);
	assert_true(json_is_null(json_object_get(object, "users")));
	assert_null(json_object_get(object, "comm"));
	json_decref(object);
}

static void test_json_of_a_name_that_is_not_utf8(void **state)
{
	json_t *string = json_text("caf\xe9");

	(void)state;
	assert_string_equal(json_string_value(string), "caf?");
	json_decref(string);
}

static void test_names_of_types_and_errors(void **state)
{
	(void)state;
	assert_int_equal(type_number("copy_mm", 7), COPY_MM);
	assert_int_equal(type_number("copy_mm,x", 7), COPY_MM);
	assert_int_equal(type_number("copy", 4), 0);
	assert_int_equal(type_number("", 0), 0);
	assert_string_equal(errno_name(12), "ENOMEM");
	assert_string_equal(errno_name(513), "ERESTARTNOINTR");
	assert_string_equal(errno_name(9999), "errno 9999");
	assert_string_equal(how_name(250), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_of_copy_mm),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_every_type_comes_back_from_its_line),
		cmocka_unit_test(test_unknown_numbers_come_back),
		cmocka_unit_test(test_lines_that_are_no_records),
		cmocka_unit_test(test_names_cannot_command_a_terminal),
		cmocka_unit_test(test_json_keys_and_values),
		cmocka_unit_test(test_json_counter_that_was_not_read_is_null),
		cmocka_unit_test(test_json_of_a_name_that_is_not_utf8),
		cmocka_unit_test(test_names_of_types_and_errors),
	};

	return cmocka_run_group_tests_name("record_io", tests, NULL, NULL);
}
