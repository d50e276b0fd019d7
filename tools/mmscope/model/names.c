// SPDX-License-Identifier: GPL-2.0-only
/* names.c - what a pid is called at this point of the records */
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <uthash.h>

#include "base/util.h"
#include "model/names.h"
#include "shared/printable.h"

struct named_task {
	uint32_t pid;
	char comm[sizeof(struct mmscope_name) + 1];
	UT_hash_handle hh;
};

static struct named_task *find(const struct names *names, uint32_t pid)
{
	struct named_task *task;

	HASH_FIND(hh, names->tasks, &pid, sizeof(pid), task);
	return task;
}

static void set(struct names *names, uint32_t pid, const char *comm)
{
	struct named_task *task = find(names, pid);

	if (!task) {
		task = must_calloc(1, sizeof(*task));
		task->pid = pid;
		HASH_ADD(hh, names->tasks, pid, sizeof(pid), task);
	}
	memmove(task->comm, comm, strnlen(comm, sizeof(struct mmscope_name)));
	task->comm[strnlen(comm, sizeof(struct mmscope_name))] = '\0';
	/* A task may call itself an escape sequence; terminals shall not obey it. */
	mmscope_printable(task->comm, sizeof(task->comm));
}

void names_feed(struct names *names, const struct mmscope_record *record)
{
	const struct named_task *parent;

	if (record->head.id == MMSCOPE_TYPE_comm) {
		set(names, record->head.pid, record->comm.name.text);
	} else if (record->head.id == MMSCOPE_TYPE_copy_mm &&
		   record->copy_mm.child) {
		parent = find(names, record->head.pid);
		if (parent)
			set(names, record->copy_mm.child, parent->comm);
	}
}

const char *names_get(const struct names *names, uint32_t pid, unsigned int cpu)
{
	static char swapper[24];
	const struct named_task *task;

	if (!pid) {
		snprintf(swapper, sizeof(swapper), "swapper/%u", cpu);
		return swapper;
	}
	task = find(names, pid);
	return task ? task->comm : NULL;
}

void names_free(struct names *names)
{
	struct named_task *task, *next;

	HASH_ITER(hh, names->tasks, task, next) {
		HASH_DEL(names->tasks, task);
		free(task);
	}
}
