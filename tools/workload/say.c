// SPDX-License-Identifier: GPL-2.0-only
/*
 * say.c - what a verb did, as lines of key=value
 */
#include "workload.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void say(const char *format, ...)
{
	char line[1024];
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(line, sizeof(line) - 1, format, list);
	va_end(list);
	if (len < 0 || len >= (int)sizeof(line) - 1)
		die_usage("a line of truth is too long");
	line[len++] = '\n';
	if (write(STDOUT_FILENO, line, len) != len)
		die("write to standard output");
}

/* With any of these a child shares something, or has something of its own. */
#define SHARING_FLAGS                                                          \
	((uint64_t)(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |        \
		    CLONE_SYSVSEM | CLONE_IO | CLONE_NEWNS | CLONE_NEWCGROUP | \
		    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |              \
		    CLONE_NEWPID | CLONE_NEWNET) & 0xffffffffULL)

enum clone_kind kind_of_flags(uint64_t flags)
{
	if (flags & CLONE_THREAD)
		return KIND_THREAD;
	if (flags & CLONE_VFORK)
		return KIND_VFORK;
	if (flags & SHARING_FLAGS)
		return KIND_CLONE;
	return KIND_FORK;
}

const char *kind_name(enum clone_kind kind)
{
	static const char *const names[KINDS] = {
		[KIND_FORK] = "fork",
		[KIND_VFORK] = "vfork",
		[KIND_CLONE] = "clone",
		[KIND_THREAD] = "thread",
	};

	return names[kind];
}

void say_clone(const char *via, uint64_t flags, long result)
{
	say("what=clone via=%s kind=%s path=%s flags=0x%llx parent=%d result=%ld",
	    via, kind_name(kind_of_flags(flags)),
	    flags & CLONE_VM ? "share" : "dup", (unsigned long long)flags,
	    current_tid(), result);
}

void die(const char *format, ...)
{
	int error = errno;
	va_list list;

	fputs("mm-workload: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(1);
}

void die_usage(const char *format, ...)
{
	va_list list;

	fputs("mm-workload: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputs("; `mm-workload help` lists the verbs\n", stderr);
	exit(2);
}
