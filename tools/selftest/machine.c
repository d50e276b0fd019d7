// SPDX-License-Identifier: GPL-2.0-only
/* machine.c - what this machine has, by other witnesses than mmscope */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "selftest.h"

/* In /proc/PID/stat's flags: the kernel's own, never changed since 2.6. */
#define PF_KTHREAD 0x00200000

static cpu_set_t usable;

static const cpu_set_t *usable_cpus(void)
{
	if (!CPU_COUNT(&usable) &&
	    sched_getaffinity(0, sizeof(usable), &usable)) {
		complain("sched_getaffinity: %s", strerror(errno));
		exit(STATUS_TROUBLE);
	}
	return &usable;
}

unsigned int cpus_usable(void)
{
	return CPU_COUNT(usable_cpus());
}

int cpu_usable(unsigned int n)
{
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, usable_cpus()) && !n--)
			return cpu;
	return -1;
}

void cpu_move_to(int cpu)
{
	cpu_set_t one;

	usable_cpus();
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int cpu_for_actor(void)
{
	return cpu_usable(cpus_usable() - 1);
}

void cpus_visit(void)
{
	unsigned int i;

	for (i = cpus_usable(); i-- > 0;)
		cpu_move_to(cpu_usable(i));
}

/* ---- functions ---- */

/* Names that rows ask for; one look at a file of 200,000 lines serves all. */
static struct {
	const char *name;
	bool here;
} functions[] = {
	{ "kernel_clone", false },	{ "_do_fork", false },
	{ "mas_walk", false },		{ "enter_lazy_tlb", false },
	{ "do_shoot_lazy_tlb", false }, { "kthread_use_mm", false },
	{ "exec_mm_release", false },	{ "mmput_exit", false },
};

#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

/* The name in the source: what the compiler adds begins with a dot. */
static void note_function(char *name)
{
	size_t i;

	name[strcspn(name, ". \t\n")] = '\0';
	for (i = 0; i < FUNCTIONS; i++)
		functions[i].here |= !strcmp(functions[i].name, name);
}

static void look_at_functions(void)
{
	static bool looked;
	char line[512], *name;
	FILE *file;

	if (looked)
		return;
	looked = true;
	file = fopen("/proc/kallsyms", "re");
	while (file && fgets(line, sizeof(line), file)) {
		/* address type name */
		name = strchr(line, ' ');
		if (name && strlen(name) > 3)
			note_function(name + 3);
	}
	if (file)
		fclose(file);
}

bool kernel_has(const char *function)
{
	size_t i;

	look_at_functions();
	for (i = 0; i < FUNCTIONS; i++)
		if (!strcmp(functions[i].name, function))
			return functions[i].here;
	return false;
}

/* ---- /proc ---- */

bool is_kernel_thread(uint32_t pid)
{
	unsigned long flags = PF_KTHREAD;
	char *path, *text, *at;

	if (!pid)
		return true;
	path = must_format("/proc/%u/stat", pid);
	text = read_whole(path, NULL);
	free(path);
	/* The name may hold anything: pid (name) state and five numbers, flags. */
	at = text ? strrchr(text, ')') : NULL;
	if (at)
		sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %lu", &flags);
	free(text);
	return flags & PF_KTHREAD;
}

long file_number(const char *path, const char *key)
{
	char *text = read_whole(path, NULL), *at = text;
	size_t length = strlen(key);
	long number = -1;

	while (at && *at) {
		if (!strncmp(at, key, length) && strchr(" \t", at[length])) {
			number = strtol(at + length, NULL, 10);
			break;
		}
		at = strchr(at, '\n');
		at += at ? 1 : 0;
	}
	free(text);
	return number;
}

long status_number(pid_t pid, const char *key)
{
	char *path = must_format("/proc/%d/status", (int)pid);
	long number = file_number(path, key);

	free(path);
	return number;
}

/* Without allocating, which might make the very VMA that is to be counted. */
long own_vmas(void)
{
	static char text[1 << 16];
	size_t size = 0;
	ssize_t more;
	long lines = 0;
	char *at;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	while ((more = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
		size += more;
	close(fd);
	text[size] = '\0';
	for (at = text; (at = strchr(at, '\n')); at++)
		lines++;
	/* Shown in every process and belonging to none. */
	return lines - !!strstr(text, "[vsyscall]");
}
