// SPDX-License-Identifier: GPL-2.0-only
/*
 * raw_clone.c - clone3 for a child that shares the address space
 *
 * With CLONE_VM the child comes out of the system call on a stack of its own,
 * where no C function can return to. libc has a wrapper for clone, but shows
 * none for clone3.
 */
#include "workload.h"

#include <errno.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
static long clone3_to(struct clone_args *args, int (*child)(void *), void *arg)
{
	register int (*function)(void *) __asm__("r12") = child;
	register void *argument __asm__("r13") = arg;
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "mov %%eax, %%edi\n\t"
			 "mov %[exit], %%eax\n\t"
			 "syscall\n\t"
			 "1:"
			 : "=a"(result)
			 : "0"((long)SYS_clone3), "D"(args),
			   "S"(sizeof(*args)), "r"(function), "r"(argument),
			   [exit] "i"(SYS_exit)
			 : "rcx", "r11", "memory", "cc");
	return result;
}
#elif defined(__aarch64__)
static long clone3_to(struct clone_args *args, int (*child)(void *), void *arg)
{
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = sizeof(*args);
	register long x8 __asm__("x8") = SYS_clone3;
	register int (*function)(void *) __asm__("x10") = child;
	register void *argument __asm__("x11") = arg;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x11\n\t"
			 "blr x10\n\t"
			 "mov x8, %[exit]\n\t"
			 "svc #0\n\t"
			 "1:"
			 : "+r"(x0)
			 : "r"(x1), "r"(x8), "r"(function), "r"(argument),
			   [exit] "i"(SYS_exit)
			 : "memory", "cc");
	return x0;
}
#else
#error "clone3_to: say how a child gets to its function on this architecture"
#endif

long raw_clone3(struct clone_args *args, int (*child)(void *), void *arg)
{
	long result;

	if (args->flags & CLONE_VM)
		return clone3_to(args, child, arg);
	result = syscall(SYS_clone3, args, sizeof(*args));
	if (!result)
		_exit(child(arg));
	return result < 0 ? -errno : result;
}

uint64_t flags_of_names(const char *names)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} known[] = {
		{ "0", 0 },
		{ "VM", CLONE_VM },
		{ "FS", CLONE_FS },
		{ "FILES", CLONE_FILES },
		{ "SIGHAND", CLONE_SIGHAND },
		{ "PIDFD", CLONE_PIDFD },
		{ "VFORK", CLONE_VFORK },
		{ "PARENT", CLONE_PARENT },
		{ "THREAD", CLONE_THREAD },
		{ "NEWNS", CLONE_NEWNS },
		{ "SYSVSEM", CLONE_SYSVSEM },
		{ "NEWUTS", CLONE_NEWUTS },
		{ "NEWIPC", CLONE_NEWIPC },
		{ "NEWPID", CLONE_NEWPID },
		{ "IO", CLONE_IO },
		{ "CLEAR_SIGHAND", CLONE_CLEAR_SIGHAND },
	};
	uint64_t flags = 0;
	size_t len, i;

	while (*names) {
		len = strcspn(names, ",");
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (strlen(known[i].name) == len &&
			    !strncmp(known[i].name, names, len))
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			die_usage("unknown clone flag '%s'", names);
		flags |= known[i].flag;
		names += len + (names[len] == ',');
	}
	return flags;
}
