// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_fuzz.c - captures with random damage: whatever they say, no crash
 *
 * Bounded and repeatable: MUTATIONS captures from a fixed seed, or from $SEED.
 * Every sanitizer's report ends the program, so `make check SANITIZE=1` and
 * VALGRIND=1 are what give it its teeth.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "capture_writer.h"
#include "input/record_io.h"
#include "input/source.h"
#include "model/model.h"
#include "module/tables.h"
#include "output/record_json.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

#define MUTATIONS 1500

static uint64_t random_state;

/* xorshift64*: the same numbers on every machine. */
static uint32_t number_below(uint32_t limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * 2685821657736338717ULL >> 33) % limit;
}

static void write_random_records(struct writer *writer, int packets)
{
	unsigned char *at;
	int records, i;

	while (packets--) {
		write_packet(writer);
		for (records = number_below(12); records--;) {
			at = write_record(writer, 1 + number_below(15),
					  number_below(25), number_below(6),
					  number_below(5));
			for (i = 32; i < BLOCK; i += 4)
				put32(at + i, number_below(8));
		}
		writer->seq += number_below(3);
	}
}

static void mutate(unsigned char *bytes, size_t *length)
{
	unsigned int changes = number_below(6);
	size_t at, more;

	while (changes-- && *length > BLOCK) {
		at = number_below(*length);
		switch (number_below(5)) {
		case 0:
			bytes[at] ^= 1 << number_below(8);
			break;
		case 1:
			bytes[at] = number_below(256);
			break;
		case 2:
			*length = at;
			break;
		case 3:
			/* A hole: what comes after it moves up. */
			more = number_below(BLOCK) + 1;
			if (at + more > *length)
				more = *length - at;
			memmove(bytes + at, bytes + at + more,
				*length - at - more);
			*length -= more;
			break;
		case 4:
			more = *length - at < 8 ? *length - at : 8;
			memset(bytes + at, number_below(2) ? 0xff : 0, more);
			break;
		}
	}
}

/* Everything that a verb does with a record. */
struct consumer {
	struct model model;
	uint64_t records;
};

static void consume(void *to, const struct mmscope_record *record)
{
	struct consumer *consumer = to;
	struct mmscope_record back;
	char line[RECORD_LINE_SIZE];
	json_t *object = record_json(record, "x");

	assert_non_null(object);
	json_decref(object);
	record_line(line, record, NULL);
	/* A name may hold what a line cannot say; all others come back. */
	if (record->head.id != COMM)
		assert_true(record_from_line(line, &back));
	consumer->records += record->head.id != LOST;
	model_feed(&consumer->model, record);
}

static void fill_all_tables(struct model *model)
{
	static const struct {
		const struct row_type *type;
		void (*fill)(struct rows *rows, struct model *model);
	} views[] = {
		{ &forks_type, forks_fill },
		{ &mms_type, mms_fill },
		{ &borrows_type, borrows_fill },
	};
	struct rows rows;
	size_t i, cell;

	for (i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		rows_init(&rows, views[i].type);
		views[i].fill(&rows, model);
		for (cell = 0; cell < rows.count * rows.ncolumns; cell++)
			assert_int_not_equal(rows.cells[cell].state,
					     CELL_UNSET);
		rows_free(&rows);
	}
}

static void read_one(const char *directory, uint64_t blocks)
{
	struct consumer consumer = { 0 };
	struct source source;

	capture_read(directory, &source, consume, &consumer);
	assert_true(consumer.records <= blocks);
	assert_int_equal(consumer.records, source.records);
	model_finish(&consumer.model, &source);
	fill_all_tables(&consumer.model);
	model_free(&consumer.model);
}

static void test_damaged_captures(void **state)
{
	const char *seed = getenv("SEED");
	char *directory = make_directory();
	struct writer writer;
	int round, cpu;
	size_t blocks;

	(void)state;
	random_state = seed ? strtoull(seed, NULL, 10) | 1 : 20261122;
	write_metadata(directory);
	for (round = 0; round < MUTATIONS; round++) {
		blocks = 0;
		for (cpu = 0; cpu < 2; cpu++) {
			memset(&writer, 0, sizeof(writer));
			writer.cpu = cpu;
			writer.time = 1000 + number_below(500);
			write_random_records(&writer, 1 + number_below(4));
			mutate(writer.bytes, &writer.length);
			blocks += writer.length / BLOCK;
			write_cpu(directory, &writer);
		}
		read_one(directory, blocks);
	}
	remove_directory(directory);
}

static void test_damaged_metadata(void **state)
{
	char *directory = make_directory(), *text;
	unsigned char *copy;
	char path[512];
	size_t length, cut;
	int round;

	(void)state;
	random_state = 4711;
	write_metadata(directory);
	write_file(directory, "cpu0", "", 0);
	snprintf(path, sizeof(path), "%s/metadata", directory);
	text = read_whole(path, &length);
	copy = malloc(length);
	for (round = 0; round < 300; round++) {
		memcpy(copy, text, length);
		cut = length;
		mutate(copy, &cut);
		write_file(directory, "metadata", copy, cut);
		read_one(directory, 0);
	}
	free(copy);
	free(text);
	remove_directory(directory);
}

static void test_damaged_lines_and_tables(void **state)
{
	static const char good[] =
		"     1.000000002    1      77      77        5  fork_end     vfork           "
		" ns=5 clone_flags=CLONE_VM|CLONE_VFORK|0x11 result=-12 path=share";
	struct mmscope_record record;
	unsigned char bytes[256];
	struct rows rows;
	size_t length;
	int round;

	(void)state;
	random_state = 99;
	for (round = 0; round < 20000; round++) {
		length = sizeof(good) - 1;
		memcpy(bytes, good, length);
		mutate(bytes, &length);
		bytes[length] = '\0';
		record_from_line((char *)bytes, &record);
		*bytes = '#';
		if (table_parse(&rows, &forks_type, (char *)bytes))
			rows_free(&rows);
	}
}

/* Hundreds of messages about damage are right, and nobody's reading. */
static int silence(void **state)
{
	(void)state;
	return freopen("/dev/null", "w", stderr) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged_captures),
		cmocka_unit_test(test_damaged_metadata),
		cmocka_unit_test(test_damaged_lines_and_tables),
	};

	/* A sanitizer's report must still be seen. */
	return cmocka_run_group_tests_name("fuzz", tests,
					   getenv("LOUD") ? NULL : silence,
					   NULL);
}
