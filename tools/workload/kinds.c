// SPDX-License-Identifier: GPL-2.0-only
/*
 * kinds.c - the kinds of clones, and the line about one
 */
#include "workload.h"

#include <sched.h>

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
