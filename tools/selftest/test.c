// SPDX-License-Identifier: GPL-2.0-only
/* test.c - one row: trying it, and printing what it says */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/record_io.h"
#include "output/json.h"
#include "output/record_json.h"
#include "selftest.h"
#include "trace.h"

/* How long a row that depends on the scheduler waits for it. */
#define BOUND_NS 20000000000ULL

static bool has_records(const struct test *test)
{
	size_t i;

	for (i = 0; i < test->pieces; i++)
		if (test->evidence[i].record.head.id)
			return true;
	return false;
}

static enum verdict judge(struct test *test, enum outcome outcome)
{
	uint64_t lost = trace_lost(test);

	if (test->failure && outcome == AGAIN) {
		char *last = test->failure;

		test->failure = must_format("not in %d s of trying: %s",
					    (int)(BOUND_NS / 1000000000), last);
		free(last);
	}
	if (test->failure)
		return FAILED;
	if (test->skipped)
		return SKIPPED;
	if (!expect(test, !lost,
		    "%" PRIu64
		    " records were lost meanwhile; give the module larger rings (ring_kib), or empty them with `mmscope record` if they do not overwrite",
		    lost) ||
	    !expect(test, has_records(test), "nothing was recorded of it"))
		return FAILED;
	return test->not_here ? NOT_HERE : test->difference ? DIFFERS : HOLDS;
}

enum verdict test_run(struct test *test, const struct row *row)
{
	uint64_t until = now_ns() + BOUND_NS;
	enum outcome outcome;

	memset(test, 0, sizeof(*test));
	test->row = row;
	do {
		test_clear(test);
		test->begun = now_ns();
		outcome = row->run(test);
		watch_end();
		/* A monitor that looks at /proc moves counters, too. */
		if (test->failure && trace_was_disturbed(test))
			outcome = AGAIN;
	} while (outcome == AGAIN && now_ns() < until);
	return judge(test, outcome);
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[HOLDS] = "holds",
		[DIFFERS] = "holds with a difference",
		[NOT_HERE] = "does not hold here",
		[SKIPPED] = "skipped",
		[FAILED] = "failed",
	};

	return names[verdict];
}

static const char *reason_of(const struct test *test, enum verdict verdict)
{
	return verdict == FAILED   ? test->failure :
	       verdict == SKIPPED  ? test->skipped :
	       verdict == NOT_HERE ? test->not_here :
				     test->difference;
}

/* ---- output ---- */

static void print_json(const struct test *test, enum verdict verdict)
{
	const char *reason = reason_of(test, verdict);
	json_t *object = json_object(), *list = json_array(), *piece;
	const struct evidence *evidence;
	size_t i;

	json_object_set_new(object, "row", json_integer(test->row->number));
	json_object_set_new(object, "name", json_string(test->row->name));
	json_object_set_new(object, "claim", json_string(test->row->claim));
	json_object_set_new(object, "verdict",
			    json_string(verdict_name(verdict)));
	json_object_set_new(object, "reason",
			    reason ? json_text(reason) : json_null());
	for (i = 0; i < test->pieces; i++) {
		evidence = &test->evidence[i];
		piece = json_object();
		json_object_set_new(piece, "shows", json_text(evidence->shows));
		if (evidence->record.head.id)
			json_object_set_new(
				piece, "record",
				record_json(&evidence->record,
					    trace_comm(&evidence->record)));
		json_array_append_new(list, piece);
	}
	json_object_set_new(object, "evidence", list);
	json_line(object);
}

/* The record without what its neighbours say too: a line fits a screen. */
static void print_record(const struct mmscope_record *record)
{
	char line[RECORD_LINE_SIZE];

	record_line(line, record, trace_comm(record));
	printf("         %s\n", line + strspn(line, " "));
}

static void print_text(const struct test *test, enum verdict verdict)
{
	const char *reason = reason_of(test, verdict);
	const struct evidence *evidence;
	size_t i;

	printf("%2u  %s: %s\n    %s%s%s\n", test->row->number, test->row->name,
	       verdict_name(verdict), test->row->claim, reason ? "\n    " : "",
	       reason ? reason : "");
	for (i = 0; i < test->pieces; i++) {
		evidence = &test->evidence[i];
		printf("       %s\n", evidence->shows);
		if (evidence->record.head.id)
			print_record(&evidence->record);
	}
}

void test_print(const struct test *test, enum verdict verdict, bool json)
{
	if (json)
		print_json(test, verdict);
	else
		print_text(test, verdict);
	fflush(stdout);
}
