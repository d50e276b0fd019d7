// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults.c - let each allocation inside the kernel fail, one after the other
 *
 * /proc/self/fail-nth (CONFIG_FAULT_INJECTION) makes the Nth fallible call of this
 * task fail, whichever kinds of faults debugfs has switched on. So the act is
 * done again and again with N = 1, 2, ... until it gets by without reaching N. With
 * --step only each so many-th N is tried, but after one that made the act fail all of
 * so many: those that matter lie close together.
 */
#include "workload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_FAULTS 5000

#define DEBUGFS "/sys/kernel/debug/mmscope"

/*
 * 0 or -errno of the act; parts() says how much of it there is where it was done,
 * and undo() takes it back.
 */
struct act {
	const char *name;
	int words;
	int (*run)(char **words);
	int (*parts)(void);
	void (*undo)(char **words);
};

/*
 * finit_module itself: insmod programs try another system call where it fails,
 * and load the module by that.
 */
static int load_module(char **words)
{
	int fd = open(words[0], O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	error = syscall(SYS_finit_module, fd, words[1], 0) ? -errno : 0;
	close(fd);
	return error;
}

static void unload_module(char **words)
{
	const char *file = strrchr(words[0], '/');
	char *name = strdup(file ? file + 1 : words[0]);

	if (!name)
		die("memory");
	name[strcspn(name, ".")] = '\0';
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		die("unload %s", name);
	free(name);
}

/* The files that the module made, and the points that it has. */
static int module_parts(void)
{
	DIR *directory = opendir(DEBUGFS);
	FILE *probes = fopen(DEBUGFS "/probes", "r");
	char line[512];
	int parts = 0;

	while (directory && readdir(directory))
		parts++;
	while (probes && fgets(line, sizeof(line), probes))
		if (strstr(line, " attached "))
			parts++;
	if (directory)
		closedir(directory);
	if (probes)
		fclose(probes);
	return parts;
}

static int read_all(char **words)
{
	int fd = open(words[0], O_RDONLY | O_CLOEXEC);
	int error = 0;
	char buf[4096];
	ssize_t got;

	if (fd < 0)
		return -errno;
	while ((got = read(fd, buf, sizeof(buf))) > 0)
		;
	if (got < 0)
		error = -errno;
	close(fd);
	return error;
}

static int write_text(char **words)
{
	return write_file(words[0], words[1]);
}

static void write_other(char **words)
{
	int error = write_file(words[0], words[2]);

	if (error) {
		errno = -error;
		die("write %s to %s", words[2], words[0]);
	}
}

static const struct act acts[] = {
	{ "load", 2, load_module, module_parts, unload_module },
	{ "read", 1, read_all, NULL, NULL },
	{ "write", 3, write_text, NULL, write_other },
};

/* In the kernel's log, so that what it says can be told to the fault. */
static void mark_log(const char *name, int nth)
{
	char text[80];
	int error;

	snprintf(text, sizeof(text), "mm-workload faults %s nth=%d\n", name,
		 nth);
	error = write_file("/dev/kmsg", text);
	if (error) {
		errno = -error;
		die("/dev/kmsg");
	}
}

static void arm(int fd, int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(fd, text, len, 0) != len)
		die("/proc/self/fail-nth");
}

/* What is left of N, and so 0 if the fault was injected; disarms. */
static int disarm(int fd)
{
	char text[16] = "";
	int left;

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		die("read /proc/self/fail-nth");
	left = atoi(text);
	arm(fd, 0);
	return left;
}

static int inject(const struct act *act, char **words, int step)
{
	int fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	int nth, error, close_to = 0;
	bool injected;

	if (fd < 0)
		die("/proc/self/fail-nth (CONFIG_FAULT_INJECTION)");
	for (nth = 1; nth <= MOST_FAULTS; nth += close_to ? 1 : step) {
		mark_log(act->name, nth);
		arm(fd, nth);
		error = act->run(words);
		injected = !disarm(fd);
		say("fault act=%s nth=%d injected=%d result=%d parts=%d",
		    act->name, nth, injected, error,
		    !error && act->parts ? act->parts() : 0);
		if (!error && act->undo)
			act->undo(words);
		if (error)
			close_to = step;
		else if (close_to)
			close_to--;
		if (injected)
			continue;
		if (!error)
			return 0;
		errno = -error;
		die("%s %s without a fault", act->name, words[0]);
	}
	errno = ELOOP;
	die("%s %s: still not done after %d faults", act->name, words[0],
	    MOST_FAULTS);
}

int verb_faults(int argc, char **argv)
{
	int step = 1;
	size_t i;

	if (argc > 2 && !strcmp(argv[1], "--step")) {
		step = number_in("--step", argv[2], 1, MOST_FAULTS);
		argc -= 2;
		argv += 2;
	}
	if (argc < 2)
		die_usage(
			"faults: load FILE PARAMETERS, read FILE or write FILE TEXT UNDO?");
	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (strcmp(argv[1], acts[i].name))
			continue;
		if (argc != 2 + acts[i].words)
			die_usage("faults %s: %d words more are wanted",
				  argv[1], acts[i].words);
		return inject(&acts[i], argv + 2, step);
	}
	die_usage("faults: unknown act '%s'", argv[1]);
}
