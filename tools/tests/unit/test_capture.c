// SPDX-License-Identifier: GPL-2.0-only
/* test_capture.c - captures: packets, merging, loss, and everything broken */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "capture_writer.h"
#include "input/capture_files.h"
#include "input/source.h"

#define OVERWRITTEN 18
#define RING_FULL 19

/* What capture_read() gave. */
struct seen {
	struct mmscope_record records[64];
	size_t count;
	uint64_t lost;
};

static void see(void *to, const struct mmscope_record *record)
{
	struct seen *seen = to;

	if (seen->count < 64)
		seen->records[seen->count] = *record;
	seen->count++;
	if (record->head.id == LOST)
		seen->lost += record->lost.records;
}

/* Messages are for people; the tests look at what was given and returned. */
static int read_quietly(const char *directory, struct source *source,
			struct seen *seen)
{
	int saved = dup(STDERR_FILENO), status;

	memset(seen, 0, sizeof(*seen));
	if (!freopen("/dev/null", "w", stderr))
		fail();
	status = capture_read(directory, source, see, seen);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return status;
}

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

static void write_some(struct writer *writer, int records)
{
	write_packet(writer);
	while (records--)
		write_record(writer, EXIT_MM, 12, 100 + writer->cpu, 7);
}

static void test_records_of_a_capture(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 3);
	write_some(&cpu0, 2);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 5);
	assert_int_equal(source.records, 5);
	assert_int_equal(source.cpus, 1);
	assert_int_equal(source.page_size, 4096);
	assert_string_equal(source.kernel_release, "6.1.0-test");
	assert_int_equal(source.first, 5000);
	assert_int_equal(source.last, 5400);
	assert_int_equal(seen.records[4].head.seq, 5);
	assert_int_equal(seen.records[4].head.mm, 7);
}

static void test_cpus_are_merged_by_time(void **state)
{
	struct writer writers[5] = { 0 };
	struct source source;
	struct seen seen;
	size_t i, j;

	write_metadata(*state);
	for (i = 0; i < 5; i++) {
		writers[i].cpu = i * 3;
		writers[i].time = 9000 - 70 * i;
		for (j = 0; j < 3; j++) {
			write_some(&writers[i], 2);
			writers[i].time += 1000 * i;
		}
		write_cpu(*state, &writers[i]);
	}
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 30);
	assert_int_equal(source.cpus, 5);
	for (i = 1; i < seen.count; i++)
		assert_true(seen.records[i - 1].head.timestamp <=
			    seen.records[i].head.timestamp);
}

static void test_same_time_goes_by_cpu(void **state)
{
	struct writer cpu0 = { .time = 5000 }, cpu1 = { .time = 5000, .cpu = 1 };
	struct source source;
	struct seen seen;
	size_t i;

	write_metadata(*state);
	write_some(&cpu1, 3);
	write_some(&cpu0, 3);
	write_cpu(*state, &cpu1);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	for (i = 0; i < 6; i++)
		assert_int_equal(seen.records[i].head.cpu, i % 2);
}

static void test_a_gap_is_a_loss(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 2);
	cpu0.seq += 10;
	write_some(&cpu0, 2);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 5);
	assert_int_equal(source.records, 4);
	assert_int_equal(seen.records[2].head.id, LOST);
	assert_int_equal(seen.records[2].lost.records, 10);
	assert_int_equal(seen.records[2].lost.since, 5100);
	assert_int_equal(seen.records[3].head.seq, 13);
}

/* The module's own record stands for them and has the last one's number. */
static void test_overwritten_records_are_counted_once(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;
	unsigned char *lost;

	write_metadata(*state);
	write_some(&cpu0, 2);
	cpu0.seq += 9;
	lost = write_record(&cpu0, LOST, OVERWRITTEN, 0, 0);
	put64(lost + 32, 10);
	cpu0.discarded = 10;
	write_some(&cpu0, 1);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.lost, 10);
}

/* Discarded records never had a number; the record that tells has its own. */
static void test_discarded_records_are_counted_once(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;
	unsigned char *lost;

	write_metadata(*state);
	write_some(&cpu0, 2);
	cpu0.discarded = 50;
	write_packet(&cpu0);
	lost = write_record(&cpu0, LOST, RING_FULL, 0, 0);
	put64(lost + 32, 50);
	write_some(&cpu0, 1);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.lost, 50);
}

/* What was lost after the last record only the packets' count can tell. */
static void test_loss_that_no_record_tells(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 2);
	cpu0.discarded = 77;
	write_some(&cpu0, 1);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.lost, 77);
	assert_int_equal(seen.records[3].head.id, LOST);
}

static void test_sequence_numbers_wrap(void **state)
{
	struct writer cpu0 = { .time = 5000, .seq = UINT32_MAX - 2 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 5);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 5);
}

static void test_two_recordings_in_one_file(void **state)
{
	struct writer cpu0 = { .time = 5000, .session = 1, .discarded = 5 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 2);
	cpu0.seq += 1000;
	cpu0.session = 2;
	cpu0.discarded = 0;
	write_some(&cpu0, 2);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_OK);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.lost, 0);
}

/* Cut at each byte: whole records are given, everything else is named. */
static void test_truncation(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;
	size_t cut, records;
	int status;

	write_metadata(*state);
	write_some(&cpu0, 3);
	write_some(&cpu0, 3);
	for (cut = 0; cut <= cpu0.length; cut++) {
		write_file(*state, "cpu0", cpu0.bytes, cut);
		status = read_quietly(*state, &source, &seen);
		records = cut / BLOCK;
		records -= (records > 0) + (records > 4);
		assert_int_equal(source.records, records);
		/* Nothing is missing where a packet ends. */
		assert_int_equal(status, cut == 4 * BLOCK || cut == 8 * BLOCK ?
					 STATUS_OK : STATUS_TROUBLE);
	}
	free(cpu0.bytes);
}

static void test_damage_in_the_middle(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 3);
	write_some(&cpu0, 3);
	write_some(&cpu0, 3);
	memset(cpu0.bytes + 4 * BLOCK, 0xa5, 2 * BLOCK);
	write_file(*state, "cpu0", cpu0.bytes, cpu0.length);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	/* The second packet has no beginning; the third is found again. */
	assert_int_equal(source.records, 6);
	assert_int_equal(seen.lost, 3);
	free(cpu0.bytes);
}

static void test_a_damaged_record_is_left_out(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 5);
	memset(cpu0.bytes + 2 * BLOCK, 0, BLOCK);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 4);
	/* It is named as damage, and so not counted as a loss. */
	assert_int_equal(seen.lost, 0);
}

static void test_a_packet_that_lies_about_its_size(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;

	write_metadata(*state);
	write_some(&cpu0, 2);
	put64(cpu0.bytes + 24, 1ULL << 40);
	put64(cpu0.bytes + 32, 1ULL << 40);
	write_some(&cpu0, 2);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 4);
}

static void test_another_record_format(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;
	char *metadata;
	char path[512];

	write_metadata(*state);
	write_some(&cpu0, 2);
	put16(cpu0.bytes + 4, 3);
	write_file(*state, "cpu0", cpu0.bytes, cpu0.length);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 0);

	put16(cpu0.bytes + 4, 2);
	write_cpu(*state, &cpu0);
	snprintf(path, sizeof(path), "%s/metadata", (char *)*state);
	metadata = read_whole(path, NULL);
	*(strstr(metadata, "abi = 2") + 6) = '9';
	write_file(*state, "metadata", metadata, strlen(metadata));
	free(metadata);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 0);
}

static void test_metadata_missing_or_foreign(void **state)
{
	static const char foreign[] =
		"/* CTF 1.8 */\n\nenv {\n\ttracer_name = \"lttng-modules\";\n};\n";
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;

	write_some(&cpu0, 2);
	write_cpu(*state, &cpu0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 2);
	write_file(*state, "metadata", "", 0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 2);
	write_file(*state, "metadata", foreign, sizeof(foreign) - 1);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 0);
}

static void test_nothing_in_it(void **state)
{
	struct source source;
	struct seen seen;

	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	write_metadata(*state);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	write_file(*state, "cpu0", "", 0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 0);
	assert_int_equal(read_quietly("/nonexistent", &source, &seen),
			 STATUS_USAGE);
}

static void test_files_that_are_no_files(void **state)
{
	struct writer cpu0 = { .time = 5000 };
	struct source source;
	struct seen seen;
	char path[512];

	write_metadata(*state);
	write_some(&cpu0, 2);
	write_cpu(*state, &cpu0);
	snprintf(path, sizeof(path), "%s/cpu1", (char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/cpu2", (char *)*state);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(read_quietly(*state, &source, &seen), STATUS_TROUBLE);
	assert_int_equal(seen.count, 2);
}

static void test_names_of_cpu_files(void **state)
{
	static const char *const others[] = {
		"cpu", "cpu-1", "cpu+1", "cpu 1", "cpu01", "cpu1.old", "xcpu1",
		"cpu65536", "cpu999999", "",
	};
	unsigned int cpu;
	size_t i;

	(void)state;
	assert_true(is_cpu_file("cpu0", &cpu));
	assert_true(is_cpu_file("cpu1023", &cpu));
	assert_int_equal(cpu, 1023);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(is_cpu_file(others[i], &cpu));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_records_of_a_capture),
		TEST(test_cpus_are_merged_by_time),
		TEST(test_same_time_goes_by_cpu),
		TEST(test_a_gap_is_a_loss),
		TEST(test_overwritten_records_are_counted_once),
		TEST(test_discarded_records_are_counted_once),
		TEST(test_loss_that_no_record_tells),
		TEST(test_sequence_numbers_wrap),
		TEST(test_two_recordings_in_one_file),
		TEST(test_truncation),
		TEST(test_damage_in_the_middle),
		TEST(test_a_damaged_record_is_left_out),
		TEST(test_a_packet_that_lies_about_its_size),
		TEST(test_another_record_format),
		TEST(test_metadata_missing_or_foreign),
		TEST(test_nothing_in_it),
		TEST(test_files_that_are_no_files),
		TEST(test_names_of_cpu_files),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
