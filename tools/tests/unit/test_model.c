// SPDX-License-Identifier: GPL-2.0-only
/* test_model.c - what records add up to: forks, mms, borrows, loss */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_writer.h"
#include "model/model.h"
#include "module/tables.h"
#include "output/table.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

/* Numbers of record-format.md's `how`. */
enum { NONE = 1, SHARE, DUP, FORK, VFORK, CLONE, THREAD, KTHREAD, IO_THREAD,
       EXEC = 11, EXIT, FOUND, SWITCH };

#define VM_VFORK 0x4100

/* Records are written one after the other, then fed to the model at once. */
struct scene {
	struct writer writer;
	struct model model;
};

static int setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	scene->writer.time = 1000000000;
	write_packet(&scene->writer);
	*state = scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	model_free(&scene->model);
	free(scene->writer.bytes);
	free(scene);
	return 0;
}

static void play(struct scene *scene)
{
	static const struct source source = { .page_size = 4096 };
	struct mmscope_record record;
	size_t at;

	for (at = BLOCK; at < scene->writer.length; at += BLOCK) {
		memcpy(&record, scene->writer.bytes + at, BLOCK);
		model_feed(&scene->model, &record);
	}
	model_finish(&scene->model, &source);
}

/* The table of a view, as "row row", cells separated by blanks. */
static char *table_of(struct scene *scene, const struct row_type *type,
		      void (*fill)(struct rows *, struct model *))
{
	char *text = strdup(""), *longer, *cell;
	struct rows rows;
	size_t i, n;

	rows_init(&rows, type);
	n = rows.ncolumns;
	fill(&rows, &scene->model);
	for (i = 0; i < rows.count * n; i++) {
		cell = cell_text(&type->columns[i % n], &rows.cells[i], false);
		assert_true(asprintf(&longer, "%s%s%s", text, cell,
				     (i + 1) % n ? " " : "\n") >= 0);
		free(cell);
		free(text);
		text = longer;
	}
	rows_free(&rows);
	return text;
}

static void check_table(struct scene *scene, const struct row_type *type,
			void (*fill)(struct rows *, struct model *),
			const char *expected)
{
	char *text = table_of(scene, type, fill);

	assert_string_equal(text, expected);
	free(text);
}

#define FORKS (&forks_type)
#define MMS (&mms_type)
#define BORROWS (&borrows_type)

static void begin_clone(struct scene *scene, int kind, uint32_t pid,
			uint64_t flags)
{
	unsigned char *at = write_record(&scene->writer, FORK_BEGIN, kind, pid,
					 5);

	put64(at + 32, flags);
	put32(at + 44, 1);
	put32(at + 48, 1);
}

static void copied(struct scene *scene, uint32_t pid, uint64_t mm, uint64_t ns)
{
	unsigned char *at = write_record(&scene->writer, DUP_MM, 0, pid, 5);

	put64(at + 32, mm);
	put64(at + 40, ns);
}

static void decided(struct scene *scene, int path, uint32_t pid, uint64_t mm,
		    uint32_t child)
{
	unsigned char *at = write_record(&scene->writer, COPY_MM, path, pid, 5);

	put64(at + 32, mm);
	put32(at + 40, child);
	put32(at + 44, path == SHARE ? 2 : 1);
	put32(at + 48, 1);
	if (path != DUP)
		return;
	put32(at + 52, 30);
	put32(at + 56, 1000);
	put32(at + 60, 11);
}

static void end_clone(struct scene *scene, int kind, uint32_t pid, uint64_t ns,
		      uint64_t vfork_ns, int32_t result, int path)
{
	unsigned char *at = write_record(&scene->writer, FORK_END, kind, pid, 5);

	put64(at + 32, ns - vfork_ns);
	put64(at + 40, kind == VFORK ? VM_VFORK : 0);
	put32(at + 48, result);
	put32(at + 52, path);
	if (!vfork_ns)
		return;
	/* The child says how long its parent has waited. */
	at = write_record(&scene->writer, EXIT_MM, EXIT, result, 5);
	put64(at + 32, vfork_ns);
}

static void fork_once(struct scene *scene, uint32_t pid, uint32_t child,
		      uint64_t mm, uint64_t ns)
{
	begin_clone(scene, FORK, pid, 0);
	copied(scene, pid, mm, ns / 2);
	decided(scene, DUP, pid, mm, child);
	end_clone(scene, FORK, pid, ns, 0, child, DUP);
}

static void test_forks_by_path_and_kind(void **state)
{
	struct scene *scene = *state;

	fork_once(scene, 100, 101, 6, 1000000);
	fork_once(scene, 100, 102, 7, 3000000);
	begin_clone(scene, VFORK, 100, VM_VFORK);
	decided(scene, SHARE, 100, 5, 103);
	end_clone(scene, VFORK, 100, 5050000, 5000000, 103, SHARE);
	play(scene);
	check_table(scene, FORKS, forks_fill,
		    "share vfork 1 0 50000 50000 50000 0 5000000 0 0 0\n"
		    "dup fork 2 0 1048575 3000000 3000000 1000000 0 30 1000 44\n");
}

static void test_failed_clones_cost_no_percentile(void **state)
{
	struct scene *scene = *state;
	const struct fork_row *row;

	begin_clone(scene, FORK, 100, 0);
	copied(scene, 100, 6, 500);
	end_clone(scene, FORK, 100, 9000, 0, -12, DUP);
	begin_clone(scene, CLONE, 100, 0);
	end_clone(scene, CLONE, 100, 700, 0, -22, 0);
	begin_clone(scene, CLONE, 100, 0);
	end_clone(scene, CLONE, 100, 700, 0, -22, 0);
	play(scene);
	check_table(scene, FORKS, forks_fill,
		    "unknown clone 0 2 0 0 0 0 0 0 0 0\n"
		    "dup fork 0 1 0 0 0 0 0 0 0 0\n");
	row = scene->model.forks.rows;
	assert_int_equal(row->failures[0].error, 22);
	assert_int_equal(row->failures[0].number, 2);
}

/* A copy that a failed clone had made is not the next one's. */
static void test_a_failed_copy_is_forgotten(void **state)
{
	struct scene *scene = *state;

	begin_clone(scene, FORK, 100, 0);
	copied(scene, 100, 6, 500000);
	end_clone(scene, FORK, 100, 9000, 0, -12, DUP);
	begin_clone(scene, THREAD, 100, 0x10100);
	decided(scene, SHARE, 100, 5, 101);
	end_clone(scene, THREAD, 100, 3000, 0, 101, SHARE);
	play(scene);
	check_table(scene, FORKS, forks_fill,
		    "share thread 1 0 3000 3000 3000 0 0 0 0 0\n"
		    "dup fork 0 1 0 0 0 0 0 0 0 0\n");
}

static void test_clones_without_kernel_clone(void **state)
{
	struct scene *scene = *state;

	/* An io_uring worker, and a vfork whose parent waits at the end. */
	decided(scene, SHARE, 100, 5, 150);
	begin_clone(scene, VFORK, 100, VM_VFORK);
	decided(scene, SHARE, 100, 5, 151);
	play(scene);
	check_table(scene, FORKS, forks_fill,
		    "share vfork 1 0 0 0 0 0 0 0 0 0\n"
		    "share io_thread 1 0 0 0 0 0 0 0 0 0\n");
}

static void test_interleaved_clones_of_two_tasks(void **state)
{
	struct scene *scene = *state;

	begin_clone(scene, FORK, 100, 0);
	begin_clone(scene, FORK, 200, 0);
	copied(scene, 100, 6, 111000);
	copied(scene, 200, 7, 222000);
	decided(scene, DUP, 200, 7, 201);
	decided(scene, DUP, 100, 6, 101);
	end_clone(scene, FORK, 200, 500000, 0, 201, DUP);
	end_clone(scene, FORK, 100, 300000, 0, 101, DUP);
	play(scene);
	assert_int_equal(scene->model.forks.ntop, 2);
	assert_int_equal(scene->model.forks.top[0].pid, 200);
	assert_int_equal(scene->model.forks.top[0].copy_ns, 222000);
	assert_int_equal(scene->model.forks.top[1].copy_ns, 111000);
}

static void test_only_the_dearest_are_kept(void **state)
{
	struct scene *scene = *state;
	unsigned int i;

	for (i = 1; i <= 3 * TOP_FORKS; i++)
		fork_once(scene, 100, 1000 + i, 100 + i,
			  1000 * (i * 7 % (3 * TOP_FORKS + 1)));
	play(scene);
	assert_int_equal(scene->model.forks.ntop, TOP_FORKS);
	for (i = 0; i < TOP_FORKS; i++)
		assert_int_equal(scene->model.forks.top[i].ns,
				 1000 * (3 * TOP_FORKS - i));
}

static void exec_once(struct scene *scene, uint32_t pid, uint64_t old,
		      uint64_t new)
{
	unsigned char *at;

	at = write_record(&scene->writer, MM_BIRTH, EXEC, pid, new);
	put64(at + 32, old);
	put32(at + 40, 1);
	put32(at + 44, 1);
	at = write_record(&scene->writer, EXIT_MM, EXEC, pid, old);
	put32(at + 32, 1);
	put32(at + 36, 1);
	at = write_record(&scene->writer, EXEC_MM, EXEC, pid, new);
	put64(at + 32, old);
	put32(at + 40, 1);
	put32(at + 44, 1);
}

static void test_what_exec_threw_away(void **state)
{
	struct scene *scene = *state;
	const struct spawn_row *row;

	write_comm(&scene->writer, 100, "make");
	fork_once(scene, 100, 101, 6, 1000000);
	exec_once(scene, 101, 6, 7);
	begin_clone(scene, VFORK, 100, VM_VFORK);
	decided(scene, SHARE, 100, 5, 102);
	exec_once(scene, 102, 5, 8);
	end_clone(scene, VFORK, 100, 90000, 80000, 102, SHARE);
	/* A second exec of the same task has nothing to throw away. */
	exec_once(scene, 102, 8, 9);
	play(scene);
	row = scene->model.forks.spawns;
	assert_non_null(row);
	assert_string_equal(row->comm, "make");
	assert_int_equal(row->shared, 1);
	assert_int_equal(row->copied, 1);
	assert_int_equal(row->copy_ns, 500000);
	assert_null(row->hh.next);
}

static void test_life_of_an_mm(void **state)
{
	struct scene *scene = *state;
	unsigned char *at;

	write_comm(&scene->writer, 100, "parent");
	at = write_record(&scene->writer, MM_BIRTH, DUP, 100, 6);
	put64(at + 32, 5);
	put32(at + 40, 1);
	put32(at + 44, 1);
	fork_once(scene, 100, 101, 6, 1000000);
	/* The child makes a thread, which exits. */
	scene->writer.time += 2000000;
	decided(scene, SHARE, 101, 6, 102);
	at = write_record(&scene->writer, EXIT_MM, EXIT, 102, 6);
	put32(at + 40, 1);
	put32(at + 44, 3);
	play(scene);
	check_table(scene, MMS, mms_fill,
		    "5 live 1 1 0 0 - 0.002 - found 100 parent\n"
		    "6 live 1 3 1 2 - 0.002 - dup 101 parent\n");
}

static void test_dead_and_pinned(void **state)
{
	struct scene *scene = *state;
	struct model *model = &scene->model;
	unsigned char *at;

	write_comm(&scene->writer, 300, "kworker/0:1");
	at = write_record(&scene->writer, MM_DEAD, 0, 101, 6);
	put32(at + 44, 2);
	scene->writer.time += 4000000000ULL;
	at = write_record(&scene->writer, MM_DEAD, 0, 102, 7);
	put32(at + 44, 3);
	/* mm 8 ends as every process does: its own task lets go last. */
	at = write_record(&scene->writer, MM_DEAD, 0, 103, 8);
	put32(at + 44, 2);
	at = write_record(&scene->writer, MM_FREE, SWITCH, 104, 8);
	put64(at + 40, 2000);
	put32(at + 48, 103);
	at = write_record(&scene->writer, MM_FREE, SWITCH, 104, 7);
	put64(at + 40, 9000);
	put32(at + 48, 300);
	play(scene);
	check_table(scene, MMS, mms_fill,
		    "6 dead 0 2 0 2 - 4.000 4.000 found ? ?\n");
	assert_int_equal(model->pinned.number, 1);
	assert_int_equal(model->pinned.max, 9000);
	assert_non_null(model->droppers);
	assert_string_equal(model->droppers->key.comm, "kworker/0:1");
	assert_int_equal(model->droppers->longest_mm, 7);
	assert_null(model->droppers->hh.next);
}

static void borrow(struct scene *scene, int how, uint64_t mm, uint32_t lender,
		   uint32_t borrower)
{
	unsigned char *at = write_record(&scene->writer, LAZY_BORROW, how,
					 lender, mm);

	put32(at + 32, lender);
	put32(at + 36, borrower);
	put32(at + 40, 1);
	put32(at + 44, 2);
}

static void hand_off(struct scene *scene, uint64_t mm, uint32_t previous,
		     uint32_t borrower, uint64_t ns)
{
	unsigned char *at = write_record(&scene->writer, LAZY_HANDOFF, SWITCH,
					 previous, mm);

	put64(at + 32, ns);
	put32(at + 40, previous);
	put32(at + 44, borrower);
	put32(at + 48, 1);
	put32(at + 52, 2);
}

static void give_back(struct scene *scene, uint64_t mm, uint32_t lender,
		      uint32_t borrower, uint64_t ns)
{
	unsigned char *at = write_record(&scene->writer, LAZY_RETURN, SWITCH,
					 borrower, mm);

	put64(at + 32, ns);
	put32(at + 40, lender);
	put32(at + 44, borrower);
	put32(at + 48, lender);
	put32(at + 52, 1);
	put32(at + 56, 1);
}

static void test_borrows_of_a_cpu(void **state)
{
	struct scene *scene = *state;
	const struct borrow_pair *pair;

	write_comm(&scene->writer, 100, "user");
	write_comm(&scene->writer, 20, "ksoftirqd/0");
	/* Idle borrows, hands on to ksoftirqd, which gives back. */
	borrow(scene, SWITCH, 5, 100, 0);
	hand_off(scene, 5, 0, 20, 3000);
	give_back(scene, 5, 100, 20, 10000);
	borrow(scene, SWITCH, 5, 100, 20);
	play(scene);
	check_table(scene, BORROWS, borrows_fill,
		    "0 5 20 100 0 2 1 1 10000 10000 ksoftirqd/0\n");
	for (pair = scene->model.borrows.pairs; pair; pair = pair->hh.next) {
		assert_string_equal(pair->key.lender, "user");
		if (!strcmp(pair->key.borrower, "swapper/0"))
			assert_int_equal(pair->total_ns, 3000);
		else
			assert_int_equal(pair->total_ns, 7000);
	}
	assert_int_equal(scene->model.borrows.longest.ns, 10000);
	assert_string_equal(scene->model.borrows.longest.borrower,
			    "ksoftirqd/0");
	check_table(scene, MMS, mms_fill,
		    "5 live 1 2 0 1 0 0.000 - found ? ?\n");
}

static void test_a_borrow_that_is_announced_is_not_counted(void **state)
{
	struct scene *scene = *state;

	borrow(scene, SWITCH, 5, 100, 20);
	borrow(scene, FOUND, 5, 100, 20);
	/* Found by the module itself, which knows no lender. */
	scene->writer.cpu = 1;
	borrow(scene, FOUND, 6, 0, 0);
	play(scene);
	check_table(scene, BORROWS, borrows_fill,
		    "0 5 20 100 100 1 0 0 0 0 ?\n"
		    "1 6 0 ? 0 1 0 0 0 0 swapper/1\n");
}

static void test_names_follow_fork_and_exec(void **state)
{
	struct names names = { NULL };
	struct scene *scene = *state;
	struct mmscope_record record;
	size_t at;

	write_comm(&scene->writer, 100, "sh");
	decided(scene, DUP, 100, 6, 101);
	write_comm(&scene->writer, 100, "other");
	write_comm(&scene->writer, 102, "sixteen bytes ab");
	for (at = BLOCK; at < scene->writer.length; at += BLOCK) {
		memcpy(&record, scene->writer.bytes + at, BLOCK);
		names_feed(&names, &record);
	}
	assert_string_equal(names_get(&names, 100, 0), "other");
	assert_string_equal(names_get(&names, 101, 0), "sh");
	assert_string_equal(names_get(&names, 102, 0), "sixteen bytes ab");
	assert_string_equal(names_get(&names, 0, 3), "swapper/3");
	assert_null(names_get(&names, 103, 0));
	names_free(&names);
}

static void test_loss_by_cause(void **state)
{
	struct scene *scene = *state;

	put64(write_record(&scene->writer, LOST, 18, 0, 0) + 32, 10);
	put64(write_record(&scene->writer, LOST, 19, 0, 0) + 32, 5);
	put64(write_record(&scene->writer, LOST, 18, 0, 0) + 32, 3);
	play(scene);
	assert_int_equal(scene->model.lost[18], 13);
	assert_int_equal(scene->model.lost[19], 5);
	assert_int_equal(scene->model.lost_total, 18);
}

static void test_tables_of_debugfs(void **state)
{
	static const char text[] =
		"#   point  status       hits  note\n"
		"copy_mm    unavailable     0  not in this kernel: no verdict\n"
		"do_fork    attached       12\n";
	/* In another order than the module's, and one that it has is not asked for. */
	static const struct column columns[] = {
		COLUMN("hits", INTEGER, "how often"),
		COLUMN("note", STRING, "why", .nullable = true),
		COLUMN("age_ns", SECONDS, "since when", .heading = "age_s",
		       .nullable = true),
		COLUMN("point", STRING, "which"),
		{ 0 },
	};
	static const struct row_type type = { "points", "a point", columns };
	struct rows rows;

	(void)state;
	assert_true(table_parse(&rows, &type, text));
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows_text(&rows, 0, "point"), "copy_mm");
	assert_string_equal(rows_text(&rows, 0, "note"),
			    "not in this kernel: no verdict");
	assert_int_equal(rows_number(&rows, 1, "hits", -1), 12);
	assert_int_equal(rows_cell(&rows, 1, "note")->state, CELL_NONE);
	assert_int_equal(rows_cell(&rows, 1, "age_ns")->state, CELL_NONE);
	rows_free(&rows);
	assert_false(table_parse(&rows, &type, ""));
	assert_false(table_parse(&rows, &type, "#\n"));
	assert_false(table_parse(&rows, &type, "no header\n"));
	/* A column is missing; a number is none. */
	assert_false(table_parse(&rows, &type, "# point note\na -\n"));
	assert_false(table_parse(&rows, &type, "# point hits\na many\n"));
}

/* "-" is nobody's name only where there is no task. */
static void test_a_task_named_dash_is_a_name(void **state)
{
	struct rows rows;

	(void)state;
	assert_true(table_parse(&rows, &mms_type,
				"# mm state users count tasks pins borrowers age_s dead_s how pid comm\n"
				"5 live 1 1 1 0 0,3 1.500 - dup 77 -\n"
				"6 dead 0 1 0 1 ? 1.5 0.001 ? ? ?\n"));
	assert_string_equal(rows_text(&rows, 0, "comm"), "-");
	assert_int_equal(rows_number(&rows, 0, "age_ns", 0), 1500000000);
	assert_int_equal(rows_number(&rows, 1, "dead_ns", 0), 1000000);
	assert_string_equal(rows_text(&rows, 0, "borrowers"), "0,3");
	assert_int_equal(rows_cell(&rows, 1, "comm")->state, CELL_UNKNOWN);
	assert_int_equal(rows_cell(&rows, 1, "borrowers")->state, CELL_UNKNOWN);
	rows_free(&rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_forks_by_path_and_kind),
		TEST(test_failed_clones_cost_no_percentile),
		TEST(test_a_failed_copy_is_forgotten),
		TEST(test_clones_without_kernel_clone),
		TEST(test_interleaved_clones_of_two_tasks),
		TEST(test_only_the_dearest_are_kept),
		TEST(test_what_exec_threw_away),
		TEST(test_life_of_an_mm),
		TEST(test_dead_and_pinned),
		TEST(test_borrows_of_a_cpu),
		TEST(test_a_borrow_that_is_announced_is_not_counted),
		TEST(test_names_follow_fork_and_exec),
		TEST(test_loss_by_cause),
		TEST(test_tables_of_debugfs),
		TEST(test_a_task_named_dash_is_a_name),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
