// SPDX-License-Identifier: GPL-2.0-only
/*
 * state.c - the module's state: noted, changed, and put back
 *
 * What cannot be put back is not touched: a watch that somebody has armed stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "module/debugfs.h"
#include "module/tables.h"
#include "selftest.h"

static struct {
	char *filter;
	bool taken, enabled, ledger_on, ledger_turned_on, watched;
} before;

/* Whether the file `ledger` says that it is on; false too if there is none. */
static bool ledger_is_on(void)
{
	char *text = read_whole(debugfs_path("ledger"), NULL);
	bool on = text && !strncmp(text, "# on", strlen("# on"));

	free(text);
	return on;
}

/* Not every machine can have one; then there is one witness less. */
static bool ledger_write(const char *text)
{
	int fd = open(debugfs_path("ledger"), O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 &&
		    write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

bool state_take(void)
{
	char *enable = debugfs_read_value("enable"), *filter;
	bool done;

	if (!enable)
		return false;
	before.enabled = atoi(enable);
	free(enable);
	before.filter = debugfs_read_value("filter");
	if (!before.filter)
		return false;
	before.taken = true;
	before.watched = watch_is_armed();
	/* Our descendants, and those of kthreadd: all kernel threads. */
	filter = must_format("pid=%d pid=2\n", (int)getpid());
	done = debugfs_write("filter", filter) &&
	       (before.enabled || debugfs_write("enable", "1\n"));
	free(filter);
	before.ledger_on = ledger_is_on();
	if (done && !before.ledger_on)
		before.ledger_turned_on = ledger_write("1\n");
	return done;
}

void state_restore(void)
{
	if (!before.taken)
		return;
	before.taken = false;
	/* By whoever made the experiments, and did not come to their end. */
	if (!before.watched && watch_is_armed())
		debugfs_write("watch", "off\n");
	if (before.ledger_turned_on)
		debugfs_write("ledger", "0\n");
	if (!before.enabled)
		debugfs_write("enable", "0\n");
	debugfs_write("filter", before.filter);
	free(before.filter);
	before.filter = NULL;
}

bool state_has_ledger(void)
{
	return before.ledger_on || before.ledger_turned_on;
}

/* Whether it names an mm among those that did not close. */
static bool ledger_is_open(uint64_t mm)
{
	char *text = read_whole(debugfs_path("ledger"), NULL);
	char *at = text ? strstr(text, "\n# open:") : NULL;
	bool open = false;

	while (at && (at = strchr(at + 1, '\n')))
		open |= strtoull(at + 1, NULL, 10) == mm;
	free(text);
	return open;
}

void ledger_compare(struct test *test, uint64_t mm)
{
	if (state_has_ledger() && expect(test, !ledger_is_open(mm),
					 "the ledger of mm %llu did not close",
					 (unsigned long long)mm))
		witness(test, "ledger: mm %llu is closed",
			(unsigned long long)mm);
}

char *debugfs_cell(const char *file, const char *first, const char *key,
		   const char *column)
{
	char *text = read_whole(debugfs_path(file), NULL), *cell = NULL;
	const struct column columns[] = {
		COLUMN(first, STRING, "the row's name"),
		COLUMN(column, STRING, "what is asked for"),
		{ 0 },
	};
	const struct row_type type = { file, "one row of the file", columns };
	struct rows rows;
	size_t row;

	if (!text || !table_parse(&rows, &type, text)) {
		free(text);
		return NULL;
	}
	free(text);
	for (row = 0; !cell && row < rows.count; row++)
		if (!strcmp(rows_text(&rows, row, first), key))
			cell = must_format("%s", rows_text(&rows, row, column));
	rows_free(&rows);
	return cell;
}
