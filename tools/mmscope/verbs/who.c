// SPDX-License-Identifier: GPL-2.0-only
/* who.c - mmscope who PID: who holds a process's address spaces */
#include <errno.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "module/debugfs.h"
#include "module/tables.h"
#include "output/holders.h"
#include "verbs/verbs.h"
#include "verbs/view.h"

/* The process of a thread; the number itself if there is no such task now. */
static uint32_t process_of(uint32_t pid)
{
	char *path = must_format("/proc/%u/status", pid);
	char *text = read_whole(path, NULL);
	const char *line = text ? strstr(text, "\nTgid:") : NULL;
	uint32_t process = line ? strtoul(line + strlen("\nTgid:"), NULL, 10) :
				  pid;

	free(text);
	free(path);
	return process;
}

/* Whether two tasks have one mm: a vfork child's is known by its parent. */
static bool share_mm(uint32_t pid, uint32_t other)
{
	return other && !syscall(SYS_kcmp, pid, other, KCMP_VM, 0, 0);
}

/* What `mms` says of each mm: whose it is. Dead ones have their owner's pid too. */
static bool find_live(uint32_t pid, struct mm_set *set)
{
	char *text = debugfs_read("mms");
	struct rows mms;
	uint32_t owner;
	size_t row;

	if (!text)
		return false;
	if (table_parse(&mms, &mms_type, text)) {
		for (row = 0; row < mms.count; row++) {
			owner = rows_number(&mms, row, "pid", 0);
			if (owner == pid || share_mm(pid, owner))
				mm_set_add(set,
					   rows_number(&mms, row, "mm", 0));
		}
		rows_free(&mms);
	}
	free(text);
	return true;
}

static int show(const struct options *options, const struct rows *holders,
		uint32_t pid)
{
	char *stacks;

	if (!holders->count) {
		complain(
			"process %u has no address space here: it is a kernel thread, or has ended and nobody holds what was its",
			pid);
		return STATUS_TROUBLE;
	}
	stacks = stacks_read(options->input);
	holders_print(holders, stacks, options->json);
	free(stacks);
	return STATUS_OK;
}

static int who_live(const struct options *options, uint32_t pid)
{
	struct mm_set set = { NULL };
	struct rows holders;
	int status = STATUS_TROUBLE;
	char *text = NULL;

	rows_init(&holders, &holders_type);
	if (find_live(process_of(pid), &set))
		text = debugfs_read("holders");
	if (text && !holders_live(&holders, text, &set))
		complain("%s is not as expected: is it mmscope's?",
			 debugfs_path("holders"));
	else if (text)
		status = show(options, &holders, pid);
	free(text);
	rows_free(&holders);
	mm_set_free(&set);
	return status;
}

static int who_capture(const struct options *options, uint32_t pid)
{
	const struct address_space *mm;
	struct mm_set set = { NULL };
	struct model model = { 0 };
	struct source source;
	struct rows holders;
	int status = capture_read(options->input, &source, model_feed, &model);

	model_finish(&model, &source);
	rows_init(&holders, &holders_type);
	for (mm = model.mms; mm; mm = mm->hh.next)
		if (mm->pid == pid)
			mm_set_add(&set, mm->id);
	holders_fill(&holders, &model, &set);
	if (source.records && show(options, &holders, pid))
		status = STATUS_TROUBLE;
	rows_free(&holders);
	mm_set_free(&set);
	model_free(&model);
	return status;
}

static int run(const struct options *options)
{
	const char *word = options->command[0];
	unsigned long pid;
	char *end;

	if (!word) {
		complain("whose? `mmscope who PID` (see `mmscope help who`)");
		return STATUS_USAGE;
	}
	errno = 0;
	pid = strtoul(word, &end, 10);
	if (errno || *end || !pid || *word == '-' || pid > INT32_MAX ||
	    options->command[1]) {
		complain("one process is wanted, by its pid, not '%s'",
			 options->command[options->command[1] ? 1 : 0]);
		return STATUS_USAGE;
	}
	return options->input ? who_capture(options, pid) :
				who_live(options, pid);
}

const struct verb verb_who = {
	.name = "who",
	.run = run,
	.rows = (const struct row_type *const[]){ &holders_type, &stack_type,
						  NULL },
	.letters = "ijdh",
	.synopsis = "[DIR | -i DIR] [--json] PID",
	.operands = true,
	.summary =
		"who holds a process's address space, also when the process is dead",
	.about =
		"Tasks, CPUs that borrow it, and references that were taken and not given back,\n"
		"each with the function, the task that took it, its age and the calls that led\n"
		"there. References are seen while the ledger is on (echo 1 > ledger in debugfs).",
};
