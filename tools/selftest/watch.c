// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch.c - hardware watchpoints as a second witness
 *
 * The file `watch` has the exact ledger of one mm, from debug registers, which know
 * nothing of probes and tracepoints. Every step that mmscope recorded must be
 * there, and every step that is there must have been recorded.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "module/debugfs.h"
#include "selftest.h"
#include "trace.h"

/* Why there is no watch; empty while there is one. */
static char absent[160] = "not asked for";
static bool ours;

/* Somebody's watch, which could not be put back. */
static bool is_in_use(const char *text)
{
	return strstr(text, "\n# state armed ");
}

bool watch_is_armed(void)
{
	char *text = read_whole(debugfs_path("watch"), NULL);
	bool armed = text && is_in_use(text);

	free(text);
	return armed;
}

void watch_begin(pid_t pid, bool has_ledger)
{
	char *text = read_whole(debugfs_path("watch"), NULL), word[24];
	const char *refusal = text ? strstr(text, "# not here: ") : NULL;
	int error;

	absent[0] = '\0';
#ifdef __aarch64__
	if (has_ledger) {
		/* A probed instruction runs in a slot with debug exceptions off. */
		snprintf(
			absent, sizeof(absent),
			"on arm64 they do not see what the ledger's probes see");
		free(text);
		return;
	}
#else
	(void)has_ledger;
#endif
	snprintf(word, sizeof(word), "%d\n", (int)pid);
	if (!text)
		snprintf(absent, sizeof(absent), "the module has none");
	else if (refusal)
		snprintf(absent, sizeof(absent), "%.*s",
			 (int)strcspn(refusal + 12, "\n"), refusal + 12);
	else if (is_in_use(text))
		snprintf(absent, sizeof(absent), "somebody uses them");
	error = absent[0] ? 0 : debugfs_store("watch", word);
	if (error)
		snprintf(absent, sizeof(absent), "%s", strerror(error));
	ours = !absent[0];
	free(text);
}

void watch_end(void)
{
	if (ours)
		debugfs_store("watch", "off\n");
	ours = false;
	snprintf(absent, sizeof(absent), "not asked for");
}

/* What the log says, and what the records say, of one kind of step. */
struct step {
	const char *what;
	const char *counter;
	const char *functions[3];
	int delta;
	unsigned int logged, recorded;
};

enum { BORROW, RETURN, EXIT_LOAN, STEPS };

static const struct step all_steps[STEPS] = {
	[BORROW] = { "borrow",
		     "count",
		     { "__schedule", "context_switch" },
		     1,
		     0,
		     0 },
	[RETURN] = { "return", "count", { "finish_task_switch" }, -1, 0, 0 },
	[EXIT_LOAN] = { "loan at exit",
			"count",
			{ "do_exit", "exit_mm" },
			1,
			0,
			0 },
};

static bool is_in(const char *function, const struct step *step)
{
	size_t i;

	for (i = 0; i < 3 && step->functions[i]; i++)
		if (!strcmp(step->functions[i], function))
			return true;
	return false;
}

/* A line of the log: time cpu pid counter delta value where comm */
static void count_line(const char *line, struct step *steps)
{
	char counter[16], where[128];
	int delta, i;

	if (sscanf(line, "%*s %*u %*d %15s %d %*d %127s", counter, &delta,
		   where) != 3)
		return;
	where[strcspn(where, ".+")] = '\0';
	for (i = 0; i < STEPS; i++)
		steps[i].logged += !strcmp(counter, steps[i].counter) &&
				   delta == steps[i].delta &&
				   is_in(where, &steps[i]);
}

/* The nanoseconds of "12.345678901" behind a word. */
static uint64_t time_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);
	unsigned long long seconds = 0, ns = 0;

	if (at)
		sscanf(at + strlen(word), "%llu.%9llu", &seconds, &ns);
	return seconds * 1000000000ULL + ns;
}

static void count_records(const struct test *test, uint64_t mm, uint64_t from,
			  struct step *steps)
{
	steps[BORROW].recorded = trace_count(
		test, &(const struct wanted){ .type = MMSCOPE_TYPE_lazy_borrow,
					      .how = MMSCOPE_HOW_context_switch,
					      .mm = mm,
					      .from = from });
	steps[RETURN].recorded = trace_count(
		test, &(const struct wanted){ .type = MMSCOPE_TYPE_lazy_return,
					      .how = MMSCOPE_HOW_context_switch,
					      .mm = mm,
					      .from = from });
	steps[EXIT_LOAN].recorded = trace_count(
		test, &(const struct wanted){ .type = MMSCOPE_TYPE_lazy_borrow,
					      .how = MMSCOPE_HOW_exit,
					      .mm = mm,
					      .from = from });
}

/* The log is whole: to the mm's end, with nothing lost and nothing unknown. */
static bool is_whole(const char *text, char *why, size_t size)
{
	const char *ledger = strstr(text, "\n# ledger users ");
	unsigned long long changes = 0, lost = 1;
	long long unknown = 1;
	int users = 1, count = 1;

	if (ledger)
		sscanf(ledger,
		       "\n# ledger users %d count %d changes %llu lost %llu unknown %lld",
		       &users, &count, &changes, &lost, &unknown);
	if (!strstr(text, "\n# state freed "))
		snprintf(why, size, "its log has no end");
	else if (lost || unknown || strstr(text, "\n# not watched: "))
		snprintf(why, size, "its log is not whole");
	else if (users || count)
		snprintf(why, size,
			 "its sums are users %d, count %d at the end", users,
			 count);
	else
		return true;
	return false;
}

void watch_compare(struct test *test, uint64_t mm)
{
	struct step steps[STEPS];
	char *text, *line, *rest, why[80];
	int i;

	text = absent[0] ? NULL : read_whole(debugfs_path("watch"), NULL);
	if (!text) {
		witness(test, "hardware watchpoints: none: %s", absent);
		return;
	}
	if (!is_whole(text, why, sizeof(why))) {
		expect(test, false, "hardware watchpoints: %s", why);
		free(text);
		return;
	}
	memcpy(steps, all_steps, sizeof(steps));
	count_records(test, mm, time_after(text, "\n# armed "), steps);
	for (line = text; line && *line; line = rest ? rest + 1 : NULL) {
		rest = strchr(line, '\n');
		if (*line != '#')
			count_line(line, steps);
	}
	free(text);
	for (i = 0; i < STEPS; i++)
		expect(test, steps[i].logged == steps[i].recorded,
		       "hardware watchpoints saw %u times count %+d in %s, and mmscope recorded %u",
		       steps[i].logged, steps[i].delta, steps[i].functions[0],
		       steps[i].recorded);
	witness(test,
		"hardware watchpoints: count +1 in __schedule %u times, -1 in finish_task_switch %u, +1 in do_exit %u: as often as recorded",
		steps[BORROW].logged, steps[RETURN].logged,
		steps[EXIT_LOAN].logged);
}
